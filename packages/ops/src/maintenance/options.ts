import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilePolicy } from '@munjigi/core/rules';
import { readPackFolder } from '@munjigi/service/config';
import { parse, UsageError } from '../lib/desk-data.ts';
import { needed } from '../lib/service-command.ts';
import { type BusyHours, readHours } from './hours.ts';

const DEFAULT_POLICY = fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url));

export const USAGE = `munjigi maintenance --node NAME… (--do COMMAND | --by-hand) [options]
munjigi maintenance --resume | --abandon [--folder FOLDER] [--despite-the-hour REASON]

Works on one node after the other while the rest serves: drains it at every balancer, waits until nothing runs there, does the work,
waits until it is ready, looks at it straight with a canary, puts it back by a slow start and watches. What fails is taken back, and
the nodes after it are left alone. Refuses in busy hours and shortly before them.

  --node NAME               as the balancers call it; several with commas or again
  --do COMMAND              the work, run by sh with MUNJIGI_NODE and MUNJIGI_ADDRESS set; or
  --by-hand                 waits for you: Enter when it is done, "back" to take it back
  --undo COMMAND            takes the work back; like --do it may be run twice
  --socket PATH             runtime socket of a balancer; again for each (/run/haproxy/admin.sock)
  --backend NAME            of the nodes (nodes)
  --canary FOLDER           a canary of its own, enrolled with --node of every name and a --door (./canary-maintenance)
  --folder FOLDER           what was done, and what is under way (./maintenance)
  --markers FILE            change markers for the graphs (changes.jsonl in --folder)
  --policy FOLDER           the pack, for its time zone and busy hours (policies/kr-2022)
  --busy-hours LIST         this installation's own, such as 11-14,17-20, or none (MUNJIGI_BUSY_HOURS)
  --margin MINUTES          so long before busy hours none begins (15)
  --despite-the-hour REASON begins all the same; the reason stands in the record and on every graph
  --drain-seconds N  --work-seconds N  --ready-seconds N  --watch-seconds N
                            the longest wait for requests to end (60), for the work (900), for the node to be ready (120);
                            how long it is watched (45)
  --dry-run                 says what would be done and whether it may begin, and touches nothing
  --resume                  goes on where a run was broken off
  --abandon                 takes the node of a broken-off run back instead

Lines of JSON on standard output, sentences on standard error.
Exit: 0 done as asked · 1 refused, taken back or broken off · 2 wrong usage.
`;

const TEXT = { type: 'string' } as const;
const LIST = { type: 'string', multiple: true } as const;
const YES = { type: 'boolean' } as const;
const OPTIONS = {
  node: LIST,
  do: TEXT,
  'by-hand': YES,
  undo: TEXT,
  socket: LIST,
  backend: TEXT,
  canary: TEXT,
  folder: TEXT,
  markers: TEXT,
  policy: TEXT,
  'busy-hours': TEXT,
  margin: TEXT,
  'despite-the-hour': TEXT,
  'drain-seconds': TEXT,
  'work-seconds': TEXT,
  'ready-seconds': TEXT,
  'watch-seconds': TEXT,
  'dry-run': YES,
  resume: YES,
  abandon: YES,
  help: YES,
} as const;

/** What one maintenance is to do, and within which bounds. It is kept in the record, so that a later run can go on by it. */
export interface Settings {
  readonly nodes: readonly string[];
  /** Null waits for a person. */
  readonly work: string | null;
  readonly undo: string | null;
  readonly sockets: readonly string[];
  readonly backend: string;
  readonly canary: string;
  readonly markers: string;
  /** Where the commands run: the folder that the first run was started in. */
  readonly place: string;
  readonly timeZone: string;
  readonly busyHours: BusyHours;
  readonly marginMinutes: number;
  readonly drainSeconds: number;
  readonly workSeconds: number;
  readonly readySeconds: number;
  readonly watchSeconds: number;
}

export interface Asked {
  readonly folder: string;
  /** Why it may begin in busy hours; null where it may not. */
  readonly despite: string | null;
  /** Null for a run that goes on by its record. */
  readonly settings: Settings | null;
  readonly way: 'run' | 'dry-run' | 'resume' | 'abandon';
}

/** What the arguments ask for; null for help. Throws `UsageError`, and what an unreadable pack throws. */
export function readAsked(args: readonly string[], env: NodeJS.ProcessEnv): Asked | null {
  const flags = parse(args, OPTIONS);
  if (flags.help) return null;
  const ways = (['dry-run', 'resume', 'abandon'] as const).filter((way) => flags[way]);
  if (ways.length > 1) throw new UsageError(`--${ways[0]} and --${ways[1]} do not go together.`);
  const [way = 'run'] = ways;
  const folder = flags.folder ?? './maintenance';
  const despite = flags['despite-the-hour']?.trim() ?? null;
  if (despite === '') throw new UsageError('--despite-the-hour needs a reason.');
  if (way === 'resume' || way === 'abandon') {
    if (flags.node || flags.do || flags['by-hand'] || flags.undo)
      throw new UsageError(`--${way} goes by its record: nodes and work are not named again.`);
    return { folder, despite, settings: null, way };
  }
  return { folder, despite, settings: readSettings(flags, folder, env), way };
}

function readSettings(
  flags: ReturnType<typeof parse<typeof OPTIONS>>,
  folder: string,
  env: NodeJS.ProcessEnv,
): Settings {
  const whole = (flag: 'margin' | `${'drain' | 'work' | 'ready' | 'watch'}-seconds`, usual: number) => {
    const value = Number(flags[flag] ?? usual);
    if (!/^\d+$/.test(flags[flag] ?? '0') || value < 1 || value > 86_400)
      throw new UsageError(`--${flag} is a whole number from 1 to 86400.`);
    return value;
  };
  const nodes = (flags.node ?? []).flatMap((text) => text.split(',').map((name) => name.trim()));
  if (nodes.length === 0) throw new UsageError('--node is needed here.');
  const wrong = nodes.find((name, i) => !/^[a-z0-9][a-z0-9-]{0,39}$/.test(name) || nodes.indexOf(name) < i);
  if (wrong !== undefined) throw new UsageError(`--node "${wrong}" is no name of a node, or named twice.`);
  if ((flags.do === undefined) === !flags['by-hand'])
    throw new UsageError('Name the work with --do, or say --by-hand.');
  const { timeZone, protectedHours } = compilePolicy(readPackFolder(flags.policy ?? DEFAULT_POLICY)).pack;
  const own = flags['busy-hours'] ?? env.MUNJIGI_BUSY_HOURS;
  const busyHours = own === undefined ? protectedHours : readHours(own);
  if (!busyHours) throw new UsageError('--busy-hours are whole hours such as 11-14,17-20, or none.');
  return {
    nodes,
    work: flags['by-hand'] ? null : needed(flags.do, 'do'),
    undo: flags.undo ?? null,
    sockets: (flags.socket ?? ['/run/haproxy/admin.sock']).map((socket) =>
      /^[^/]+:\d+$/.test(socket) ? socket : resolve(socket),
    ),
    backend: flags.backend ?? 'nodes',
    canary: resolve(flags.canary ?? './canary-maintenance'),
    markers: resolve(flags.markers ?? join(folder, 'changes.jsonl')),
    place: process.cwd(),
    timeZone,
    busyHours,
    marginMinutes: whole('margin', 15),
    drainSeconds: whole('drain-seconds', 60),
    workSeconds: whole('work-seconds', 900),
    readySeconds: whole('ready-seconds', 120),
    watchSeconds: whole('watch-seconds', 45),
  };
}
