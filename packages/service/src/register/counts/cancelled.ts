import { cancelledBy, KIND_CODES } from '@munjigi/core/chain';
import { isMunjigiError } from '@munjigi/core/errors';
import { int2Array, int4Array, int8Array, type Session } from '../../db/index.ts';
import { type OwnLayer, takeOff } from '../own-layer.ts';
import type { RetentionDays } from '../retention-days.ts';

/** The place of an entry that a void cancels. */
export interface Cancelled {
  readonly venueId: number;
  readonly gateNo: number;
  readonly counter: number;
}

/** A void as it is stored. */
export interface StoredVoid {
  readonly venueId: number;
  readonly gateNo: number;
  readonly counter: number;
  readonly atS: number;
  readonly thumbprint: Uint8Array;
  readonly subject: Uint8Array;
}

export const VOID_COLUMNS = `e.venue_id AS "venueId", e.gate_no AS "gateNo", e.counter, extract(epoch FROM e.entered_at)::int8 AS "atS",
  g.thumbprint, e.subject`;
export const IS_VOID = `e.kind = ${KIND_CODES.void}`;

/**
 * Where the entries stand that some voids cancel, each once. A void names a counter of its chain; the stretch that holds it
 * is its own or one on the way back to the start. A void that says nothing readable cancels nothing.
 */
export async function cancelledPlaces(
  session: Session,
  layer: Pick<OwnLayer, 'find'>,
  days: RetentionDays,
  voids: readonly StoredVoid[],
): Promise<readonly Cancelled[]> {
  if (voids.length === 0) return [];
  const stretches = await stretchesOf(session, [...new Set(voids.map((one) => one.venueId))]);
  const places = new Map<string, Cancelled>();
  for (const one of voids) {
    const counter = namedBy(one, layer, days);
    if (counter === null) continue;
    let gateNo: number | null = one.gateNo;
    for (let hops = 0; gateNo !== null && hops < 1000; hops++) {
      const stretch = stretches.get(`${one.venueId}/${gateNo}`);
      if (stretch === undefined) break;
      if (counter > stretch.startCounter) {
        places.set(`${one.venueId}/${gateNo}/${counter}`, { venueId: one.venueId, gateNo, counter });
        break;
      }
      gateNo = stretch.parentNo;
    }
  }
  return [...places.values()];
}

function namedBy(one: StoredVoid, layer: Pick<OwnLayer, 'find'>, days: RetentionDays): number | null {
  const key = layer.find(days.dayOf(one.atS));
  if (key === null) return null;
  const place = { venueId: one.venueId, gate: one.thumbprint, counter: one.counter };
  const subject = takeOff(key, place, one.subject);
  if (subject === null) return null;
  try {
    return cancelledBy({ kind: 'void', subject, counter: one.counter });
  } catch (error) {
    if (isMunjigiError(error)) return null;
    throw error;
  }
}

interface Joint {
  readonly venueId: number;
  readonly gateNo: number;
  readonly startCounter: number;
  readonly parentNo: number | null;
}

async function stretchesOf(session: Session, venues: readonly number[]): Promise<ReadonlyMap<string, Joint>> {
  const { rows } = await session.query<Joint>(
    `SELECT venue_id AS "venueId", gate_no AS "gateNo", start_counter AS "startCounter", parent_no AS "parentNo"
     FROM gate WHERE venue_id = ANY($1::int8[])`,
    [int8Array(venues)],
  );
  return new Map(rows.map((row) => [`${row.venueId}/${row.gateNo}`, row]));
}

/** The arrays `$1` to `$3` of some places, and the list to join with. */
export const placesOf = (places: readonly Cancelled[]) => [
  int8Array(places.map((one) => one.venueId)),
  int2Array(places.map((one) => one.gateNo)),
  int4Array(places.map((one) => one.counter)),
];
export const PLACES = 'unnest($1::int8[], $2::int2[], $3::int4[]) p (venue_id, gate_no, counter)';
