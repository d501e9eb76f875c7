import type { KeyObject } from 'node:crypto';
import { type Case, MOST_RELEASED, type ReleasedEntry } from '@munjigi/core/case';
import { CHECK_CODES, ENTRY_FLAGS, RECORD_CODES } from '@munjigi/core/chain';
import { decodeDeterministic } from '@munjigi/core/encoding';
import { ApiError } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';
import { takeOff } from '../own-layer.ts';

/** What the register finds in the scope of a case. */
export interface Found {
  readonly entries: readonly ReleasedEntry[];
  readonly cancelled: number;
  readonly keyMissing: number;
  readonly moved: number;
}

export interface ScopeParts {
  /** The layer key of a local day, or null where it is gone. */
  readonly layerKey: (day: string) => KeyObject | null;
  readonly dayOf: (seconds: number) => string;
  /** First second of the oldest day that is kept. */
  readonly oldest: number;
}

interface Row {
  readonly gateNo: number;
  readonly counter: number;
  readonly filedAt: number;
  readonly claimedAt: number | null;
  readonly check: number;
  readonly record: number;
  readonly dayKeyId: number;
  readonly flags: number;
  readonly subject: Uint8Array;
}

interface Gate {
  readonly gateNo: number;
  readonly thumbprint: Uint8Array;
  readonly startCounter: number;
  readonly parentNo: number | null;
}

const COLUMNS = `e.gate_no AS "gateNo", e.counter, extract(epoch FROM e.entered_at)::int8 AS "filedAt",
  extract(epoch FROM e.claimed_at)::int8 AS "claimedAt", e.check_code AS "check", e.record_code AS "record",
  e.day_key_id AS "dayKeyId", e.flags, e.subject`;
const at = (seconds: number) => new Date(seconds * 1000);

function wordOf<T extends string>(codes: Readonly<Record<T, number>>, code: number): T {
  const word = (Object.keys(codes) as T[]).find((name) => codes[name] === code);
  if (word === undefined) throw new Error('A stored entry has a code that no table has.');
  return word;
}

const IN_DOUBT = ENTRY_FLAGS.fork | ENTRY_FLAGS['revoked-gate'];

/**
 * The entries of a venue in a window, each without the register's own layer. An entry counts by the time it is filed under
 * or, where its gate's clock is not believed, by the time it claims. What the venue cancelled is counted and not released; a
 * void of a forked or revoked gate cancels nothing, but marks. One entry that cannot be read never holds up the others.
 */
export async function entriesInScope(session: Session, one: Case, parts: ScopeParts): Promise<Found> {
  const { rows } = await session.query<Row>(
    `SELECT ${COLUMNS} FROM entry e WHERE e.venue_id = $1 AND e.kind = 0 AND e.entered_at >= $2 AND e.entered_at < $3
     UNION ALL
     SELECT ${COLUMNS} FROM entry e WHERE e.venue_id = $1 AND e.kind = 0 AND e.entered_at >= $4
       AND e.claimed_at >= $2 AND e.claimed_at < $3 AND NOT (e.entered_at >= $2 AND e.entered_at < $3)
     ORDER BY "filedAt", "gateNo", counter LIMIT $5`,
    [one.venueId, at(one.from), at(one.until), at(parts.oldest), MOST_RELEASED + 1],
  );
  if (rows.length > MOST_RELEASED) throw new ApiError('case.over-cap');
  const gates = await gatesOf(session, one.venueId);
  const places = { venueId: one.venueId, gates, parts };
  const voids = await voidsOf(session, one, places);

  const entries: ReleasedEntry[] = [];
  const count = { cancelled: 0, keyMissing: 0, moved: 0 };
  for (const row of rows) {
    const cancelled = voids.get(`${row.gateNo}/${row.counter}`);
    if (cancelled === 'surely') {
      count.cancelled += 1;
      continue;
    }
    const box = boxOf(row, places);
    if (typeof box === 'string') {
      count[box] += 1;
      continue;
    }
    entries.push({
      venueId: one.venueId,
      gate: gates.get(row.gateNo)!.thumbprint,
      counter: row.counter,
      enteredAt: row.claimedAt ?? row.filedAt,
      filedAt: row.filedAt,
      check: wordOf(CHECK_CODES, row.check),
      record: wordOf(RECORD_CODES, row.record),
      dayKeyId: row.dayKeyId,
      flags: row.flags,
      disputed: cancelled === 'in-doubt',
      box,
    });
  }
  return { entries, ...count };
}

interface Places {
  readonly venueId: number;
  readonly gates: ReadonlyMap<number, Gate>;
  readonly parts: ScopeParts;
}

function boxOf(row: Row, { venueId, gates, parts }: Places): Uint8Array | 'keyMissing' | 'moved' {
  const gate = gates.get(row.gateNo);
  if (gate === undefined) return 'moved';
  if (row.subject.length === 0) return row.subject;
  const key = parts.layerKey(parts.dayOf(row.filedAt));
  if (key === null) return 'keyMissing';
  return takeOff(key, { venueId, gate: gate.thumbprint, counter: row.counter }, row.subject) ?? 'moved';
}

async function gatesOf(session: Session, venueId: number): Promise<ReadonlyMap<number, Gate>> {
  const { rows } = await session.query<Gate>(
    `SELECT gate_no AS "gateNo", thumbprint, start_counter AS "startCounter", parent_no AS "parentNo" FROM gate
     WHERE venue_id = $1`,
    [venueId],
  );
  return new Map(rows.map((gate) => [gate.gateNo, gate]));
}

/** Which entries a later void of the same chain cancels, by gate number and counter. */
async function voidsOf(
  session: Session,
  one: Case,
  places: Places,
): Promise<ReadonlyMap<string, 'surely' | 'in-doubt'>> {
  const { rows } = await session.query<Row>(
    `SELECT ${COLUMNS} FROM entry e WHERE e.venue_id = $1 AND e.kind = 1 AND e.entered_at >= $2`,
    [one.venueId, at(places.parts.oldest)],
  );
  const voids = new Map<string, 'surely' | 'in-doubt'>();
  for (const row of rows) {
    const box = boxOf(row, places);
    const counter = typeof box === 'string' ? null : cancelledCounter(box);
    if (counter === null || counter >= row.counter) continue;
    const gateNo = stretchWith(places.gates, row.gateNo, counter);
    if (gateNo === null) continue;
    const key = `${gateNo}/${counter}`;
    if ((row.flags & IN_DOUBT) === 0) voids.set(key, 'surely');
    else if (!voids.has(key)) voids.set(key, 'in-doubt');
  }
  return voids;
}

function cancelledCounter(box: Uint8Array): number | null {
  try {
    const counter = decodeDeterministic(box, { maxBytes: 9, maxDepth: 1 });
    return typeof counter === 'number' && counter >= 1 ? counter : null;
  } catch {
    return null;
  }
}

/** The stretch on this one's own line that holds a counter; null where it is not known here. */
function stretchWith(gates: ReadonlyMap<number, Gate>, from: number, counter: number): number | null {
  let gate = gates.get(from);
  for (let steps = 0; gate !== undefined && steps <= gates.size; steps++) {
    if (counter > gate.startCounter) return gate.gateNo;
    gate = gate.parentNo === null ? undefined : gates.get(gate.parentNo);
  }
  return null;
}
