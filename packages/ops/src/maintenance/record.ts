import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingError } from '@munjigi/service';
import { writeWhole } from '@munjigi/service/crypto';
import type { AdminState } from '../haproxy/index.ts';
import type { Settings } from './options.ts';

/** In this order; `undo` comes in place of those that are left when one fails. */
export const STEPS = ['drain', 'work', 'ready', 'verify', 'back', 'watch'] as const;
export type Step = (typeof STEPS)[number] | 'undo';

export interface NodeRecord {
  readonly name: string;
  /**
   * `out`: it was to be taken back, did not work after that either, and is given nothing. `kept`: it was to be taken back, but
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
  const numbers = names.flatMap((name) => /^(\d{4,})\.json$/.exec(name)?.[1] ?? []).map(Number);
  if (numbers.length === 0) return null;
  const file = fileOf(folder, Math.max(...numbers));
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text) as MaintenanceRecord;
  } catch {
    throw new SettingError(
      `${file} cannot be read: see at the balancers whether a node is out, put it right, and move that file away.`,
    );
  }
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

let writing: Promise<void> = Promise.resolve();

/**
 * Writes a record whole, flushed: before a step begins, so that a run that is ended in it is found. One write after the other, each with
 * what the record says then.
 */
export function saveRecord(folder: string, record: MaintenanceRecord): Promise<void> {
  const next = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWhole(fileOf(folder, record.number), `${JSON.stringify(record, null, 1)}\n`, 0o600);
  };
  writing = writing.then(next, next);
  return writing;
}
