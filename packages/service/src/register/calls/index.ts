import { groupedNumber } from '@munjigi/core/rules';
import { ApiError } from '../../contracts/index.ts';
import type { Who } from '../../lib/who.ts';
import { mayActFor } from '../venues/people.ts';
import { checkDelivery, type Delivery } from './delivery.ts';
import { type CallNumber, callNumberOf, setCallNumber } from './numbers.ts';
import type { CallProvider } from './providers.ts';
import { type Call, CallIntake, type CallParts, type CallResult } from './take-call.ts';

export { type CallProvider, readCallProviders } from './providers.ts';
export { CALL_LIMITS, type Call, type CallLimits, type CallResult } from './take-call.ts';

/** The number of a venue as owners see it. */
export interface VenueCall extends CallNumber {
  /** In groups, as signs show it. */
  readonly shown: string;
}

export interface CallDeskParts extends CallParts {
  readonly providers: readonly CallProvider[];
  readonly nowMs: () => number;
}

const ALARM_MS = 60_000;

/** Guests who are recorded by telephone: numbers of venues, and the calls that providers tell of. */
export class CallDesk {
  readonly #intake: CallIntake;
  #alarmedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: CallDeskParts) {
    this.#intake = new CallIntake(parts);
  }

  /** True where guests can call at all: the policy knows how, and some provider is known here. */
  get possible(): boolean {
    return this.parts.policy.pack.calls !== undefined && this.parts.providers.length > 0;
  }

  /** Checks who sent a delivery, before anything of it is read. See `checkDelivery`. */
  check(delivery: Delivery): void {
    const now = this.parts.nowMs();
    try {
      checkDelivery(this.parts.providers, delivery, now);
    } catch (error) {
      const forged = error instanceof ApiError && error.code === 'register.call-signature';
      if (forged && now - this.#alarmedMs >= ALARM_MS) {
        this.#alarmedMs = now;
        this.parts.alarm({ kind: 'call-forged', venueId: null, gateNo: null });
      }
      throw error;
    }
  }

  /** Makes a call an entry; see `CallIntake`. Who tells of it was checked before. */
  take(provider: string, call: Call): Promise<CallResult> {
    return this.#intake.take(provider, call, this.parts.nowMs());
  }

  async numberOf(venueId: number): Promise<VenueCall | null> {
    const call = await callNumberOf(this.parts.db, venueId);
    return call && { ...call, shown: groupedNumber(this.parts.policy, call.number) };
  }

  /** Gives a venue a number, or takes it away; for its owner. Throws `register.not-yours` and what `setCallNumber` throws. */
  async setNumber(who: Who | null, venueId: number, number: string | null): Promise<VenueCall | null> {
    mayActFor(who, venueId, 'owner');
    const { db, policy, nowMs } = this.parts;
    const { rows } = await db.query('SELECT 1 FROM venue WHERE venue_id = $1', [venueId]);
    if (rows.length === 0) throw new ApiError('register.venue-unknown');
    await setCallNumber(db, policy, venueId, number, nowMs());
    return this.numberOf(venueId);
  }
}
