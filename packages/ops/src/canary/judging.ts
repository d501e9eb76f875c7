import { presentPass } from '@munjigi/core/entry-pass';
import { type Decision, decide, inspect, type PassClaim } from '@munjigi/core/gate';
import { type DayKey, dayKeyFor } from '@munjigi/core/trust';
import type { CanaryPass } from './passes.ts';
import { Trouble, type Way } from './seen.ts';
import type { CanarySettings } from './settings.ts';
import type { CanaryTrust, InUse } from './trust.ts';

/** A pass that was shown and judged, as it is written down. */
export interface Judged {
  readonly subject: PassClaim['subject'];
  readonly at: number;
  /** Local day of the pack, and the key that subjects of that day are sealed for. */
  readonly day: string;
  readonly dayKey: DayKey;
  readonly inUse: InUse;
}

/**
 * Draws a code and decides about it as a gate does, with the documents in use and no network. What the rules ask of a specimen,
 * which has no proof of anything, is not the question: whether the code is known to be genuine and fresh, and answered at all, is.
 * Throws `Trouble`.
 */
export async function judge(
  way: Way,
  { pass, holder }: CanaryPass,
  trust: CanaryTrust,
  venue: CanarySettings['venue'],
): Promise<Judged> {
  const at = trust.seconds();
  const text = await way.step('present', () => presentPass(pass, holder, at, 0));
  return way.step('decide', async () => {
    const inUse = trust.current;
    if (!inUse) throw new Trouble('no-bundle');
    const inspected = await inspect(text, inUse.trust, trust.crypto);
    const decision = decide(inspected, inUse.trust, inUse.policy, {
      instant: { seconds: at, uncertaintySeconds: 1 },
      bundleAgeSeconds: trust.ageSeconds(inUse),
      venue: { kind: venue.kind, region: venue.region },
      party: 'unknown',
      seenBeforeAt: null,
      lastDrawingOffsetSeconds: null,
    });
    const { claim } = inspected;
    if (claim?.kind !== 'pass' || !isAnswered(decision)) throw new Trouble(decision.reason);
    const day = inUse.policy.calendar.dateOf(at);
    const dayKey = dayKeyFor(inUse.bundle, day);
    if (!dayKey) throw new Trouble('no-day-key');
    return { subject: claim.subject, at, day, dayKey, inUse };
  });
}

const isAnswered = ({ verdict, evidence }: Decision): boolean =>
  verdict !== 'cannot-tell' &&
  evidence.integrity === 'ok' &&
  evidence.issuer === 'ok' &&
  evidence.freshness === 'ok';
