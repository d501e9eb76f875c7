import { fromHex } from '@munjigi/core/encoding';
import { SettingError } from '@munjigi/service';
import { parse, runCommand, say, UsageError } from '../lib/desk-data.ts';
import { pushStatus, readPages } from './push.ts';

const USAGE = `munjigi status --from MIRROR --to FOLDER[,FOLDER…] [--every SECONDS]
munjigi status verify --from MIRROR

Carries the status page to where it is served from while everything else is down: another machine, another network, another name.
Nothing asks for it there: it is pushed. Every file is compared with what the authority signed; where no news comes, the pages
themselves say for how long. Prints a line of JSON for each round.

  --from MIRROR      folder or address of the mirror of the signed files (./data/mirror)
  --to FOLDER        folders of a web server, with commas between them
  --every SECONDS    again and again; once where it is left out
  --root-digest HEX  SHA-256 of the root that may sign; else the root beside the pages is taken at its word
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  from: TEXT,
  to: TEXT,
  every: TEXT,
  'root-digest': TEXT,
  help: { type: 'boolean' },
} as const;

const warn = (sentence: string): void => void process.stderr.write(`munjigi status: ${sentence}\n`);

function digestOf(text: string | undefined): Uint8Array | null {
  if (text === undefined) return null;
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new SettingError('--root-digest is the SHA-256 of a root, 64 small hexadecimal digits.');
  return fromHex(text);
}

async function verify(from: string, rootDigest: Uint8Array | null): Promise<number> {
  try {
    const { status, files } = await readPages(from, rootDigest);
    const { writtenAt, nextBy, exercise } = status;
    say({ writtenAt, nextBy, exercise, files: files.size, incidents: status.incidents.length });
    return 0;
  } catch (error) {
    warn(`The pages are not as they were signed: ${(error as Error).message}.`);
    return 1;
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });

/** `munjigi status`: resolves to the exit code; 1 where the last round found nothing new to trust. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  return runCommand('status', USAGE, async () => {
    const verifies = args[0] === 'verify';
    const flags = parse(verifies ? args.slice(1) : args, OPTIONS);
    const from = flags.from ?? './data/mirror';
    const rootDigest = digestOf(flags['root-digest']);
    if (verifies) return verify(from, rootDigest);
    const to = (flags.to ?? '').split(',').filter((folder) => folder !== '');
    if (to.length === 0) throw new UsageError('--to names the folders that the pages are carried to.');
    const seconds = flags.every === undefined ? null : Number(flags.every);
    if (seconds !== null && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600))
      throw new UsageError('--every is a number of seconds from 1 to 3600.');
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
    try {
      for (;;) {
        const pushed = await pushStatus({ from, to, rootDigest, nowMs: Date.now() });
        say(pushed);
        if (pushed.problem !== null) warn(`Nothing could be taken from ${from}: ${pushed.problem}.`);
        if (seconds === null || stop.signal.aborted) return pushed.problem === null ? 0 : 1;
        await pause(seconds * 1000, stop.signal);
        if (stop.signal.aborted) return 0;
      }
    } finally {
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    }
  });
}
