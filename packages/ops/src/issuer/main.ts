import { fileURLToPath } from 'node:url';
import type { parseArgs } from 'node:util';
import { readSettings, SettingError } from '@munjigi/service';
import { parseArguments } from '../lib/arguments.ts';
import { sentenceOf } from '../serve/main.ts';
import { importFile } from './import.ts';
import { withdrawKey } from './withdraw-key.ts';

export const DEFAULT_POLICY = fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url));

const USAGE = `munjigi issue import FILE [--format fhir|csv] [--provider NAME] [--dry-run]
munjigi issue withdraw-key --kid N [--address URL]

import        takes evidence from a FHIR R4 file (a resource, a Bundle, a list, NDJSON) or a table into the issuer's
              database. One line of JSON for each line of the file, the sums last. The same file again changes nothing.
              Exit 1 where a line was wrong; what was right is stored.
withdraw-key  ends a signing key: its passes count nowhere once gates hold the next bundle, and another key signs.

  --format fhir|csv         told by the file where it is not said
  --provider NAME           whose people the file names (the only provider that is configured)
  --dry-run                 tells what would become of each line, and writes nothing
  --address URL             asks a service that runs, with the operator's token of the data folder
  --data FOLDER  --policy FOLDER  --providers FILE  --database-issuer URL  --story INSTANT
                            as for munjigi serve; an embedded database is open to one process at a time
`;

const TEXT = { type: 'string' } as const;
const YES = { type: 'boolean' } as const;
const OPTIONS = {
  format: TEXT,
  provider: TEXT,
  'dry-run': YES,
  kid: TEXT,
  address: TEXT,
  data: TEXT,
  policy: TEXT,
  providers: TEXT,
  'database-issuer': TEXT,
  story: TEXT,
  exercise: YES,
  help: YES,
} as const;
export type IssuerFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** `munjigi issue …`: what operators do at the issuer desk. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const usage = (sentence: string): number => {
    process.stderr.write(`munjigi issue: ${sentence}\n\n${USAGE}`);
    return 2;
  };
  try {
    const { values: flags, positionals } = parseArguments({
      args,
      options: OPTIONS,
      allowPositionals: true,
    });
    const [command, ...rest] = positionals;
    if (flags.help || command === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    const known = command === 'import' || command === 'withdraw-key';
    if (!known) return usage('say import or withdraw-key.');
    if (rest.length !== (command === 'import' ? 1 : 0))
      return usage(command === 'import' ? 'name one file.' : 'takes no file.');
    const story = flags.story === undefined ? {} : { story: flags.story, exercise: true };
    const { data, policy, providers, 'database-issuer': database, exercise } = flags;
    const config = readSettings(
      { desks: 'issuer', data, policy, providers, 'database-issuer': database, exercise, ...story },
      process.env,
      DEFAULT_POLICY,
    );
    return command === 'import'
      ? await importFile(rest[0]!, flags, config)
      : await withdrawKey(flags, config);
  } catch (error) {
    if (error instanceof SettingError) return usage(error.message);
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith('ERR_PARSE_ARGS')) return usage(message);
    const sentence = sentenceOf(error);
    if (sentence === null) throw error;
    process.stderr.write(`munjigi issue: ${sentence}\n`);
    return 1;
  }
}
