import path from 'node:path';
import { parseArguments } from '../lib/arguments.ts';

/** What `munjigi start` was asked for. */
export interface StartOptions {
  /** Null: the default port, or the next free one. */
  readonly port: number | null;
  readonly host: string | null;
  readonly policy: string;
  /** True for today's clock; false for the story of the pack, where it has one. */
  readonly now: boolean;
  readonly tls: boolean;
  /** True for one server on the embedded database, even where PostgreSQL is installed. */
  readonly embedded: boolean;
  readonly data: string;
}

export const DEFAULT_PORT = 8787;

/** Packs that have a story to tell, and when it begins (see story.ts). */
export const STORY_PACKS: readonly string[] = ['kr-2022'];

export const USAGE = `munjigi start: everything on one port, on storage of its own.

  --port N         the port (default ${DEFAULT_PORT}; where that is busy, the next free one)
  --policy PACK    kr-2022 (default), visitor-register, or the folder of a pack
  --now            today's clock, no story
  --data FOLDER    where the three desks keep their data (default .munjigi/ beside the packages)
  --embedded       one server on the embedded database, where three on PostgreSQL could run
  --tls            https with an authority of this machine, so that phones may use their camera
  --host ADDRESS   the address to listen on (default: this machine only; with --tls: every address)
`;

/** A mistake of the caller, told in one sentence; exit code 2. */
export class UsageError extends Error {}

const SPECIFICATION = {
  port: { type: 'string' },
  host: { type: 'string' },
  policy: { type: 'string', default: 'kr-2022' },
  now: { type: 'boolean', default: false },
  tls: { type: 'boolean', default: false },
  embedded: { type: 'boolean', default: false },
  data: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the arguments; null where help was asked for. Throws UsageError. `root` is the folder of the whole product. */
export function readOptions(args: readonly string[], root: string): StartOptions | null {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    throw new UsageError(
      `${(error as Error).message.split('\n')[0]} "munjigi start --help" lists the options.`,
    );
  }
  if (values.help) return null;
  const pack = path.basename(values.policy);
  return {
    port: values.port === undefined ? null : readPort(values.port),
    host: values.host ?? null,
    policy: values.policy,
    now: values.now,
    tls: values.tls,
    embedded: values.embedded,
    data: values.data
      ? path.resolve(values.data)
      : path.join(root, '.munjigi', values.now ? `${pack}-now` : pack),
  };
}

function parse(args: readonly string[]) {
  return parseArguments({ args, options: SPECIFICATION, allowPositionals: false, strict: true }).values;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new UsageError(`--port wants a number from 0 to 65535 (0: any free port), not "${text}".`);
  }
  return port;
}
