import { type BackupManifest, type Database, importDatabase, rowsOf, verifyBackup } from '../db/index.ts';
import { makePartitions } from './partitions.ts';
import { prune } from './pruning.ts';
import { type DroppedDays, dropDays } from './retention.ts';
import { RetentionDays } from './retention-days.ts';
import type { BackedUpHead, BackupMarks } from './safe-marks.ts';
import type { PolicyTerms } from './types.ts';

/** What a register's backup holds of each stretch. The backup is verified first, from its files. Throws `BackupRefused`. */
export async function marksOfBackup(folder: string): Promise<BackupMarks> {
  const manifest = await verifyBackup(folder);
  return { takenAtMs: manifest.takenAtMs, heads: headsIn(folder, manifest) };
}

async function* headsIn(folder: string, manifest: BackupManifest): AsyncGenerator<BackedUpHead> {
  const columns = manifest.tables.find(({ name }) => name === 'gate_head')?.columns ?? [];
  const place = (column: string) => columns.indexOf(column);
  const at = {
    venueId: place('venue_id'),
    gateNo: place('gate_no'),
    counter: place('counter'),
    head: place('head'),
  };
  for await (const row of rowsOf(folder, 'gate_head'))
    yield {
      venueId: Number(row[at.venueId]),
      gateNo: Number(row[at.gateNo]),
      counter: Number(row[at.counter]),
      head: new Uint8Array(Buffer.from(row[at.head]!.slice(2), 'hex')),
    };
}

/**
 * Puts a backup of the register into a migrated, empty database, and drops what is past retention today: nothing dead comes
 * back to life. What is missing since the backup is at the gates; they send it again, below the receipts they hold.
 * Throws `BackupRefused`.
 */
export async function restoreRegister(
  db: Database,
  folder: string,
  terms: Pick<PolicyTerms, 'timeZone' | 'retentionDays'>,
  nowMs: number,
): Promise<BackupManifest & Pick<DroppedDays, 'dropped' | 'left'>> {
  const days = new RetentionDays(terms.timeZone, terms.retentionDays);
  const manifest = await importDatabase(db, folder, 'register', async ({ takenAtMs }) => {
    // The days of then hold the rows while they are put in; those that are over go at once.
    days.moveTo(Math.floor(takenAtMs / 1000));
    await makePartitions(db, days.days);
    days.moveTo(Math.floor(nowMs / 1000));
    await makePartitions(db, days.days);
  });
  const { dropped, left } = await dropDays(db, days.days[0]!.day);
  await prune(db, days.oldest * 1000);
  return { ...manifest, dropped, left };
}
