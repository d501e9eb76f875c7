import { createHmac } from 'node:crypto';
import { admission, callerNumber, type Policy, venueNumber } from '@munjigi/core/rules';
import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';
import type { ChannelChains } from '../channels/index.ts';
import { FUTURE_SECONDS, type RetentionDays } from '../retention-days.ts';
import type { Alarm, EntryAnswer } from '../types.ts';
import { type Cap, Caps } from './caps.ts';
import { heard, type NumberAt, numberAt } from './numbers.ts';

/** A call as its provider tells of it. */
export interface Call {
  readonly callId: string;
  readonly calledNumber: string;
  readonly callerNumber: string;
  /** When the call was made, in whole seconds; a late delivery keeps it. */
  readonly at: number;
}

/** `not-wanted`: nothing is recorded at that venue on that day, so nothing of the call is kept. */
export type CallResult = 'stored' | 'already-stored' | 'not-wanted';

export interface CallLimits {
  /** Of one caller at one venue. */
  readonly caller: Cap;
  /** Of one venue's number. */
  readonly number: Cap;
  /** Calls of one venue's number in a local day, over all nodes. */
  readonly perDay: number;
}

export const CALL_LIMITS: CallLimits = {
  caller: { most: 10, seconds: 3_600 },
  number: { most: 300, seconds: 60 },
  perDay: 20_000,
};

/** A cap that is reached is told once in so many milliseconds. */
const ALARM_MS = 60_000;

export interface CallParts {
  readonly db: Database;
  readonly policy: Policy;
  readonly days: RetentionDays;
  readonly channels: ChannelChains;
  /** Hides a provider's ids of calls: some of them have the caller's number in them. */
  readonly idKey: Uint8Array;
  readonly limits?: Partial<CallLimits>;
  readonly alarm: (alarm: Alarm) => void;
  readonly took?: (results: readonly EntryAnswer[]) => void;
}

/**
 * Takes calls in. The caller's number is sealed before anything is written and stands nowhere else: not in a row, not in a log, not
 * in an error. A call that is delivered again is the same entry.
 */
export class CallIntake {
  readonly #callers: Caps;
  readonly #numbers: Caps;
  readonly #perDay: number;
  #alarmedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: CallParts) {
    const { caller, number, perDay } = { ...CALL_LIMITS, ...parts.limits };
    this.#callers = new Caps(caller);
    this.#numbers = new Caps(number);
    this.#perDay = perDay;
  }

  /**
   * Makes a call an entry of the venue that was called. Throws `register.call-number` for a number that is no venue's,
   * `register.call-caller` for a withheld one, `register.call-time`, `register.call-limit`, `register.channel-rules`.
   */
  async take(provider: string, call: Call, nowMs: number): Promise<CallResult> {
    const { db, policy, days, channels } = this.parts;
    const known = await channels.ready();
    const { at } = call;
    if (at > nowMs / 1000 + FUTURE_SECONDS || at < days.oldest) throw new ApiError('register.call-time');
    const number = venueNumber(policy, call.calledNumber);
    const there = number === null ? null : await this.#venueOf(number, provider, at);
    if (number === null || !there) throw new ApiError('register.call-number');
    const caller = callerNumber(policy, call.callerNumber);
    if (caller === null) throw new ApiError('register.call-caller');

    const { venueId } = there;
    const now = admission(policy, await venueOf(db, venueId), at);
    if (there.provider === null) await heard(db, number, provider, nowMs);
    if (now && !now.record) return 'not-wanted';
    const name = this.#nameOf(provider, call.callId);
    if (await isTaken(db, venueId, name)) return this.#again(venueId, nowMs);
    this.#take(this.#callers, `${venueId} ${caller}`, nowMs);
    this.#take(this.#numbers, number, nowMs);

    const dayStart = days.calendar.startOf(days.calendar.dateOf(at));
    const check = now?.check === 'not-required' ? 'not-required' : 'not-made';
    const done = await db.tx(async (session) => {
      if (!(await takeName(session, venueId, name, dayStart))) return null;
      await this.#count(session, venueId, dayStart, nowMs);
      const subject = { kind: 'phone', number: caller } as const;
      return channels.write(session, known, venueId, 'call', [{ at, check, subject }], nowMs);
    });
    if (!done) return this.#again(venueId, nowMs);
    done.alarms.forEach(this.parts.alarm);
    this.parts.took?.(done.results);
    return 'stored';
  }

  /** The venue of a number then, where the number is not another provider's. */
  async #venueOf(number: string, provider: string, at: number): Promise<NumberAt | null> {
    const there = await numberAt(this.parts.db, number, at);
    return there && (there.provider === null || there.provider === provider) ? there : null;
  }

  async #again(venueId: number, nowMs: number): Promise<CallResult> {
    await this.parts.db.tx((session) => this.parts.channels.touch(session, venueId, 'call', nowMs));
    return 'already-stored';
  }

  #nameOf(provider: string, callId: string): Uint8Array {
    return new Uint8Array(createHmac('sha256', this.parts.idKey).update(`${provider}\n${callId}`).digest());
  }

  #take(caps: Caps, who: string, nowMs: number): void {
    const wait = caps.take(who, nowMs);
    if (wait > 0) throw new ApiError('register.call-limit', { retryAfterSeconds: wait });
  }

  async #count(session: Session, venueId: number, dayStart: number, nowMs: number): Promise<void> {
    const { rows } = await session.query<{ calls: number }>(
      `INSERT INTO call_day (venue_id, day_start, calls) VALUES ($1, $2, 1)
       ON CONFLICT (venue_id, day_start) DO UPDATE SET calls = call_day.calls + 1 RETURNING calls`,
      [venueId, new Date(dayStart * 1000)],
    );
    if (rows[0]!.calls <= this.#perDay) return;
    if (nowMs - this.#alarmedMs >= ALARM_MS) {
      this.#alarmedMs = nowMs;
      this.parts.alarm({ kind: 'call-cap', venueId, gateNo: null });
    }
    throw new ApiError('register.call-limit', { retryAfterSeconds: 3_600 });
  }
}

async function venueOf(session: Session, venueId: number): Promise<{ kind: string; region: string }> {
  const { rows } = await session.query<{ kind: string; region: string }>(
    'SELECT kind, region FROM venue WHERE venue_id = $1',
    [venueId],
  );
  if (!rows[0]) throw new ApiError('register.call-number');
  return rows[0];
}

async function isTaken(session: Session, venueId: number, name: Uint8Array): Promise<boolean> {
  const { rows } = await session.query('SELECT 1 FROM call_taken WHERE venue_id = $1 AND call = $2', [
    venueId,
    name,
  ]);
  return rows.length > 0;
}

/** False where the call was taken before; waits for a node that is taking it now. */
async function takeName(
  session: Session,
  venueId: number,
  name: Uint8Array,
  dayStart: number,
): Promise<boolean> {
  const { rows } = await session.query(
    `INSERT INTO call_taken (venue_id, call, day_start) VALUES ($1, $2, $3)
     ON CONFLICT (venue_id, call) DO NOTHING RETURNING 1`,
    [venueId, name, new Date(dayStart * 1000)],
  );
  return rows.length > 0;
}
