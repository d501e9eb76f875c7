import type { Session } from '../db/index.ts';

const REMEMBERED = 20_000;

/**
 * When the receipts were given that entries name as "not made before". Anchors that are no receipt of ours (bundles) have
 * no time here. A receipt never changes, so what was found once is remembered; what was not found is asked again.
 */
export class AnchorTimes {
  readonly #known = new Map<string, number>();

  static keyOf(venueId: number, hash: Uint8Array): string {
    return `${venueId} ${Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1')}`;
  }

  remember(venueId: number, hash: Uint8Array, atMs: number): void {
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(AnchorTimes.keyOf(venueId, hash), atMs);
  }

  at(venueId: number, hash: Uint8Array): number | null {
    return this.#known.get(AnchorTimes.keyOf(venueId, hash)) ?? null;
  }

  /** Looks up the anchors of some batches that are not known yet, in one statement. */
  async load(
    session: Session,
    wanted: readonly { readonly venueId: number; readonly hash: Uint8Array }[],
  ): Promise<void> {
    const asked = new Map<string, { venueId: number; hash: Uint8Array }>();
    for (const one of wanted) {
      const key = AnchorTimes.keyOf(one.venueId, one.hash);
      if (!this.#known.has(key)) asked.set(key, one);
    }
    if (asked.size === 0) return;
    const list = [...asked.values()];
    const { rows } = await session.query<{ venueId: number; hash: Uint8Array; atMs: number }>(
      `SELECT r.venue_id AS "venueId", r.hash, (extract(epoch FROM r.received_at) * 1000)::int8 AS "atMs"
       FROM unnest($1::int8[], $2::bytea[]) w (venue_id, hash) JOIN receipt r ON r.venue_id = w.venue_id AND r.hash = w.hash
       UNION ALL SELECT r.venue_id, r.hash, (extract(epoch FROM r.received_at) * 1000)::int8
       FROM unnest($1::int8[], $2::bytea[]) w (venue_id, hash) JOIN receipt_again r ON r.venue_id = w.venue_id AND r.hash = w.hash`,
      [list.map((one) => one.venueId), list.map((one) => one.hash)],
    );
    for (const { venueId, hash, atMs } of rows) this.remember(venueId, hash, atMs);
  }
}

/** The different anchors of a batch, each once for every run of entries that name it. */
export function anchorRuns(entries: readonly { readonly anchor: Uint8Array }[]): Uint8Array[] {
  const runs: Uint8Array[] = [];
  for (const { anchor } of entries) {
    const last = runs[runs.length - 1];
    if (last === undefined || (last !== anchor && Buffer.compare(last, anchor) !== 0)) runs.push(anchor);
  }
  return runs;
}
