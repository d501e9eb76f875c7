import { isMunjigiError } from '@munjigi/core/errors';
import { nodeCrypto } from '@munjigi/service/crypto';
import { parseArguments } from '../lib/arguments.ts';
import { UsageError } from '../lib/desk-data.ts';
import { operatorCall, Refused } from '../lib/operator-call.ts';
import { needed, serviceCommand } from '../lib/service-command.ts';
import { SourceError, urlSource } from '../log/source.ts';
import { readTrust } from '../log/trust.ts';
import { caseTrails } from './trail.ts';

const USAGE = `munjigi case COMMAND --service URL [options]

Lawful traces, as far as an operator may see them. A case is opened and approved by officers of two bodies with their passkeys,
in their consoles: no command can do it for them, and none shows a venue, a window, a reason or a name.

  list                        every case that the public log tells of: its steps, by whom and when, and how many
  show --case HASH            one of them; HASH is the SHA-256 of the case document, as the console shows it
  on-call                     the officers who are asked for the second signature, in order
  on-call --set ACCOUNT …     sets that list; an account for each --set
  on-call --everybody         all officers of the body again

  --service URL    a service that runs, such as http://127.0.0.1:8788
  --data FOLDER    on-call: its data folder, which holds the operator token (./data); or MUNJIGI_OPERATOR_TOKEN

list and show ask no token: the log is public, and "munjigi log verify" proves it. One JSON object on standard output.
Exit: 0 done · 1 refused, unknown, or a line that nobody signed · 2 wrong usage.
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  case: TEXT,
  set: { type: 'string', multiple: true },
  everybody: { type: 'boolean' },
  service: TEXT,
  data: TEXT,
  help: { type: 'boolean' },
} as const;

const valuesOf = (args: readonly string[]) => {
  try {
    return parseArguments({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0]);
  }
};

async function trails(service: string) {
  const source = urlSource(service);
  try {
    const crypto = nodeCrypto();
    return await caseTrails(source, await readTrust(source, crypto, null), crypto);
  } catch (error) {
    if (error instanceof SourceError || isMunjigiError(error)) throw new Refused((error as Error).message);
    throw error;
  } finally {
    await source.close();
  }
}

async function work(args: readonly string[]): Promise<unknown> {
  const { values, positionals } = valuesOf(args);
  const [command, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`"${more[0]}" is one word too many.`);
  const service = () => needed(values.service, 'service');
  if (command === 'list') return trails(service());
  if (command === 'show') {
    const hash = needed(values.case, 'case').toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new UsageError('--case is a SHA-256 in 64 hexadecimal digits.');
    const found = (await trails(service())).cases.find((one) => one.case === hash);
    if (!found) throw new Refused('The public log tells of no such case.');
    return found;
  }
  if (command !== 'on-call')
    throw new UsageError(command ? `There is no command "${command}".` : 'Name a command.');
  if (values.set && values.everybody) throw new UsageError('--set and --everybody do not go together.');
  const call = await operatorCall(service(), values.data ?? './data', process.env);
  const accounts = values.everybody ? [] : values.set;
  return accounts === undefined
    ? call('GET', 'register/on-call')
    : call('POST', 'register/on-call', { accounts });
}

/** `munjigi case`: resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  return serviceCommand('case', USAGE, () => work(args));
}
