import { sunsetOf } from '@munjigi/service/retention';
import {
  DESK_OPTIONS,
  DESK_USAGE,
  deskConfig,
  parse,
  runCommand,
  say,
  UsageError,
} from '../lib/desk-data.ts';

const USAGE = `munjigi sunset --body BODY --confirm [options]

Ends recording at one body, for good and in public: every key for opening is destroyed now, none is ever made again, and
the lines key-destroyed and sunset go into the public log. Where the body is the authority, its next bundle has no day keys
and a rule that nothing is recorded, which every gate follows. This cannot be taken back.

  --body BODY               issuer, register or authority
  --confirm                 without it nothing is done
${DESK_USAGE}`;

const BODIES = ['issuer', 'register', 'authority'] as const;
const OPTIONS = { ...DESK_OPTIONS, body: { type: 'string' }, confirm: { type: 'boolean' } } as const;

/** `munjigi sunset`: resolves to the exit code. */
export function main(args: readonly string[], nowMs = Date.now()): Promise<number> {
  return runCommand('sunset', USAGE, async () => {
    const { help, body: named, confirm, ...rest } = parse(args, OPTIONS);
    if (help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const body = BODIES.find((name) => name === named);
    if (!body) throw new UsageError(`--body is one of ${BODIES.join(', ')}.`);
    if (!confirm) {
      process.stderr.write(
        `munjigi sunset: Nothing was done. This would destroy every key of the ${body} for good; say so with --confirm.\n`,
      );
      return 1;
    }
    say(await sunsetOf(deskConfig(rest), body, nowMs));
    return 0;
  });
}
