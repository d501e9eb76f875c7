import { fileURLToPath } from 'node:url';
import { compilePolicy } from '@munjigi/core/rules';
import { readSettings, type ServiceConfig, SettingError } from '@munjigi/service';
import { openDeskDatabase, readPackFolder } from '@munjigi/service/api';
import { BackupRefused, type Database, DatabaseRefused, DatabaseUnavailable } from '@munjigi/service/db';
import { parseArguments } from '../lib/arguments.ts';

const DEFAULT_POLICY = fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url));

type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;
type Given<O extends Options> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'string' ? string : boolean;
};

/** Options that say where a desk's database is; the same as of `munjigi serve`. */
export const DATABASE_OPTIONS = {
  data: { type: 'string' },
  policy: { type: 'string' },
  'database-issuer': { type: 'string' },
  'database-register': { type: 'string' },
  'database-authority': { type: 'string' },
  at: { type: 'string' },
  help: { type: 'boolean' },
} as const satisfies Options;

export const DATABASE_USAGE = `  --data FOLDER             embedded databases and keys (./data)
  --database-register URL   the PostgreSQL database in place of the embedded one; so for each desk
  --policy FOLDER           the policy pack (policies/kr-2022)
  --at INSTANT              the moment that counts as now, for an exercise (the machine's time)
`;

const DESKS = ['issuer', 'register', 'authority'] as const;
export type DeskName = (typeof DESKS)[number];

/** The arguments of a command, or null where they are wrong: then what is wrong was said. */
export function argumentsOf<O extends Options>(
  command: string,
  usage: string,
  args: readonly string[],
  options: O,
): Given<O> | null {
  try {
    return parseArguments({ args, options }).values as Given<O>;
  } catch (error) {
    process.stderr.write(`munjigi ${command}: ${(error as Error).message}\n\n${usage}`);
    return null;
  }
}

export function deskOf(word: string | undefined): DeskName {
  const desk = DESKS.find((name) => name === word);
  if (desk === undefined) throw new SettingError(`--desk is one of ${DESKS.join(', ')}.`);
  return desk;
}

/** Milliseconds that count as now. */
export function momentOf(at: string | undefined): number {
  if (at === undefined) return Date.now();
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) throw new SettingError('--at is an instant such as 2022-01-06T13:58:00+09:00.');
  return ms;
}

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Opens a desk's database, migrated, and gives it back however the work ends. */
export async function withDeskDatabase<T>(
  flags: Flags,
  desk: DeskName,
  nowMs: number,
  work: (db: Database, config: ServiceConfig) => Promise<T>,
): Promise<T> {
  const { help: _help, at: _at, ...rest } = flags;
  const config = readSettings({ ...rest, desks: desk }, process.env, DEFAULT_POLICY);
  const db = await openDeskDatabase(config, desk, nowMs);
  try {
    return await work(db, config);
  } finally {
    await db.close();
  }
}

/** What the pack says of time zone and retention. */
export const termsOf = (config: ServiceConfig) => compilePolicy(readPackFolder(config.policy));

/** Runs a command: what an operator can mend is one sentence and exit 1, or 2 where it is how the command was called. */
export async function answering(command: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const known =
      error instanceof SettingError ||
      error instanceof BackupRefused ||
      error instanceof DatabaseRefused ||
      error instanceof DatabaseUnavailable;
    if (!known) throw error;
    process.stderr.write(`munjigi ${command}: ${error.message}\n`);
    return error instanceof SettingError ? 2 : 1;
  }
}
