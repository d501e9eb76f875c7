import { equalBytes } from '@munjigi/core/encoding';
import type { Session } from '../db/index.ts';
import type { Stretch } from './stretch.ts';
import type { Standing } from './types.ts';

type Place = Pick<Stretch, 'counter' | 'head'>;

const byNumber = (stretches: readonly Stretch[]) =>
  new Map(stretches.map((stretch) => [stretch.gateNo, stretch]));

/** The stretches from the genesis to this one, or null where something before it is missing. */
export function pathTo(stretches: readonly Stretch[], tip: Stretch): readonly Stretch[] | null {
  const all = byNumber(stretches);
  const path: Stretch[] = [];
  for (
    let one: Stretch | undefined = tip;
    one !== undefined;
    one = one.parentNo === null ? undefined : all.get(one.parentNo)
  ) {
    path.unshift(one);
    if (one.startCounter === 0 && one.parentNo === null) return path;
    if (path.length > stretches.length) return null;
  }
  return null;
}

/** The stretch in which a chain goes on after this one, where it was joined: at its end, or behind a gap that was closed. */
export function joinedTo(stretches: readonly Stretch[], stretch: Stretch): Stretch | undefined {
  return stretches.find(
    (next) =>
      next.parentNo === stretch.gateNo &&
      (next.gapClosed
        ? next.startCounter >= stretch.counter
        : next.startCounter === stretch.counter && equalBytes(next.startHash, stretch.head)),
  );
}

/** Follows the joints to the end. */
export function tipFrom(stretches: readonly Stretch[], stretch: Stretch): Stretch {
  let tip = stretch;
  for (let next = joinedTo(stretches, tip); next !== undefined; next = joinedTo(stretches, tip)) tip = next;
  return tip;
}

/** The end of what is here without a gap; of several branches, the one that was heard of last. */
export function mainTip(stretches: readonly Stretch[]): Stretch {
  const whole = stretches.filter(
    (one) => pathTo(stretches, one) !== null && joinedTo(stretches, one) === undefined,
  );
  return whole.reduce(
    (best, one) => (one.receivedAtMs >= best.receivedAtMs ? one : best),
    whole[0] ?? stretches[0]!,
  );
}

/**
 * Up to which counter of the chain that ends in this stretch verified backups hold everything; 0 where none is known. A part of
 * the way that is in no backup ends it.
 */
export function safeCounterOf(stretches: readonly Stretch[], tip: Stretch): number {
  const path = pathTo(stretches, tip) ?? [];
  let safe = 0;
  for (const [i, stretch] of path.entries()) {
    const end = Math.min(stretch.counter, path[i + 1]?.startCounter ?? stretch.counter);
    if (stretch.backedUpTo === null) return safe;
    safe = Math.max(safe, Math.min(stretch.backedUpTo, end));
    if (stretch.backedUpTo < end) return safe;
  }
  return safe;
}

/** Where a gate stands, seen from one branch: what is here, and what it is asked to send again. */
export async function standingAt(
  session: Session,
  stretches: readonly Stretch[],
  tip: Stretch,
  receipt?: Uint8Array | null,
): Promise<Standing> {
  const path = pathTo(stretches, tip) ?? [tip];
  const islands = stretches.filter(
    (one) => pathTo(stretches, one) === null && one.startCounter >= tip.counter,
  );
  const ranges = path.map((one, i): [number, number] => [
    one.startCounter + 1,
    Math.min(one.counter, path[i + 1]?.startCounter ?? one.counter),
  ]);
  for (const island of islands) ranges.push([island.startCounter + 1, island.counter]);
  return {
    head: { counter: tip.counter, hash: tip.head },
    have: merged(ranges),
    resendFrom: islands.length > 0 ? tip.counter + 1 : null,
    receipt: receipt === undefined ? await receiptFor(session, path, tip) : receipt,
  };
}

function merged(ranges: readonly [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of [...ranges].filter(([a, b]) => b >= a).sort((a, b) => a[0] - b[0])) {
    const last = out[out.length - 1];
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** The first receipt that covers a place on the path to it; else the newest one before. As it was signed then. */
export async function receiptFor(
  session: Session,
  path: readonly Stretch[],
  place: Place,
): Promise<Uint8Array | null> {
  for (const [i, stretch] of [...path.entries()].reverse()) {
    const limit = path[i + 1]?.startCounter ?? stretch.counter;
    const { rows } = await session.query<{ signed: Uint8Array }>(
      `SELECT signed FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter <= $4
       ORDER BY (counter >= $3) DESC, CASE WHEN counter >= $3 THEN counter ELSE -counter END LIMIT 1`,
      [stretch.venueId, stretch.gateNo, place.counter, limit],
    );
    if (rows[0] !== undefined) return rows[0].signed;
  }
  return null;
}
