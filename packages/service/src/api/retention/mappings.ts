import type { Database } from '../../db/index.ts';
import { openAtRest } from '../../lib/sealing.ts';
import type { HeldKeys } from './held-keys.ts';

/** What was found of the issuer's mappings in one database. */
export interface MappingsSeen {
  /** Mappings of passes that ended before the day asked for. */
  readonly older: number;
  readonly opened: number;
  /** Mappings of passes that ended later, and the day with which the last of them ends, retention aside. */
  readonly left: number;
  readonly lastDay: string | null;
  readonly newer: { readonly tried: number; readonly opened: number };
}

interface Row {
  readonly handle: Uint8Array;
  readonly sealed: Uint8Array;
}

const AT_ONCE = 1000;
const CONTROLS = 20;
const NONE: MappingsSeen = { older: 0, opened: 0, left: 0, lastDay: null, newer: { tried: 0, opened: 0 } };

/** Tries every mapping of a pass that ended before a day with every key that is still held. */
export async function lookAtMappings(db: Database, held: HeldKeys, day: string): Promise<MappingsSeen> {
  const { rows: there } = await db.query<{ there: boolean }>(
    "SELECT to_regclass('issued_pass') IS NOT NULL AS there",
  );
  if (!there[0]?.there) return NONE;
  const opens = ({ handle, sealed }: Row): boolean =>
    held.mappings.some(({ key }) => openAtRest(key, handle, sealed) !== null);
  let [older, opened] = [0, 0];
  for (let last: Uint8Array = new Uint8Array(0); ; ) {
    const { rows } = await db.query<Row>(
      `SELECT handle, sealed FROM issued_pass WHERE last_day < $1 AND handle > $2 ORDER BY handle LIMIT ${AT_ONCE}`,
      [day, last],
    );
    older += rows.length;
    opened += rows.filter(opens).length;
    if (rows.length < AT_ONCE) break;
    last = rows[rows.length - 1]!.handle;
  }
  const { rows: left } = await db.query<{ left: number; day: string | null }>(
    'SELECT count(*) AS left, max(last_day) AS day FROM issued_pass WHERE last_day >= $1',
    [day],
  );
  const { rows: some } = await db.query<Row>(
    `SELECT handle, sealed FROM issued_pass WHERE last_day >= $1 ORDER BY last_day DESC LIMIT ${CONTROLS}`,
    [day],
  );
  return {
    older,
    opened,
    left: left[0]!.left,
    lastDay: left[0]!.day,
    newer: { tried: some.length, opened: some.filter(opens).length },
  };
}
