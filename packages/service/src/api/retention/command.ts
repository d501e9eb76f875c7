import { addDays, compilePolicy, type Policy } from '@munjigi/core/rules';
import { openSecrets, readPackFolder, type ServiceConfig } from '../../config/index.ts';
import type { KeyFolder } from '../../crypto/index.ts';
import { type Database, DatabaseRefused } from '../../db/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import { type Ended, sunset } from '../../lib/keys/index.ts';
import { openDeskDatabase } from '../databases.ts';
import { dropDays } from './drop-days.ts';
import { openPlaces } from './places.ts';
import { type RetentionReport, retentionReport } from './report.ts';
import { type DeskToEnd, type RetentionRun, runRetention } from './run.ts';
import { endSessions } from './sessions.ts';
import { voiceOf } from './voice.ts';

/** The key stores of the desks that a configuration names, and its policy. */
export async function deskStores(
  config: ServiceConfig,
): Promise<{ readonly policy: Policy; readonly stores: ReadonlyMap<DeskName, KeyFolder> }> {
  const secrets = await openSecrets(config.data);
  const stores = new Map<DeskName, KeyFolder>();
  for (const desk of config.desks) stores.set(desk, await secrets.keysOf(desk));
  return { policy: compilePolicy(readPackFolder(config.policy)), stores };
}

/** Ends what is past retention from outside the service: keys at once, rows where a database can be reached. */
export async function retentionRunOf(
  config: ServiceConfig,
  nowMs: number,
): Promise<RetentionRun & { readonly notReached: readonly string[] }> {
  const { policy, stores } = await deskStores(config);
  const desks: DeskToEnd[] = [];
  const notReached: string[] = [];
  const open: Database[] = [];
  try {
    for (const [name, keys] of stores) {
      let db: Database | null = null;
      try {
        db = await openDeskDatabase(config, name, nowMs);
        open.push(db);
      } catch (error) {
        notReached.push(
          `${name}: its keys were ended, its rows were not. ${error instanceof DatabaseRefused ? error.message : 'Its database does not answer.'}`,
        );
      }
      desks.push({ name, db, keys, lines: await voiceOf(name, keys) });
    }
    // Lines go to the log through the service, which keeps it; until then they wait beside the keys.
    const at = Math.floor(nowMs / 1000);
    return { ...(await runRetention({ desks, policy, log: null, at, dropDays, endSessions })), notReached };
  } finally {
    for (const db of open) await db.close();
  }
}

/** The report on a data folder and on backups. @param date YYYY-MM-DD, or null for the oldest day that is kept */
export async function retentionReportOf(
  config: ServiceConfig,
  nowMs: number,
  date: string | null,
  backups: readonly string[],
): Promise<RetentionReport> {
  const { policy, stores } = await deskStores(config);
  const { places, couldNotLook, close } = await openPlaces(config, backups, policy);
  try {
    const today = policy.calendar.dateOf(Math.floor(nowMs / 1000));
    return await retentionReport({
      date: date ?? addDays(today, 1 - policy.retentionDays),
      policy,
      stores,
      places,
      couldNotLook,
    });
  } finally {
    await close();
  }
}

/** Ends one body's recording for good. A service that runs publishes it at its next look. */
export async function sunsetOf(config: ServiceConfig, body: DeskName, nowMs: number): Promise<Ended> {
  const { policy, stores } = await deskStores({ ...config, desks: [body] });
  const keys = stores.get(body)!;
  const at = Math.floor(nowMs / 1000);
  return sunset({ keys, lines: await voiceOf(body, keys), log: null, at }, policy.calendar.dateOf(at));
}
