import type { Session } from '../../db/index.ts';
import type { Receipts } from '../receipts.ts';

/** A stretch to be verified: who it belongs to, and between which places it lies. */
export interface StretchRow {
  readonly venueId: number;
  readonly gateNo: number;
  readonly thumbprint: Uint8Array;
  readonly startCounter: number;
  readonly startHash: Uint8Array;
  readonly counter: number;
  readonly head: Uint8Array;
}

/** One stretch, or null where there is no such number. */
export async function stretchRow(
  session: Session,
  venueId: number,
  gateNo: number,
): Promise<StretchRow | null> {
  const { rows } = await session.query<StretchRow>(
    `SELECT g.venue_id AS "venueId", g.gate_no AS "gateNo", g.thumbprint, g.start_counter AS "startCounter", g.start_hash AS "startHash",
            h.counter, h.head
     FROM gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no WHERE g.venue_id = $1 AND g.gate_no = $2`,
    [venueId, gateNo],
  );
  return rows[0] ?? null;
}

/** Hashes that were written down beside the rows. */
export interface KnownPlaces {
  readonly hashes: ReadonlyMap<number, Uint8Array>;
  /** Counters whose two sources contradict each other, or whose receipt is not one of ours. */
  readonly contradicted: readonly number[];
  readonly badReceipts: readonly number[];
}

/** Collects the places of a stretch whose hash is known: its two ends, checkpoints, marks inside batches, and signed receipts. */
export async function knownPlaces(
  session: Session,
  stretch: StretchRow,
  receipts: Receipts | null,
): Promise<KnownPlaces> {
  const { rows } = await session.query<{ counter: number; head: Uint8Array; signed: Uint8Array | null }>(
    `SELECT counter, head, NULL::bytea AS signed FROM gate_checkpoint WHERE venue_id = $1 AND gate_no = $2
     UNION ALL SELECT counter, head, NULL FROM chain_mark WHERE venue_id = $1 AND gate_no = $2
     UNION ALL SELECT counter, head, signed FROM receipt WHERE venue_id = $1 AND gate_no = $2`,
    [stretch.venueId, stretch.gateNo],
  );
  const hashes = new Map<number, Uint8Array>();
  const contradicted = new Set<number>();
  const badReceipts: number[] = [];
  const put = (counter: number, hash: Uint8Array) => {
    const known = hashes.get(counter);
    if (known && Buffer.compare(known, hash) !== 0) contradicted.add(counter);
    else hashes.set(counter, hash);
  };
  put(stretch.startCounter, stretch.startHash);
  put(stretch.counter, stretch.head);
  for (const { counter, head, signed } of rows) {
    if (signed !== null && receipts !== null) {
      const said = await receipts.open(signed);
      if (
        said === null ||
        said.venueId !== stretch.venueId ||
        said.head.counter !== counter ||
        Buffer.compare(said.head.hash, head) !== 0 ||
        Buffer.compare(said.gate, stretch.thumbprint) !== 0
      ) {
        badReceipts.push(counter);
        continue;
      }
    }
    put(counter, head);
  }
  return { hashes, contradicted: [...contradicted], badReceipts };
}
