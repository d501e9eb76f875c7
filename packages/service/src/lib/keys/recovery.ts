import { existsSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { unwrapKey, wrapKey } from '@munjigi/core/sealed/recovery';
import { type KeyFolder, publicPoint, random } from '../../crypto/index.ts';
import { DayEnded } from './day-ended.ts';
import type { DayStore } from './day-store.ts';
import { namedDay, weekEnd, weekOf } from './days.ts';

/** The public half of a week's recovery key; the private half is on sheets, and nowhere else. */
const PUBLIC = 'public';
const WRAP = 'wrap-';

/** The body whose key store holds a recovery folder: `<data>/keys/<body>/recovery`. */
const bodyOf = (recovery: KeyFolder): string => basename(dirname(recovery.path));

/** Wraps a key for its week's recovery key. Does nothing where that week's sheets were not made. */
export async function wrapForWeek(
  recovery: KeyFolder,
  week: string,
  name: string,
  key: Uint8Array,
): Promise<void> {
  if (!existsSync(join(recovery.path, week))) return;
  const folder = await recovery.folder(week);
  const recoveryKey = await folder.find(PUBLIC);
  if (!recoveryKey || (await folder.find(WRAP + name))) return;
  const place = { body: bodyOf(recovery), week, name };
  const wrap = await wrapKey({ key, place, recoveryKey, ekm: random(32) });
  await folder.secret(WRAP + name, () => wrap);
}

/** True where a key can be recovered with the sheets of its week. */
export async function hasWrap(store: DayStore, name: string): Promise<boolean> {
  const named = namedDay(name);
  const recovery = await store.recovery();
  const week = named && weekOf(named.lastDay);
  if (!week || !existsSync(join(recovery.path, week))) return false;
  return (await (await recovery.folder(week)).find(WRAP + name)) !== null;
}

/** Wraps every key of a week that is there and has no wrap yet. Returns how many wraps the week then has. */
export async function wrapWeek(store: DayStore, week: string): Promise<number> {
  const recovery = await store.recovery();
  for (const name of await store.names()) {
    const named = namedDay(name);
    const key = named && weekOf(named.lastDay) === week ? await store.find(name) : null;
    if (key) await wrapForWeek(recovery, week, name, key);
  }
  return (await wrapsOf(await recovery.folder(week))).length;
}

const wrapsOf = async (folder: KeyFolder): Promise<string[]> =>
  (await folder.names()).filter((name) => name.startsWith(WRAP)).map((name) => name.slice(WRAP.length));

/** A week that has a recovery key already. The message is a sentence for the operator. */
export class RecoveryRefused extends Error {
  override readonly name = 'RecoveryRefused';
}

/** Gives a week its recovery key, once: only the public half is kept. Throws `RecoveryRefused`. */
export async function beginWeek(store: DayStore, week: string, publicKey: Uint8Array): Promise<void> {
  if (week !== weekOf(week)) throw new RecoveryRefused(`A week is named by its Monday: ${weekOf(week)}.`);
  if (store.hasEnded(weekEnd(week))) throw new DayEnded(weekEnd(week), store.highWater());
  const folder = await (await store.recovery()).folder(week);
  const kept = await folder.secret(PUBLIC, () => publicKey);
  if (Buffer.compare(kept, publicKey) !== 0)
    throw new RecoveryRefused(
      `The sheets of the week of ${week} were made already. Who lost one asks for the week after: a second set would make the first worthless without anyone knowing.`,
    );
}

/** The weeks that have sheets, by their Mondays. */
export async function weeksWithSheets(store: DayStore, weeks: readonly string[]): Promise<readonly string[]> {
  const recovery = await store.recovery();
  const found: string[] = [];
  for (const week of weeks) {
    if (!existsSync(join(recovery.path, week))) continue;
    if (await (await recovery.folder(week)).find(PUBLIC)) found.push(week);
  }
  return found;
}

/** What a recovery found, and whether it wrote. */
export interface Recovered {
  readonly week: string;
  /** Keys that were missing and can be, or were, rebuilt. */
  readonly rebuilt: readonly string[];
  /** Keys that are there and are the same as in their wraps. */
  readonly same: readonly string[];
}

/**
 * Opens the wraps of a week. Keys that are missing are put back, unless it is a rehearsal; keys that are there must be the
 * same. A key whose day was destroyed stays destroyed. Throws `RecoveryRefused`.
 * @param privateKey 32 bytes, joined from two sheets
 */
export async function recoverWeek(
  store: DayStore,
  week: string,
  privateKey: Uint8Array,
  { rehearsal }: { readonly rehearsal: boolean },
): Promise<Recovered> {
  const recovery = await store.recovery();
  const here = existsSync(join(recovery.path, week)) ? await recovery.folder(week) : null;
  const publicKey = await here?.find(PUBLIC);
  if (!here || !publicKey)
    throw new RecoveryRefused(
      `There is no recovery key of the week of ${week} here: it ended with its week, or its sheets belong to another installation.`,
    );
  if (Buffer.compare(publicPoint(privateKey), publicKey) !== 0)
    throw new RecoveryRefused(
      `These sheets are not those of the week of ${week} of this installation. Nothing was changed.`,
    );
  const [rebuilt, same]: [string[], string[]] = [[], []];
  for (const name of await wrapsOf(here)) {
    const named = namedDay(name);
    if (!named || store.hasEnded(named.lastDay)) continue;
    const place = { body: bodyOf(recovery), week, name };
    const key = await unwrapKey({ wrap: (await here.find(WRAP + name))!, place, privateKey });
    const kept = await store.find(name);
    if (kept && Buffer.compare(kept, key) !== 0)
      throw new RecoveryRefused(`The key ${name} here is another one than the wrapped one.`);
    if (kept) same.push(name);
    else {
      if (!rehearsal) await store.keys.secret(name, () => key);
      rebuilt.push(name);
    }
  }
  if (rebuilt.length > 0 && !rehearsal) await store.keys.renew();
  return { week, rebuilt, same };
}

/** Ends the wrap of a key that ends. */
export async function endWrap(store: DayStore, name: string): Promise<void> {
  const named = namedDay(name);
  const recovery = await store.recovery();
  const week = named && weekOf(named.lastDay);
  if (!week || !existsSync(join(recovery.path, week))) return;
  await (await recovery.folder(week)).destroy(WRAP + name);
}

/** The weeks whose wraps are still there, by their Mondays. */
export async function weeksHeld(store: DayStore): Promise<readonly string[]> {
  const { path } = await store.recovery();
  return readdirSync(path).filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name));
}

/** Ends every week that has ended, its recovery key and all its wraps. */
export async function endWeeks(store: DayStore): Promise<void> {
  const recovery = await store.recovery();
  for (const week of await weeksHeld(store)) {
    if (!store.hasEnded(weekEnd(week))) continue;
    const folder = await recovery.folder(week);
    for (const name of await folder.names()) await folder.destroy(name);
    try {
      for (const file of readdirSync(folder.path)) unlinkSync(join(folder.path, file));
      rmdirSync(folder.path);
    } catch {
      // Somebody is reading it: nothing secret is left in it, and the next day takes it away.
    }
  }
}
