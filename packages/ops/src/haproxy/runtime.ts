import { connect } from 'node:net';

/** HAProxy's runtime interface said no, or is not there. The message is a sentence for the operator. */
export class RuntimeRefused extends Error {
  override readonly name = 'RuntimeRefused';
}

/** `ready` takes work, `drain` takes nothing new, `maint` takes nothing and is not looked at. */
export type AdminState = 'ready' | 'drain' | 'maint';

/** One server of a backend, as HAProxy sees it now. */
export interface ServerNow {
  readonly name: string;
  /** `10.0.0.11:8788`. */
  readonly address: string;
  readonly state: 'up' | 'down' | 'drain' | 'maint';
  /** What a person ordered, whatever the node's health and its agent say. */
  readonly admin: AdminState;
  /** What HAProxy calls it: `UP 1/3`, `DRAIN (agent)`, `no check`. */
  readonly status: string;
  /** What it is given now, and what it has in the configuration. Less than that in a slow start, and where its agent says so. */
  readonly weight: number;
  readonly initialWeight: number;
  /** Requests that are under way now, and all that were ever sent there. */
  readonly sessions: number;
  readonly requests: number;
  /** Answers 5xx, and requests that were tried elsewhere after it failed. */
  readonly failed: number;
  readonly movedOn: number;
}

/** A running HAProxy. Each call throws `RuntimeRefused`. */
export interface Runtime {
  /** Where it was found: a path or `host:port`. */
  readonly address: string;
  /** A command of the runtime interface as it is; answers what is printed. */
  command(line: string): Promise<string>;
  info(): Promise<{ readonly pid: number; readonly uptimeSeconds: number; readonly version: string }>;
  servers(backend: string): Promise<readonly ServerNow[]>;
  setState(backend: string, server: string, state: AdminState): Promise<void>;
  /** In percent of the configured weight. An agent check that tells a weight has the last word within its interval. */
  setWeight(backend: string, server: string, percent: number): Promise<void>;
}

const NAME = /^[A-Za-z0-9_.:-]+$/;

function sentenceOf(error: NodeJS.ErrnoException, address: string): string {
  switch (error.code) {
    case 'ENOENT':
      return `There is no runtime socket at ${address}: HAProxy does not run, or its "stats socket" is elsewhere.`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not use the runtime socket at ${address}.`;
    case 'ECONNREFUSED':
      return `Nobody listens at ${address} any more: HAProxy has ended.`;
    default:
      return `HAProxy does not answer at ${address}.`;
  }
}

/**
 * Speaks to a running HAProxy.
 * @param address path of its runtime socket, or `host:port`
 */
export function openRuntime(address: string, patienceMs = 5_000): Runtime {
  const [, host, port] = /^([^/]+):(\d+)$/.exec(address) ?? [];
  const command = (line: string): Promise<string> =>
    new Promise((done, fail) => {
      const socket = connect(host === undefined ? { path: address } : { host, port: Number(port) });
      let said = '';
      const refuse = (sentence: string) => {
        socket.destroy();
        fail(new RuntimeRefused(sentence));
      };
      socket.setEncoding('utf8').setTimeout(patienceMs);
      socket
        .on('data', (text: string) => {
          said += text;
        })
        .on('timeout', () => refuse(`HAProxy does not answer at ${address}.`))
        .on('error', (error) => refuse(sentenceOf(error, address)))
        .on('end', () => done(said))
        .end(`${line}\n`);
    });
  /** A command that prints nothing where all is well. */
  const order = async (line: string): Promise<void> => {
    const said = (await command(line)).trim();
    if (said !== '') throw new RuntimeRefused(`HAProxy at ${address} refused "${line}": ${said}`);
  };
  const named = (backend: string, server: string): string => {
    for (const name of [backend, server])
      if (!NAME.test(name)) throw new RuntimeRefused(`"${name}" is no name of a backend or a server.`);
    return `${backend}/${server}`;
  };
  return {
    address,
    command,
    async info() {
      const said = await command('show info');
      const of = (name: string) => new RegExp(`^${name}: *(.*)$`, 'm').exec(said)?.[1] ?? '';
      if (of('Pid') === '') throw new RuntimeRefused(`What answers at ${address} is no HAProxy.`);
      return { pid: Number(of('Pid')), uptimeSeconds: Number(of('Uptime_sec')), version: of('Version') };
    },
    async servers(backend) {
      if (!NAME.test(backend)) throw new RuntimeRefused(`"${backend}" is no name of a backend.`);
      const [stat, state] = [await command('show stat'), await command(`show servers state ${backend}`)];
      const ordered = new Map(
        tableOf(state.slice(state.indexOf('#')), ' ').map((row) => [
          row.srv_name,
          { initialWeight: Number(row.srv_iweight), admin: adminOf(Number(row.srv_admin_state)) },
        ]),
      );
      const rows = tableOf(stat, ',').filter(
        (row) => row.pxname === backend && !['FRONTEND', 'BACKEND'].includes(row.svname ?? ''),
      );
      if (rows.length === 0)
        throw new RuntimeRefused(`HAProxy at ${address} has no backend "${backend}" with servers.`);
      return rows.map((row) => ({
        ...serverOf(row),
        ...(ordered.get(row.svname) ?? { initialWeight: Number(row.weight), admin: 'ready' as const }),
      }));
    },
    setState: async (backend, server, state) => {
      await order(`set server ${named(backend, server)} state ${state}`);
    },
    setWeight: async (backend, server, percent) => {
      if (!Number.isInteger(percent) || percent < 0 || percent > 100)
        throw new RuntimeRefused('A weight is a whole number of percent, from 0 to 100.');
      await order(`set server ${named(backend, server)} weight ${percent}%`);
    },
  };
}

type Row = Readonly<Record<string, string | undefined>>;

/** Rows under a heading that begins with `#`, by the names in it. */
function tableOf(text: string, between: ',' | ' '): readonly Row[] {
  const [heading = '', ...lines] = text.trim().split('\n');
  const names = heading.replace(/^#\s*/, '').split(between);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => Object.fromEntries(line.split(between).map((value, i) => [names[i] ?? '', value])));
}

const stateOf = (status: string): ServerNow['state'] => {
  if (/^(UP|no check)/.test(status)) return 'up';
  if (status.startsWith('MAINT')) return 'maint';
  return status.startsWith('DRAIN') ? 'drain' : 'down';
};

/** Bits of `srv_admin_state`: 1, 2 and 32 are kinds of maintenance, 8 and 16 of drain. */
const adminOf = (bits: number): AdminState => {
  if (bits & 0x23) return 'maint';
  return bits & 0x18 ? 'drain' : 'ready';
};

const serverOf = (row: Row): Omit<ServerNow, 'initialWeight' | 'admin'> => {
  const number = (name: string) => Number(row[name] || 0);
  return {
    name: row.svname ?? '',
    address: row.addr ?? '',
    state: stateOf(row.status ?? ''),
    status: row.status ?? '',
    weight: number('weight'),
    sessions: number('scur'),
    requests: number('lbtot'),
    failed: number('hrsp_5xx'),
    movedOn: number('wredis'),
  };
};
