import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfig } from '../../config/index.ts';
import {
  BackupRefused,
  type Database,
  DatabaseRefused,
  importDatabase,
  migrate,
  openEmbedded,
  openPostgres,
  readManifest,
} from '../../db/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import { makePartitions, RetentionDays } from '../../register/index.ts';
import type { PlaceToLook } from './report.ts';

/** Databases that are open to be looked into, and what could not be opened. */
export interface OpenPlaces {
  readonly places: readonly PlaceToLook[];
  readonly couldNotLook: readonly string[];
  close(): Promise<void>;
}

const DESKS: readonly DeskName[] = ['issuer', 'register', 'authority'];
const isAddress = (where: string): boolean => /^postgres(ql)?:\/\//.test(where);
const hasManifest = (folder: string): boolean => existsSync(join(folder, 'manifest.json'));
const hasCluster = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => /^pg\d+$/.test(name));

/**
 * Opens the databases of the desks as they are, and those of backups: an address of a PostgreSQL that a backup was put back
 * into, a folder that `munjigi backup` wrote, or one that holds embedded databases. Folders are copied or put back elsewhere
 * first, so that looking changes no backup. Nothing is dropped while a backup is put back, however old it is.
 */
export async function openPlaces(
  config: ServiceConfig,
  backups: readonly string[],
  retention: { readonly timeZone: string; readonly retentionDays: number },
): Promise<OpenPlaces> {
  const places: PlaceToLook[] = [];
  const couldNotLook: string[] = [];
  const copies: string[] = [];
  const open = async (name: string, work: () => Promise<Database>): Promise<void> => {
    try {
      const db = await work();
      await db.query('SELECT 1').catch(async (error: unknown) => {
        await db.close();
        throw error;
      });
      places.push({ name, db });
    } catch (error) {
      const known = error instanceof DatabaseRefused || error instanceof BackupRefused;
      const why = known ? error.message : 'its database could not be opened.';
      couldNotLook.push(`${name}: ${why}`);
    }
  };
  const postgres = (url: string) => async () => openPostgres({ url, applicationName: 'munjigi-report' });

  for (const desk of config.desks) {
    const url = config.databases[desk];
    const folder = join(config.data, desk);
    if (url) await open(desk, postgres(url));
    else if (hasCluster(folder)) await open(desk, () => openEmbedded({ folder }));
    else
      couldNotLook.push(
        `${desk}: there is no database at ${folder}. Name its folder with --data, or its address.`,
      );
  }
  for (const backup of backups) {
    if (isAddress(backup)) {
      await open(`backup ${new URL(backup).pathname.slice(1)}`, postgres(backup));
      continue;
    }
    const written = [backup, ...DESKS.map((desk) => join(backup, desk))].filter(hasManifest);
    for (const folder of written) {
      const copy = mkdtempSync(join(tmpdir(), 'munjigi-report-'));
      copies.push(copy);
      await open(`backup ${folder}`, () => putBack(folder, copy, retention));
    }
    const found = DESKS.filter((desk) => hasCluster(join(backup, desk)));
    if (found.length === 0 && written.length === 0)
      couldNotLook.push(`backup ${backup}: there is no database in it that can be read here.`);
    for (const desk of found) {
      const copy = mkdtempSync(join(tmpdir(), 'munjigi-report-'));
      copies.push(copy);
      cpSync(join(backup, desk), copy, { recursive: true });
      await open(`backup ${backup} ${desk}`, () => openEmbedded({ folder: copy }));
    }
  }
  return {
    places,
    couldNotLook,
    async close() {
      for (const { db } of places) await db.close();
      for (const copy of copies) rmSync(copy, { recursive: true, force: true });
    },
  };
}

async function putBack(
  backup: string,
  into: string,
  { timeZone, retentionDays }: { readonly timeZone: string; readonly retentionDays: number },
): Promise<Database> {
  const { desk, takenAtMs } = await readManifest(backup);
  const db = await openEmbedded({ folder: into });
  try {
    await migrate(db, desk, takenAtMs);
    await importDatabase(db, backup, desk, async () => {
      if (desk !== 'register') return;
      const days = new RetentionDays(timeZone, retentionDays);
      days.moveTo(Math.floor(takenAtMs / 1000));
      await makePartitions(db, days.days);
    });
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}
