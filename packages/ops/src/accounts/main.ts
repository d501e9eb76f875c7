import type { parseArgs } from 'node:util';
import { DatabaseRefused, readSettings, SettingError } from '@munjigi/service';
import type { DeskName } from '@munjigi/service/accounts';
import { ApiError, ROLES } from '@munjigi/service/contracts';
import { DatabaseUnavailable } from '@munjigi/service/db';
import { parseArguments } from '../lib/arguments.ts';
import { Refused } from '../lib/operator-call.ts';
import { type Door, folderDoor, serviceDoor } from './doors.ts';

const USAGE = `munjigi accounts COMMAND --body BODY [options]

Accounts of a body (issuer, register or authority), as the operator of its machine.

  add --name NAME --role ROLE [--venue ID …]   a new account and its one-time code
  invite --account ID                          a new code for an account that is there
  list [--role ROLE]                           accounts, and invites that wait
  end --account ID                             ends an account, its passkeys and sessions
  end --passkey ID                             ends one passkey

  --service URL    a service that runs, such as http://127.0.0.1:8788: with the operator token of the data folder, or
                   the one in MUNJIGI_OPERATOR_TOKEN
  --data FOLDER    without --service: the data folder itself, while no service uses it (./data)
  --database-BODY URL  without --service: the body's PostgreSQL database

Roles: ${ROLES.join(', ')}. The code is told once, on standard output, as JSON. A second officer's code counts after
another officer of the body has approved it.
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  body: TEXT,
  name: TEXT,
  role: { type: 'string', multiple: true },
  venue: { type: 'string', multiple: true },
  account: TEXT,
  passkey: TEXT,
  service: TEXT,
  data: TEXT,
  policy: TEXT,
  'database-issuer': TEXT,
  'database-register': TEXT,
  'database-authority': TEXT,
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ args: string[]; options: typeof OPTIONS }>>['values'];
type Work = (door: Door) => Promise<unknown>;

class Usage extends Error {}

const wanted = (value: string | undefined, flag: string): string => {
  if (!value) throw new Usage(`--${flag} is needed here.`);
  return value;
};

/** What a command does once the door is open. Throws `Usage` before it is. */
function workOf(command: string | undefined, values: Values): Work {
  switch (command) {
    case 'add': {
      const name = wanted(values.name, 'name');
      const roles = values.role ?? [];
      if (roles.length === 0) throw new Usage('--role is needed here.');
      const venueIds = (values.venue ?? []).map(Number);
      if (!venueIds.every((id) => Number.isSafeInteger(id) && id > 0))
        throw new Usage('--venue is the number of a venue.');
      return (door) => door.add({ name, roles, ...(venueIds.length > 0 ? { venueIds } : {}) });
    }
    case 'invite': {
      const account = wanted(values.account, 'account');
      return (door) => door.invite(account);
    }
    case 'list':
      return (door) => door.list(values.role?.[0]);
    case 'end': {
      const { account, passkey } = values;
      if ((account === undefined) === (passkey === undefined))
        throw new Usage('Name one of --account and --passkey.');
      return async (door) => {
        if (account !== undefined) await door.end(account);
        else await door.endPasskey(passkey!);
        return { ended: account ?? passkey };
      };
    }
    default:
      throw new Usage(command ? `There is no command "${command}".` : 'Name a command.');
  }
}

function bodyOf(name: string | undefined): DeskName {
  if (name !== 'issuer' && name !== 'register' && name !== 'authority')
    throw new Usage('--body is issuer, register or authority.');
  return name;
}

/** `munjigi accounts`: resolves to the exit code: 0 done, 1 refused, 2 wrong usage. */
export async function main(args: readonly string[]): Promise<number> {
  const say = (text: string) => process.stderr.write(`munjigi accounts: ${text}\n`);
  let door: Door | null = null;
  try {
    const { values, positionals } = parse(args);
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const body = bodyOf(values.body);
    const work = workOf(positionals[0], values);
    for (const role of values.role ?? [])
      if (!ROLES.some((known) => known === role)) throw new Usage(`--role is one of ${ROLES.join(', ')}.`);
    const { body: _, role, venue, name, account, passkey, service, ...flags } = values;
    const config = readSettings({ ...flags, desks: body }, process.env, '.');
    door = service
      ? await serviceDoor(service, config.data, body, process.env)
      : await folderDoor(config, body, Date.now);
    process.stdout.write(`${JSON.stringify(await work(door))}\n`);
    return 0;
  } catch (error) {
    if (error instanceof Usage || error instanceof SettingError) {
      say(`${error.message}\n\n${USAGE}`);
      return 2;
    }
    if (error instanceof DatabaseRefused && error.code === 'database.locked') {
      say('The data folder is in use: name the service that runs on it with --service.');
      return 1;
    }
    const known = [Refused, ApiError, DatabaseRefused, DatabaseUnavailable].some(
      (kind) => error instanceof kind,
    );
    if (!known) throw error;
    say((error as Error).message);
    return 1;
  } finally {
    await door?.close();
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArguments({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Usage((error as Error).message);
  }
}
