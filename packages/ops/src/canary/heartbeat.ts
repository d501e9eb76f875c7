import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@munjigi/service/crypto';

/** The canary's own sign of life, in its folder: written after every round, so that its silence is noticed too. */
export interface Heartbeat {
  readonly sequence: number;
  /** When the last round ended, milliseconds. */
  readonly atMs: number;
}

const fileOf = (folder: string): string => join(folder, 'heartbeat.json');

export async function readHeartbeat(folder: string): Promise<Heartbeat | null> {
  try {
    const { sequence, atMs } = JSON.parse(await readFile(fileOf(folder), 'utf8')) as Heartbeat;
    return Number.isSafeInteger(sequence) && Number.isFinite(atMs) ? { sequence, atMs } : null;
  } catch {
    return null;
  }
}

export const writeHeartbeat = (folder: string, heartbeat: Heartbeat): Promise<void> =>
  writeWhole(fileOf(folder), JSON.stringify(heartbeat), 0o600);
