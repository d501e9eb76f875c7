import { addDays, type Policy } from '@munjigi/core/rules';
import type { KeyFolder } from '../../crypto/index.ts';
import type { Database } from '../../db/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import { daysOf, FOR_EVER, weekEnd, weeksHeld } from '../../lib/keys/index.ts';
import { type BoxesSeen, lookAtBoxes } from './boxes.ts';
import { type HeldKey, heldKeys } from './held-keys.ts';
import { lookAtMappings, type MappingsSeen } from './mappings.ts';

/** A database to look into: a desk's own, or one that a backup was put back into. */
export interface PlaceToLook {
  /** How the report names it. */
  readonly name: string;
  readonly db: Database;
}

export interface Seen {
  readonly place: string;
  readonly boxes: BoxesSeen;
  readonly mappings: MappingsSeen;
}

/** What a desk's key store still holds. */
export interface StoreSeen {
  readonly desk: DeskName;
  /** Keys held for opening, and those of them (and weeks of wraps) that are for a day before the one asked for: must be none. */
  readonly held: number;
  readonly older: readonly string[];
  /** The last day whose keys were destroyed; null where none was. */
  readonly endedThrough: string | null;
  readonly hasEnded: boolean;
  /** The day after which nothing of what is held today opens anything any more, as retention goes on. */
  readonly lastEnds: string | null;
}

export interface RetentionReport {
  /** Nothing of a day before this one may open. */
  readonly date: string;
  readonly clean: boolean;
  /** Boxes and mappings that are older and opened, or whose own layer came off. Must be 0. */
  readonly openable: number;
  readonly stores: readonly StoreSeen[];
  readonly looked: readonly Seen[];
  /** What could not be looked at, in sentences. The report is not clean then. */
  readonly couldNotLook: readonly string[];
}

/**
 * Tries everything older than a day, in rows, detached tables, mappings and backups, with everything that the key stores
 * still hold. It opens nothing for anyone: what opens is counted and thrown away.
 * @param date YYYY-MM-DD, the first day that may still open
 */
export async function retentionReport(parts: {
  readonly date: string;
  readonly policy: Pick<Policy, 'calendar' | 'retentionDays'>;
  readonly stores: ReadonlyMap<DeskName, KeyFolder>;
  readonly places: readonly PlaceToLook[];
  readonly couldNotLook?: readonly string[];
}): Promise<RetentionReport> {
  const { date, policy, stores } = parts;
  const couldNotLook = [...(parts.couldNotLook ?? [])];
  const held = await heldKeys(stores);
  const looked: Seen[] = [];
  for (const { name, db } of parts.places) {
    try {
      const boxes = await lookAtBoxes(db, held, policy, policy.calendar.startOf(date));
      looked.push({ place: name, boxes, mappings: await lookAtMappings(db, held, date) });
    } catch {
      couldNotLook.push(`${name}: its database did not answer to the end.`);
    }
  }
  const byDesk = { authority: held.pairs, register: held.layers, issuer: held.mappings };
  const seen: StoreSeen[] = [];
  for (const [desk, keys] of stores) seen.push(await storeSeen(desk, keys, byDesk[desk], date, policy));
  const openable = looked.reduce((sum, { boxes, mappings }) => sum + boxes.layerOff + mappings.opened, 0);
  return {
    date,
    clean: openable === 0 && couldNotLook.length === 0 && seen.every(({ older }) => older.length === 0),
    openable,
    stores: seen,
    looked,
    couldNotLook,
  };
}

async function storeSeen(
  desk: DeskName,
  keys: KeyFolder,
  held: readonly HeldKey[],
  date: string,
  { retentionDays }: Pick<Policy, 'retentionDays'>,
): Promise<StoreSeen> {
  const store = await daysOf(keys);
  const endedThrough = store.highWater();
  const weeks = (await weeksHeld(store)).filter((week) => weekEnd(week) < date);
  const last = held
    .map(({ lastDay }) => lastDay)
    .sort()
    .at(-1);
  return {
    desk,
    held: held.length,
    // A key whose name tells no day is older than any: nobody will end it.
    older: [
      ...held.filter(({ lastDay }) => lastDay < date).map(({ name }) => name),
      ...weeks.map((week) => `recovery/${week}`),
    ],
    endedThrough: endedThrough === '' ? null : endedThrough,
    hasEnded: endedThrough === FOR_EVER,
    lastEnds: last ? addDays(last, retentionDays) : null,
  };
}
