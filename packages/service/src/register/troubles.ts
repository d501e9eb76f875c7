import { isMunjigiError } from '@munjigi/core/errors';
import { type Crypto, keyThumbprint } from '@munjigi/core/signing';
import {
  openTrouble,
  TROUBLE_SECONDS,
  TROUBLES,
  type Trouble,
  type TroubleReport,
  type TroublesLately,
} from '@munjigi/core/trouble';
import type { Clock } from '../clock/index.ts';
import { ApiError } from '../contracts/index.ts';
import type { Database } from '../db/index.ts';
import { pointOf } from './venues/points.ts';

const HOUR_MS = 3_600_000;
/** A gate's clock may be ahead by this. Seconds. */
const AHEAD = 300;
/** So few venues could be told apart. */
const FEWEST = 5;
/** Older hours are nobody's news. */
const KEPT_MS = 3 * HOUR_MS;

export interface TroubleParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** Told of each report that counts. */
  readonly onCounted?: (what: Trouble) => void;
}

/** Counts what owners say does not work. A signal for people who look at canaries too; nothing follows from it by itself. */
export class TroubleReports {
  constructor(private readonly parts: TroubleParts) {}

  /**
   * Takes a report that a gate signed. False where it counts for nothing: too old, said again within the hour, a gate that was revoked,
   * or a canary's. Throws `register.trouble`, `register.gate-unknown`.
   */
  async take(gateKey: Uint8Array, signed: Uint8Array): Promise<boolean> {
    const { db, clock, crypto, onCounted } = this.parts;
    const point = pointOf(gateKey, crypto);
    const report = point && (await openTrouble(signed, point, crypto).catch(nullIfRefused));
    if (!point || !report) throw new ApiError('register.trouble');
    const seconds = clock.nowMs() / 1000;
    const { rows } = await db.query<{ counts: boolean }>(
      `SELECT g.revoked_after IS NULL AND NOT v.specimen AS counts
       FROM gate g JOIN venue v ON v.venue_id = g.venue_id
       WHERE g.venue_id = $1 AND g.thumbprint = $2 ORDER BY g.gate_no LIMIT 1`,
      [report.venueId, keyThumbprint(point)],
    );
    if (!rows[0]) throw new ApiError('register.gate-unknown');
    const isNews = report.at > seconds - TROUBLE_SECONDS && report.at < seconds + AHEAD;
    if (!rows[0].counts || !isNews || !(await this.#note(report))) return false;
    onCounted?.(report.what);
    return true;
  }

  /** How many venues said what in this hour and the one before. */
  async lately(): Promise<TroublesLately> {
    const { db, clock } = this.parts;
    const since = hourOf(clock.nowMs()) - HOUR_MS;
    const { rows } = await db.query<{ what: number; venues: number }>(
      'SELECT what, count(DISTINCT venue_id) AS venues FROM trouble WHERE hour >= $1 GROUP BY what ORDER BY what',
      [new Date(since)],
    );
    return {
      since: since / 1000,
      troubles: rows
        .filter(({ what, venues }) => venues >= FEWEST && TROUBLES[what] !== undefined)
        .map(({ what, venues }) => ({ what: TROUBLES[what]!, venues })),
    };
  }

  /** Forgets what is nobody's news any more. */
  async prune(): Promise<void> {
    const { db, clock } = this.parts;
    await db.query('DELETE FROM trouble WHERE hour < $1', [new Date(clock.nowMs() - KEPT_MS)]);
  }

  async #note({ venueId, what, at }: TroubleReport): Promise<boolean> {
    const { count } = await this.parts.db.query(
      'INSERT INTO trouble (venue_id, hour, what) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [venueId, new Date(hourOf(at * 1000)), TROUBLES.indexOf(what)],
    );
    return count === 1;
  }
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

const nullIfRefused = (error: unknown): null => {
  if (isMunjigiError(error)) return null;
  throw error;
};
