import type { parseArgs } from 'node:util';
import { SettingError } from '@munjigi/service';
import { parseArguments } from '../lib/arguments.ts';
import { UsageError } from '../lib/desk-data.ts';
import { needed } from '../lib/service-command.ts';
import type { Wanted } from './enrol.ts';
import { type Door, readPlace } from './settings.ts';
import { MOST_PROVIDERS } from './sign-in.ts';

export const USAGE = `munjigi canary enrol --folder FOLDER --name NAME --service URL [options]
munjigi canary [--folder FOLDER] [options]
munjigi canary alive [--folder FOLDER] [--within SECONDS]
munjigi canary mark --markers FILE --change TEXT --phase began|ended|rolled-back --back TEXT

Goes a guest's whole way every few seconds, through every front door and straight to every node: a pass is issued, shown, judged
as a gate does, sent and receipted; somebody without a pass enrols at each front door; every identity provider's page is opened; the
documents of every mirror are read. Says how each component stood: works, slow or down.

enrol   makes what the canary needs: a venue that nothing is counted of, a specimen that no door lets in, a key
        (none) looks until a signal ends it; needs nothing but its folder, whatever is down when it starts
alive   exit 1 where the last round is older than --within: what a cron job asks, so that silence is noticed
mark    notes a change, such as "maintenance 12", so that every graph shows it with the way back

  --folder FOLDER           keys, passes and chains of this canary (./canary)
  --every SECONDS           the pace (5)
  --deadline MS             what takes longer is down (2000)
  --slow MS                 what takes longer is slow (1000)
  --once                    one round; exit 1 where a step failed
  --metrics-port N          serves /metrics for Prometheus; --metrics-host ADDRESS (127.0.0.1)
  --markers FILE            change markers to show with the metrics
  --within SECONDS          for alive (30)

for enrol:
  --name NAME               small letters, digits and hyphens
  --door NAME=URL           a front door, as the public comes; again for each
  --node NAME=URL           a node, straight; again for each
  --mirror NAME=URL         where documents are served; again for each
  --authority URL           where observations are told; again for each
  --service URL             the register's desk, with --data FOLDER for its operator token (./data) or MUNJIGI_OPERATOR_TOKEN
  --issuer URL              the issuer's desk where another body runs it, with --issuer-data FOLDER
  --kind KIND  --region REGION   of the venue, as the policy knows them (its first)
  --root-digest HEX         SHA-256 of the root to begin with

One line of JSON on standard output for each round; what changed, in words, on standard error.
Exit: 0 ended as asked · 1 a step failed (--once), silent (alive), refused (enrol) · 2 wrong usage.
`;

const TEXT = { type: 'string' } as const;
const LIST = { type: 'string', multiple: true } as const;
const YES = { type: 'boolean' } as const;
const OPTIONS = {
  folder: TEXT,
  every: TEXT,
  deadline: TEXT,
  slow: TEXT,
  once: YES,
  'metrics-port': TEXT,
  'metrics-host': TEXT,
  within: TEXT,
  markers: TEXT,
  change: TEXT,
  phase: TEXT,
  back: TEXT,
  name: TEXT,
  door: LIST,
  node: LIST,
  mirror: LIST,
  authority: LIST,
  service: TEXT,
  data: TEXT,
  issuer: TEXT,
  'issuer-data': TEXT,
  kind: TEXT,
  region: TEXT,
  'root-digest': TEXT,
  help: YES,
} as const;

export type CanaryFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** The word after `munjigi canary`, and its options. Throws `UsageError`. */
export function readFlags(args: readonly string[]): {
  readonly command: string;
  readonly flags: CanaryFlags;
} {
  let read: ReturnType<
    typeof parseArguments<{ args: readonly string[]; options: typeof OPTIONS; allowPositionals: true }>
  >;
  try {
    read = parseArguments({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0]);
  }
  const [command = 'run', more] = read.positionals;
  if (more !== undefined) throw new UsageError(`"${more}" is one word too many.`);
  if (!['run', 'enrol', 'alive', 'mark'].includes(command))
    throw new UsageError(`There is no command "${command}".`);
  return { command, flags: read.values };
}

/** A whole number between bounds. Throws `UsageError`. */
export function within(text: string | undefined, flag: string, usual: number, most: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new UsageError(`--${flag} is a whole number from 1 to ${most}.`);
  return value;
}

/** What is to be enrolled. Throws `UsageError` or `SettingError`. */
export function readWanted(flags: CanaryFlags): Wanted {
  const name = needed(flags.name, 'name');
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new SettingError('--name has small letters, digits and hyphens, forty at most.');
  const doors: Door[] = [
    ...(flags.door ?? []).map((text) => ({ ...readPlace(text, 'door'), side: 'outside' as const })),
    ...(flags.node ?? []).map((text) => ({ ...readPlace(text, 'node'), side: 'beside' as const })),
  ];
  const mirrors = (flags.mirror ?? []).map((text) => readPlace(text, 'mirror'));
  if (doors.length === 0) throw new UsageError('Name a --door or a --node to look through.');
  if (mirrors.length === 0)
    throw new UsageError('Name a --mirror: without its documents nothing can be judged.');
  // Three looks a door, one a mirror and one a provider fit into what an authority reads.
  if (3 * doors.length + mirrors.length + MOST_PROVIDERS > 64)
    throw new SettingError('A canary looks through eighteen doors and nodes at most: enrol a second one.');
  const names = [...doors, ...mirrors].map((one) => one.name);
  if (new Set(names).size < names.length)
    throw new SettingError('Doors, nodes and mirrors have names of their own.');
  const digest = flags['root-digest'];
  if (digest !== undefined && !/^[0-9a-f]{64}$/.test(digest))
    throw new SettingError('--root-digest is the SHA-256 of a root, 64 small hexadecimal digits.');
  return {
    folder: flags.folder ?? './canary',
    name,
    doors,
    mirrors,
    authorities: (flags.authority ?? []).map((url) => url.replace(/\/$/, '')),
    kind: flags.kind,
    region: flags.region,
    rootDigest: digest,
  };
}
