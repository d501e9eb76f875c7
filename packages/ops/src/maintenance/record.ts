import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@munjigi/service/crypto';
import type { AdminState } from '../haproxy/index.ts';
import type { Settings } from './options.ts';

/** In this order; `undo` comes in place of those that are left when one fails. */
export const STEPS = ['drain', 'work', 'ready', 'verify', 'back', 'watch'] as const;
export type Step = (typeof STEPS)[number] | 'undo';

export interface NodeRecord {
  readonly name: string;
  /**
   * `out`: it was to be taken back, and no balancer gives it anything because it does not work. `kept`: it was to be taken back, but
   * works while others do not.
   */
  state: 'waits' | 'under-way' | 'done' | 'rolled-back' | 'out' | 'kept';
  step: Step | null;
  /** How each balancer had it before, by socket. */
  former: Record<string, AdminState>;
  /** True from the instant at which the work may have begun. */
  worked: boolean;
  /** Why it was taken back. */
  why: string | null;
}

/** A process that somebody else may be left with, and when the kernel says that it began. */
export interface Running {
  readonly pid: number;
  readonly began: string | null;
}

/** One maintenance: what was asked, what was done, and while it has not ended all that is needed to go on. */
export interface MaintenanceRecord {
  readonly number: number;
  readonly settings: Settings;
  /** Seconds. */
  readonly began: number;
  /** Why it began, or went on, in busy hours. */
  despite: string | null;
  ended: 'done' | 'rolled-back' | 'stopped' | null;
  readonly nodes: NodeRecord[];
  running: Running | null;
  readonly steps: {
    readonly at: number;
    readonly node: string;
    readonly step: string;
    readonly says: string;
  }[];
}

const fileOf = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(4, '0')}.json`);

/** The newest maintenance of a folder, or null. Throws where its file cannot be read: what is under way is not guessed. */
export async function newestRecord(folder: string): Promise<MaintenanceRecord | null> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const newest = names
    .filter((name) => /^\d{4,}\.json$/.test(name))
    .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))[0];
  return newest === undefined
    ? null
    : (JSON.parse(await readFile(join(folder, newest), 'utf8')) as MaintenanceRecord);
}

export const newRecord = (
  number: number,
  settings: Settings,
  began: number,
  despite: string | null,
): MaintenanceRecord => ({
  number,
  settings,
  began,
  despite,
  ended: null,
  nodes: settings.nodes.map((name) => ({
    name,
    state: 'waits',
    step: null,
    former: {},
    worked: false,
    why: null,
  })),
  running: null,
  steps: [],
});

/** Writes a record whole, flushed: before a step begins, so that a run that is ended in it is found. */
export async function saveRecord(folder: string, record: MaintenanceRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(fileOf(folder, record.number), `${JSON.stringify(record, null, 1)}\n`, 0o600);
}
