import { readFile } from 'node:fs/promises';
import { fromHex } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { DatabaseRefused } from '@munjigi/service';
import { nodeCrypto } from '@munjigi/service/crypto';
import { DatabaseUnavailable } from '@munjigi/service/db';
import { parseArguments } from '../lib/arguments.ts';
import { countLines } from './show.ts';
import { dataSource, type LogSource, SourceError, urlSource } from './source.ts';
import { readTrust } from './trust.ts';
import { type Evidence, verifyLog } from './verify.ts';

const USAGE = `munjigi log verify|show (--url URL | --data FOLDER [--database-authority URL]) [options]

verify checks the whole public log: the signature of every line, the tree over all of them, every head with its root and time,
the signatures of other bodies, and the daily files against what the log says was resolved. show prints the public counts.

  --url URL                  a running service, such as http://127.0.0.1:8787
  --data FOLDER              the data folder of a service that is stopped
  --database-authority URL   the PostgreSQL database of the authority, where it is not in the folder
  --root HEX                 the digest of the root that is believed; without it the root is taken as it is shown
  --receipt FILE --line FILE a receipt, and the line that it is for
  --head FILE                a log-head.cose from elsewhere, to be found in this log too

One JSON object on standard output. Exit: 0 everything verified · 1 something did not, or could not be read · 2 usage.
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  url: TEXT,
  data: TEXT,
  'database-authority': TEXT,
  root: TEXT,
  receipt: TEXT,
  line: TEXT,
  head: TEXT,
  help: { type: 'boolean' },
} as const;

class Usage extends Error {}

const readBytes = async (path: string): Promise<Uint8Array> => {
  try {
    return new Uint8Array(await readFile(path));
  } catch {
    throw new SourceError(`The file ${path} cannot be read.`);
  }
};

function optionsOf(args: readonly string[]) {
  try {
    return parseArguments({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Usage((error as Error).message);
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = optionsOf(args);
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [what, ...more] = positionals;
  if ((what !== 'verify' && what !== 'show') || more.length > 0) throw new Usage('Say verify or show.');
  if ((values.url === undefined) === (values.data === undefined)) throw new Usage('Name --url or --data.');
  if ((values.receipt === undefined) !== (values.line === undefined))
    throw new Usage('--receipt and --line go together.');
  if (values.root !== undefined && !/^[0-9a-f]{64}$/i.test(values.root))
    throw new Usage('--root is the SHA-256 of the root, 64 hexadecimal digits.');

  const evidence: Evidence = {
    ...(values.receipt && values.line
      ? { receipt: await readBytes(values.receipt), line: await readBytes(values.line) }
      : {}),
    ...(values.head ? { head: await readBytes(values.head) } : {}),
  };
  const source: LogSource = values.url
    ? urlSource(values.url)
    : await dataSource(values.data!, values['database-authority'] ?? process.env.MUNJIGI_DATABASE_AUTHORITY);
  try {
    const crypto = nodeCrypto();
    const trust = await readTrust(source, crypto, values.root ? fromHex(values.root) : null);
    const report =
      what === 'show'
        ? await countLines(source, trust, crypto)
        : await verifyLog(source, trust, crypto, evidence);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return 'verified' in report ? (report.verified ? 0 : 1) : report.refused > 0 ? 1 : 0;
  } finally {
    await source.close();
  }
}

/** `munjigi log`: resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof Usage) {
      process.stderr.write(`munjigi log: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    const known =
      error instanceof SourceError ||
      error instanceof DatabaseRefused ||
      error instanceof DatabaseUnavailable ||
      isMunjigiError(error);
    if (!known) throw error;
    process.stderr.write(`munjigi log: ${(error as Error).message}\n`);
    return 1;
  }
}
