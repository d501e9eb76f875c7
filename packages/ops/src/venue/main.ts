import { parseArguments } from '../lib/arguments.ts';
import { UsageError } from '../lib/desk-data.ts';
import { type OperatorCall, operatorCall } from '../lib/operator-call.ts';
import { needed, numbered, serviceCommand } from '../lib/service-command.ts';

const USAGE = `munjigi venue COMMAND --service URL [options]

Venues and their devices, as the operator of the register's machine.

  list [--after ID]                            venues, 200 at a time by number
  show --venue ID                              a venue with its devices and its people
  add --name NAME --kind KIND --region REGION [--owner ACCOUNT]
                                               a new venue, and the code that enrols its devices
  code --venue ID [--role owner|gate]          a code that enrols one device; an owner's device may let others in
  rename --venue ID --gate N --name NAME       gives a device another name
  revoke --venue ID --gate N [--after COUNTER] revokes a device's key; entries after the counter are kept and marked
  pin --venue ID --pin DIGITS                  the PIN before the settings of all devices of a venue
  call --venue ID --number NUMBER|none         the number that guests call to be recorded; it works from the first call on
  counts --venue ID [--days N]                 how many came in, by hour and by day; below five is hidden
  gates [--after ID] [--limit N]               all devices with what they said of themselves, in pages by venue
  registrations                                what owners registered, and what waits for an inspector

  --service URL    a service that runs, such as http://127.0.0.1:8788
  --data FOLDER    its data folder, which holds the operator token (./data); or MUNJIGI_OPERATOR_TOKEN

An owner registers a venue in the console, and an inspector approves it there: the operator cannot approve for them.
One JSON object on standard output. Exit: 0 done · 1 refused · 2 wrong usage.
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  venue: TEXT,
  gate: TEXT,
  name: TEXT,
  kind: TEXT,
  region: TEXT,
  owner: TEXT,
  role: TEXT,
  after: TEXT,
  limit: TEXT,
  days: TEXT,
  pin: TEXT,
  number: TEXT,
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
type Values = ReturnType<typeof valuesOf>['values'];

const query = (wanted: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(wanted).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
};

/** What a command asks of the service. Throws `UsageError` before anything is asked. */
function workOf(command: string | undefined, values: Values): (call: OperatorCall) => Promise<unknown> {
  const venue = () => `register/venues/${numbered(values.venue, 'venue')}`;
  const gate = () => `${venue()}/gates/${numbered(values.gate, 'gate')}`;
  const post = (path: string, sent: object) => (call: OperatorCall) => call('POST', path, sent);
  const get = (path: string) => (call: OperatorCall) => call('GET', path);
  switch (command) {
    case 'list':
      return get(`register/venues${query({ after: values.after })}`);
    case 'show':
      return get(venue());
    case 'add': {
      const [name, kind, region] = (['name', 'kind', 'region'] as const).map((flag) =>
        needed(values[flag], flag),
      );
      return post('register/venues', {
        name,
        kind,
        region,
        ...(values.owner ? { owner: values.owner } : {}),
      });
    }
    case 'code':
      return post(`${venue()}/enrolment-code`, { role: values.role ?? 'gate' });
    case 'rename':
      return post(`${gate()}/rename`, { name: needed(values.name, 'name') });
    case 'revoke':
      return post(
        `${gate()}/revoke`,
        values.after === undefined ? {} : { afterCounter: Number(values.after) },
      );
    case 'pin':
      return post(`${venue()}/pin`, { pin: needed(values.pin, 'pin') });
    case 'call': {
      const number = needed(values.number, 'number');
      return post(`${venue()}/call-number`, { number: number === 'none' ? null : number });
    }
    case 'counts':
      return get(`${venue()}/counts${query({ days: values.days })}`);
    case 'gates':
      return get(`register/gates${query({ after: values.after, limit: values.limit })}`);
    case 'registrations':
      return get('register/registrations');
    default:
      throw new UsageError(command ? `There is no command "${command}".` : 'Name a command.');
  }
}

/** `munjigi venue`: resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  return serviceCommand('venue', USAGE, async () => {
    const { values, positionals } = valuesOf(args);
    if (positionals.length > 1) throw new UsageError(`"${positionals[1]}" is one word too many.`);
    const work = workOf(positionals[0], values);
    const call = await operatorCall(needed(values.service, 'service'), values.data ?? './data', process.env);
    return work(call);
  });
}
