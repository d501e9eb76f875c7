import type { Batch } from '@munjigi/core/chain';
import { toHex } from '@munjigi/core/encoding';
import type { Database } from '../db/index.ts';
import type { Alarm } from './types.ts';

/** Bundles that are remembered in memory, so that an ordinary batch asks nothing of the database. */
const REMEMBERED = 512;
/** Digests that are kept for one number: two already say everything. */
const KEPT = 8;

/**
 * Watches what bundles gates work by. Each batch names number and digest under the gate's signature; another body than the one
 * that publishes sees both here, so two bundles of one number cannot go unnoticed. It never delays or refuses an upload.
 */
export class BundlesInUse {
  readonly #known = new Set<string>();

  constructor(
    private readonly db: Database,
    private readonly alarm: (alarm: Alarm) => void,
  ) {}

  /**
   * Notes the bundle of a batch whose signature was checked. Raises `bundle-split` for a digest that is not the first of its
   * number, once in this process.
   */
  async note({ bundle: { sequence, digest }, venueId }: Batch, nowMs: number): Promise<void> {
    const name = `${sequence} ${toHex(digest)}`;
    if (this.#known.has(name)) return;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.add(name);
    try {
      await this.db.query(
        `INSERT INTO bundle_in_use (sequence, digest, first_seen)
         SELECT $1, $2, $3 WHERE (SELECT count(*) FROM bundle_in_use WHERE sequence = $1) < $4 ON CONFLICT DO NOTHING`,
        [sequence, digest, new Date(nowMs), KEPT],
      );
      const { rows } = await this.db.query<{ others: number }>(
        'SELECT count(*) AS others FROM bundle_in_use WHERE sequence = $1 AND digest <> $2',
        [sequence, digest],
      );
      if (rows[0]!.others > 0) this.alarm({ kind: 'bundle-split', venueId, gateNo: null });
    } catch {
      // The database is away: the next batch of this bundle asks again.
      this.#known.delete(name);
    }
  }
}
