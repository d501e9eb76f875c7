import { join } from 'node:path';
import type { parseArgs } from 'node:util';
import { fromHex } from '@munjigi/core/encoding';
import { readSettings, SettingError } from '@munjigi/service';
import { DEFAULT_POLICY } from '../issuer/main.ts';
import { parseArguments } from '../lib/arguments.ts';
import { sentenceOf } from '../serve/main.ts';
import { atOf, CEREMONY } from './ceremony.ts';
import { showMirror, verifyMirror } from './show.ts';

const USAGE = `munjigi bundle show [--mirror FOLDER]
munjigi bundle verify [--mirror FOLDER] [--root-digest HEX] [--at INSTANT]
munjigi bundle ceremony keys --share FOLDER --out FILE      a share, on the machine of its keeper
munjigi bundle ceremony keys --data FOLDER --out FILE       two delegates, in the key store of the service
munjigi bundle ceremony propose --shares A,B,C --delegates FILE [--previous root.cose] [--threshold 2] [--days 90] --out FILE
munjigi bundle ceremony sign PROPOSAL --share FOLDER [--key NAME]
munjigi bundle ceremony publish PROPOSAL [--data FOLDER | --address URL]

The root says who may sign bundles. Its shares are made apart and never meet: a proposal goes from keeper to keeper, each
signs it, and it is published once the threshold of the old root and of the new one have. Without --shares the shares stay
as they are and only delegates change. The embedded first start makes all three shares on one machine, in
DATA/keys/authority: sign the first ceremony with --share DATA/keys/authority --key root-1, then --key root-2; publishing
destroys them there.

  --mirror FOLDER           documents as they are published (DATA/mirror)
  --data FOLDER  --database-authority URL
                            as for munjigi serve; an embedded database is open to one process at a time
  --address URL             asks a service that runs, with the operator's token of the data folder
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  mirror: TEXT,
  'root-digest': TEXT,
  at: TEXT,
  share: TEXT,
  key: TEXT,
  out: TEXT,
  shares: TEXT,
  delegates: TEXT,
  previous: TEXT,
  threshold: TEXT,
  days: TEXT,
  address: TEXT,
  data: TEXT,
  'database-authority': TEXT,
  help: { type: 'boolean' },
} as const;
export type BundleFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** `munjigi bundle …`: what counts as the root, and what is published under it. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const usage = (sentence: string): number => {
    process.stderr.write(`munjigi bundle: ${sentence}\n\n${USAGE}`);
    return 2;
  };
  try {
    const { values: flags, positionals } = parseArguments({
      args,
      options: OPTIONS,
      allowPositionals: true,
    });
    const [command, name, ...files] = positionals;
    if (flags.help || command === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    const { data, 'database-authority': database } = flags;
    const config = readSettings(
      { desks: 'authority', data, 'database-authority': database },
      process.env,
      DEFAULT_POLICY,
    );
    const mirror = flags.mirror ?? join(config.data, 'mirror');
    if (command === 'show' && name === undefined) {
      process.stdout.write(`${JSON.stringify(await showMirror(mirror), null, 2)}\n`);
      return 0;
    }
    if (command === 'verify' && name === undefined) return await verify(mirror, flags);
    const found =
      command === 'ceremony' && name !== undefined && Object.hasOwn(CEREMONY, name)
        ? CEREMONY[name]
        : undefined;
    if (!found) return usage('say show, verify, or ceremony with keys, propose, sign or publish.');
    if (files.length !== found.files)
      return usage(found.files === 1 ? 'name one proposal.' : 'takes no file.');
    return await found.step(flags, config, files);
  } catch (error) {
    if (error instanceof SettingError) return usage(error.message);
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith('ERR_PARSE_ARGS')) return usage(message);
    const sentence = sentenceOf(error);
    if (sentence === null) throw error;
    process.stderr.write(`munjigi bundle: ${sentence}\n`);
    return 1;
  }
}

async function verify(mirror: string, flags: BundleFlags): Promise<number> {
  const digest = flags['root-digest'];
  if (digest !== undefined && !/^[0-9a-f]{64}$/.test(digest))
    throw new SettingError('--root-digest is 64 digits from 0 to f.');
  const findings = await verifyMirror(mirror, atOf(flags), digest === undefined ? null : fromHex(digest));
  for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`);
  const bad = findings.filter(({ ok }) => !ok);
  process.stderr.write(
    bad.length === 0
      ? 'munjigi bundle: everything holds.\n'
      : `munjigi bundle: ${bad.map(({ check }) => check).join(', ')} does not hold.\n`,
  );
  return bad.length === 0 ? 0 : 1;
}
