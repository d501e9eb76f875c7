import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

/**
 * The log names what is allowed and nothing else: an operation, a status, a code. Bodies, addresses of callers, query
 * strings, headers and the texts of foreign errors (a database quotes the row that it refused) are never written.
 */
const ALLOWED = new Set([
  'level',
  'time',
  'name',
  'msg',
  'reqId',
  'operation',
  'method',
  'status',
  'ms',
  'code',
  'error',
  'desk',
  'port',
  'reason',
  'count',
]);

export interface SafeError {
  readonly kind: string;
  readonly code: string | null;
  /** Where it happened, without the message. */
  readonly at: readonly string[];
}

/** Kind, code and places of an error; never its message. */
export function safeError(error: unknown): SafeError {
  if (!(error instanceof Error)) return { kind: typeof error, code: null, at: [] };
  const code = (error as { code?: unknown }).code;
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    kind: error.name,
    code: typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : null,
    at: at
      .slice(0, 12)
      .map((line) =>
        line.trim().replace(/\(?(?:file:\/\/)?[^()\s]*[\\/](packages|node_modules)[\\/]/, '($1/'),
      ),
  };
}

/** A logger that drops every field that is not on the list. */
export function openLog(level: string, out: { write(line: string): unknown } = process.stderr): Logger {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      out.write(chunk.toString());
      done();
    },
  });
  return pino(
    {
      level,
      base: { name: 'munjigi' },
      formatters: {
        log: (fields) => Object.fromEntries(Object.entries(fields).filter(([name]) => ALLOWED.has(name))),
      },
      serializers: { error: safeError },
      hooks: {
        // A framework logs a foreign error with its message as the text: only the kind, code and places are kept.
        logMethod(args, method) {
          const [first, text] = args as unknown[];
          const held = first as { err?: unknown; error?: unknown } | undefined;
          const error = first instanceof Error ? first : (held?.err ?? held?.error);
          if (!(error instanceof Error)) return method.apply(this, args);
          const fields = first instanceof Error ? {} : held;
          const said = typeof text === 'string' && !text.includes(error.message) ? text : 'failed';
          return method.apply(this, [{ ...fields, error }, said] as unknown as Parameters<typeof method>);
        },
      },
    },
    stream,
  );
}
