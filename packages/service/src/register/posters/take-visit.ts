import { equalBytes } from '@munjigi/core/encoding';
import { openPoster, type Poster, posterKeysOf } from '@munjigi/core/poster';
import { addDays, admission, type Policy } from '@munjigi/core/rules';
import type { Crypto, Signer } from '@munjigi/core/signing';
import { ApiError } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import { type Cap, Caps } from '../calls/caps.ts';
import type { ChannelChains, KnownBundle } from '../channels/index.ts';
import { FUTURE_SECONDS, type RetentionDays } from '../retention-days.ts';
import type { Alarm, EntryAnswer } from '../types.ts';
import { countVisit, findPoster, isTaken, takeVisit } from './store.ts';

/** A visit as a wallet tells of it. Nothing in it is another visit's. */
export interface Visit {
  /** The code that the phone scanned. */
  readonly code: Uint8Array;
  /** Drawn by the phone for this visit alone: 16 bytes. */
  readonly visit: Uint8Array;
  /** When the visitor came in, in whole seconds; a late delivery keeps it. */
  readonly at: number;
  readonly dayKeyId: number;
  /** Who it was, sealed on the phone for the authority's key of that day. */
  readonly box: Uint8Array;
}

/** `not-wanted`: nothing is recorded at that venue on that day, so nothing of the visit is kept. */
export type VisitResult = 'stored' | 'already-stored' | 'not-wanted';

export interface PosterLimits {
  /** Of one poster, on this node. */
  readonly poster: Cap;
  /** Visits of one poster in a local day, over all nodes. */
  readonly perDay: number;
}

/** As of a venue's telephone number: more guests than come through one door, and an end to what can be invented. */
export const POSTER_LIMITS: PosterLimits = { poster: { most: 300, seconds: 60 }, perDay: 20_000 };

/** A clock that is far ahead is set right before long, and its visits wait meanwhile. Seconds. */
const LONGEST_WAIT = 3_600;

/** A cap that is reached is told once in so many milliseconds. */
const ALARM_MS = 60_000;

export interface VisitParts {
  readonly db: Database;
  readonly policy: Policy;
  readonly crypto: Crypto;
  readonly days: RetentionDays;
  readonly channels: ChannelChains;
  /** The line key of this body: it signs posters. */
  readonly signer: Signer;
  readonly limits?: Partial<PosterLimits>;
  readonly alarm: (alarm: Alarm) => void;
  readonly took?: (results: readonly EntryAnswer[]) => void;
}

/**
 * Takes visits in that guests wrote themselves, by the code of a poster. Who it was is sealed when it arrives, and opens for nobody
 * here. A visit that is told again is the same entry.
 */
export class VisitIntake {
  readonly #posters: Caps;
  readonly #perDay: number;
  #alarmedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: VisitParts) {
    const { poster, perDay } = { ...POSTER_LIMITS, ...parts.limits };
    this.#posters = new Caps(poster);
    this.#perDay = perDay;
  }

  /**
   * Makes a visit an entry of its poster's venue. Throws `register.poster-code` for a code that this body did not sign,
   * `register.poster-ended` for one that a newer poster has replaced, `register.poster-time`, `register.poster-early`,
   * `register.poster-limit`, `register.channel-rules`.
   */
  async take(told: Visit, nowMs: number): Promise<VisitResult> {
    const { db, policy, days, channels } = this.parts;
    const known = await channels.ready();
    const { at, visit } = told;
    const poster = await this.#opened(told.code, known);
    if (at < days.oldest) throw new ApiError('register.poster-time');
    // A phone's clock is ahead, or ours is behind: it can be taken when its time has come.
    const early = at - FUTURE_SECONDS - nowMs / 1000;
    if (early > 0)
      throw new ApiError('register.poster-early', {
        retryAfterSeconds: Math.min(LONGEST_WAIT, Math.ceil(early)),
      });
    const { venueId, posterNo } = poster;
    await this.#counts(poster, at);
    const { rows } = await db.query<{ kind: string; region: string }>(
      'SELECT kind, region FROM venue WHERE venue_id = $1',
      [venueId],
    );
    if (!rows[0]) throw new ApiError('register.poster-code');
    const then = admission(policy, rows[0], at);
    if (then && !then.record) return 'not-wanted';
    if (await isTaken(db, venueId, visit)) return this.#again(venueId, nowMs);
    const wait = this.#posters.take(`${venueId} ${posterNo}`, nowMs);
    if (wait > 0) throw new ApiError('register.poster-limit', { retryAfterSeconds: wait });

    const dayStart = days.calendar.startOf(days.calendar.dateOf(at));
    const check = then?.check === 'not-required' ? 'not-required' : 'not-made';
    const subject = { box: told.box, dayKeyId: told.dayKeyId };
    const done = await db.tx(async (session) => {
      if (!(await takeVisit(session, venueId, visit, dayStart))) return null;
      if ((await countVisit(session, venueId, posterNo, dayStart)) > this.#perDay)
        this.#tooMany(venueId, nowMs);
      return channels.write(session, known, venueId, 'poster', [{ at, check, subject }], nowMs);
    });
    if (!done) return this.#again(venueId, nowMs);
    done.alarms.forEach(this.parts.alarm);
    this.parts.took?.(done.results);
    return 'stored';
  }

  /** The poster of a code that this body signed, now or under an earlier line key, for the chain as it is. */
  async #opened(code: Uint8Array, { bundle }: KnownBundle): Promise<Poster> {
    const { signer, crypto, channels } = this.parts;
    const keys = [signer.publicKey, ...posterKeysOf(bundle)];
    const poster = await openPoster(code, keys, crypto).catch((cause: unknown) => {
      throw new ApiError('register.poster-code', { cause });
    });
    // Keys of channels that were lost gave the venue another chain: what was sealed for the old one opens at no entry of it.
    if (!equalBytes(poster.channel, channels.nameOf(poster.venueId, 'poster')))
      throw new ApiError('register.poster-ended');
    return poster;
  }

  /** A poster that was replaced counts until its day is over: the old sheet may hang there until somebody has gone to the door. */
  async #counts({ venueId, posterNo }: Poster, at: number): Promise<void> {
    const { db, days } = this.parts;
    const ended = (await findPoster(db, venueId, posterNo))?.endedMs ?? null;
    if (ended === null) return;
    const { calendar } = days;
    if (at >= calendar.startOf(addDays(calendar.dateOf(ended / 1000), 1)))
      throw new ApiError('register.poster-ended');
  }

  async #again(venueId: number, nowMs: number): Promise<VisitResult> {
    await this.parts.db.tx((session) => this.parts.channels.touch(session, venueId, 'poster', nowMs));
    return 'already-stored';
  }

  #tooMany(venueId: number, nowMs: number): never {
    if (nowMs - this.#alarmedMs >= ALARM_MS) {
      this.#alarmedMs = nowMs;
      this.parts.alarm({ kind: 'poster-cap', venueId, gateNo: null });
    }
    throw new ApiError('register.poster-limit', { retryAfterSeconds: 3_600 });
  }
}
