import { isMunjigiError } from '@munjigi/core/errors';
import { type Observation, openObservation } from '@munjigi/core/incident';
import type { Crypto } from '@munjigi/core/signing';
import { nowSeconds, type StoryClockPort } from '../../clock/index.ts';
import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';
import type { CanaryKeys } from './canary-keys.ts';

/** An observation is taken within so many seconds of its round. */
const OLD_SECONDS = 60;
/** Clocks of canaries may be ahead of ours by so much. */
const AHEAD_SECONDS = 15;
/** States follow from the rounds of so many seconds. */
export const LOOKED_AT_SECONDS = 600;

/** Seconds of a story pass faster than a canary's rounds come. */
export const paceOf = (clock: StoryClockPort): number => Math.max(1, clock.story()?.rate ?? 1);

interface Row {
  readonly canary: string;
  readonly sequence: number;
  readonly at: number;
  readonly seen: Observation['seen'];
}

/** What canaries posted in the last minutes. */
export class Observations {
  constructor(
    private readonly db: Database,
    private readonly keys: CanaryKeys,
    private readonly clock: StoryClockPort,
    private readonly crypto: Crypto,
  ) {}

  /**
   * Takes a signed observation. Throws `authority.observation` (not well made), `authority.observation-key` (signed by no key
   * that is listed for its canary), `authority.observation-old` (seen before, out of order, or too far from our clock).
   */
  async take(bytes: Uint8Array): Promise<Observation> {
    const observation = await this.open(bytes);
    const { canary, sequence, at, seen } = observation;
    const age = nowSeconds(this.clock) - at;
    const pace = paceOf(this.clock);
    if (age > OLD_SECONDS * pace || age < -AHEAD_SECONDS * pace)
      throw new ApiError('authority.observation-old');
    await this.db.tx(async (session) => {
      const { count } = await session.query(
        `INSERT INTO canary_heard AS heard (canary, sequence, at) VALUES ($1, $2, $3)
         ON CONFLICT (canary) DO UPDATE SET sequence = EXCLUDED.sequence, at = EXCLUDED.at
         WHERE heard.sequence < EXCLUDED.sequence`,
        [canary, sequence, at],
      );
      if (count === 0) throw new ApiError('authority.observation-old');
      await session.query(
        'INSERT INTO observation (canary, sequence, at, seen) VALUES ($1, $2, $3, $4::jsonb)',
        [canary, sequence, at, JSON.stringify(seen)],
      );
    });
    return observation;
  }

  /** The rounds that states follow from at an instant (seconds); those of a canary that is no longer listed do not count. */
  async recent(session: Session, at: number): Promise<readonly Observation[]> {
    const listed = this.names();
    const { rows } = await session.query<Row>(
      'SELECT canary, sequence, at, seen FROM observation WHERE at > $1 ORDER BY canary, sequence',
      [at - LOOKED_AT_SECONDS * paceOf(this.clock)],
    );
    return rows.filter(({ canary }) => listed.includes(canary));
  }

  /** Forgets rounds that nothing follows from any more. */
  async forget(session: Session, at: number): Promise<void> {
    await session.query('DELETE FROM observation WHERE at <= $1', [
      at - 2 * LOOKED_AT_SECONDS * paceOf(this.clock),
    ]);
  }

  /** Names of the canaries that are listed. */
  names(): readonly string[] {
    return this.keys.all().map(({ name }) => name);
  }

  private async open(bytes: Uint8Array): Promise<Observation> {
    try {
      return await openObservation(bytes, this.keys.all(), this.crypto);
    } catch (cause) {
      if (!isMunjigiError(cause)) throw cause;
      const isForged = cause.code === 'signing.unknown-key' || cause.code === 'signing.signature';
      throw new ApiError(isForged ? 'authority.observation-key' : 'authority.observation', { cause });
    }
  }
}
