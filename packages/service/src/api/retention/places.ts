import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfig } from '../../config/index.ts';
import { type Database, DatabaseRefused, openEmbedded, openPostgres } from '../../db/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import type { PlaceToLook } from './report.ts';

/** Databases that are open to be looked into, and what could not be opened. */
export interface OpenPlaces {
  readonly places: readonly PlaceToLook[];
  readonly couldNotLook: readonly string[];
  close(): Promise<void>;
}

const DESKS: readonly DeskName[] = ['issuer', 'register', 'authority'];
const isAddress = (where: string): boolean => /^postgres(ql)?:\/\//.test(where);
const hasCluster = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => /^pg\d+$/.test(name));

/**
 * Opens the databases of the desks as they are, and those of backups: an address of a PostgreSQL that a backup was put back
 * into, or a folder that holds embedded databases. A folder is copied first, so that looking changes no backup.
 */
export async function openPlaces(config: ServiceConfig, backups: readonly string[]): Promise<OpenPlaces> {
  const places: PlaceToLook[] = [];
  const couldNotLook: string[] = [];
  const copies: string[] = [];
  const open = async (name: string, work: () => Promise<Database>): Promise<void> => {
    try {
      const db = await work();
      places.push({ name, db });
      await db.query('SELECT 1');
    } catch (error) {
      const why = error instanceof DatabaseRefused ? error.message : 'its database could not be opened.';
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
    const found = DESKS.filter((desk) => hasCluster(join(backup, desk)));
    if (found.length === 0)
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
