import { createHash } from 'node:crypto';
import type { Database, Session } from '../../db/index.ts';
import { type OwnLayer, takeOff } from '../own-layer.ts';
import type { Receipts } from '../receipts.ts';
import type { RetentionDays } from '../retention-days.ts';
import { hashOf, type StoredRow } from '../stored-hashes.ts';
import { knownPlaces, type StretchRow, stretchRow } from './known-places.ts';

/** What is wrong with a stretch, between two counters. */
export interface ChainProblem {
  readonly kind: /** The rows do not lead to the hash that was written down: a row was changed, or one put in another's place. */
    | 'changed'
    /** Rows are not here, and not because their day was dropped. */
    | 'missing'
    /** A counter stands more than once. */
    | 'twice'
    /** What stands in the box is not what the gate sealed. */
    | 'box'
    /** A receipt is not signed by this register, or says something else than its row. */
    | 'receipt'
    /** Two places where the same hash is written down differ. */
    | 'contradiction';
  readonly from: number;
  readonly to: number;
}

export interface ChainReport {
  readonly venueId: number;
  readonly gateNo: number;
  readonly from: number;
  readonly to: number;
  /** Entries whose hashes were computed again and lead to a hash that was written down. */
  readonly verified: number;
  /** Counters whose rows are gone with their day. */
  readonly gone: number;
  /** Entries between two days that are gone, from where no hash leads on. */
  readonly unproved: number;
  /** Boxes opened up to the gate's own, and compared with their hash; those without a key are not. */
  readonly boxes: number;
  readonly problems: readonly ChainProblem[];
}

export interface VerifyParts {
  readonly db: Database;
  readonly days: RetentionDays;
  /** Verifies the signatures of receipts, where given. */
  readonly receipts: Receipts | null;
  /** Opens the register's own layer, where given. */
  readonly layer: Pick<OwnLayer, 'find'> | null;
}

interface FullRow extends StoredRow {
  readonly atS: number;
  readonly subject: Uint8Array;
}

/** A counter, or several whose rows are gone. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly row: FullRow | null;
  readonly hash: Uint8Array | null;
}

/** As many rows are in memory at once. */
const PAGE = 5_000;
const LONGEST_MS = 3_600_000;

/**
 * Computes the hashes of one stretch again from what is stored: from its start, or from the places that were written down when
 * older days ended. Finds rows that were changed, exchanged, added or taken away. Null where there is no such stretch.
 */
export async function verifyChain(
  parts: VerifyParts,
  venueId: number,
  gateNo: number,
): Promise<ChainReport | null> {
  return parts.db.apart(async (session) => {
    await session.script('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const stretch = await stretchRow(session, venueId, gateNo);
    const report = stretch && (await walk(session, parts, stretch));
    await session.script('COMMIT');
    return report;
  }, LONGEST_MS);
}

async function walk(session: Session, parts: VerifyParts, stretch: StretchRow): Promise<ChainReport> {
  const places = await knownPlaces(session, stretch, parts.receipts);
  const problems: ChainProblem[] = [
    ...places.badReceipts.map((at) => ({ kind: 'receipt' as const, from: at, to: at })),
    ...places.contradicted.map((at) => ({ kind: 'contradiction' as const, from: at, to: at })),
  ];
  const sum = { verified: 0, gone: 0, unproved: 0, boxes: 0 };
  let at = stretch.startCounter;
  let hash: Uint8Array | null = stretch.startHash;
  /** Entries since the last place whose hash is known. */
  let open = 0;
  let provenTo = at;

  const arriveAt = (counter: number, computed: Uint8Array | null) => {
    const known = places.hashes.get(counter);
    at = counter;
    hash = computed;
    if (known === undefined) return;
    if (computed === null) sum.unproved += open;
    else if (Buffer.compare(computed, known) === 0) sum.verified += open;
    else problems.push({ kind: 'changed', from: provenTo + 1, to: counter });
    open = 0;
    provenTo = counter;
    hash = known;
  };

  for await (const step of stepsOf(session, stretch)) {
    if (step.from <= at) {
      problems.push({ kind: 'twice', from: step.from, to: step.from });
      continue;
    }
    if (step.from > at + 1) {
      problems.push({ kind: 'missing', from: at + 1, to: step.from - 1 });
      sum.unproved += open;
      open = 0;
      at = step.from - 1;
      provenTo = at;
      hash = places.hashes.get(at) ?? null;
    }
    if (step.row === null && step.hash === null) {
      // Gone with its day.
      sum.gone += step.to - step.from + 1;
      sum.unproved += open;
      open = 0;
      at = step.to;
      provenTo = at;
      hash = places.hashes.get(at) ?? null;
      continue;
    }
    if (step.row === null) {
      // The content of a refused entry is not kept: what stands before it is proved by the place before it, or not at all.
      sum.unproved += open;
      open = 0;
      arriveAt(step.to, step.hash);
      provenTo = step.to;
      continue;
    }
    open += 1;
    const box = checkBox(parts, stretch, step.row);
    if (box === true) sum.boxes += 1;
    if (box === false) problems.push({ kind: 'box', from: step.from, to: step.from });
    arriveAt(step.to, hash && hashOf(step.row, stretch, hash));
  }
  if (at < stretch.counter) problems.push({ kind: 'missing', from: at + 1, to: stretch.counter });
  const { venueId, gateNo, startCounter, counter } = stretch;
  return { venueId, gateNo, from: startCounter + 1, to: counter, ...sum, problems };
}

/** True or false for a box that could be opened up to the gate's own; null where there is no box or no key. */
function checkBox({ layer, days }: VerifyParts, stretch: StretchRow, row: FullRow): boolean | null {
  const key = row.subject.length === 0 ? null : (layer?.find(days.dayOf(row.atS)) ?? null);
  if (key === null) return null;
  const place = { venueId: stretch.venueId, gate: stretch.thumbprint, counter: row.counter };
  const box = takeOff(key, place, row.subject);
  return box !== null && createHash('sha256').update(box).digest().equals(row.subjectHash);
}

/** Rows, refused entries and runs that are gone, in order of counters. */
async function* stepsOf(session: Session, stretch: StretchRow): AsyncGenerator<Step, void, void> {
  const place = [stretch.venueId, stretch.gateNo];
  const others = await session.query<{ from: number; to: number; hash: Uint8Array | null }>(
    `SELECT from_counter AS "from", to_counter AS "to", NULL::bytea AS hash FROM gone WHERE venue_id = $1 AND gate_no = $2
     UNION ALL SELECT counter, counter, hash FROM rejected WHERE venue_id = $1 AND gate_no = $2 ORDER BY 1`,
    place,
  );
  const waiting = [...others.rows];
  for (let after = stretch.startCounter; ; ) {
    const { rows } = await session.query<FullRow>(
      `SELECT e.counter, extract(epoch FROM e.entered_at)::int8 AS "atS", extract(epoch FROM COALESCE(e.claimed_at, e.entered_at))::int8 AS "claimedS",
              e.check_code AS "checkCode", e.record_code AS "recordCode", e.kind, e.flags, e.day_key_id AS "dayKeyId",
              e.subject_hash AS "subjectHash", e.subject, COALESCE(a.hash, '') AS anchor
       FROM entry e LEFT JOIN anchor a ON a.venue_id = e.venue_id AND a.gate_no = e.gate_no AND a.anchor_ref = e.anchor_ref
       WHERE e.venue_id = $1 AND e.gate_no = $2 AND e.counter > $3
       ORDER BY e.counter LIMIT $4`,
      [...place, after, PAGE],
    );
    for (const row of rows) {
      while (waiting.length > 0 && waiting[0]!.from <= row.counter) yield { ...waiting.shift()!, row: null };
      yield { from: row.counter, to: row.counter, row, hash: null };
    }
    if (rows.length < PAGE) break;
    after = rows[rows.length - 1]!.counter;
  }
  for (const one of waiting) yield { ...one, row: null };
}
