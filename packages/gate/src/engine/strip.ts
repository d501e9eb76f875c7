import { noticeTexts, type Policy, rulesAge, standingTexts, type Venue } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import type { Strip } from '../model.ts';

/** Everything that the strip is made of. */
export interface StripFacts {
  readonly policy: Policy | null;
  readonly now: Now | null;
  readonly venue: Venue | null;
  /** Corrected seconds; null where the clock is not trusted. */
  readonly at: number | null;
  readonly ageSeconds: number | null;
  /** True where another tab of this gate writes. */
  readonly viewer: boolean;
  /** Entries held in memory because the device could not write them, or a device that cannot keep anything. */
  readonly notSaved: boolean;
  /** True where the register did not answer when last asked. */
  readonly registerDown: boolean;
  readonly waiting: number;
  /** Entries that were confirmed after an outage, while that is news; else null. */
  readonly backWith: number | null;
  /** True while it is news that this device goes on under a new key. */
  readonly renewed?: boolean;
  /** True where the register has told that this gate is revoked. */
  readonly revoked?: boolean;
}

type Words = (key: string, parameters?: Readonly<Record<string, string | number>>) => string;

/**
 * What counts right now, in one sentence. What this device must say of itself goes first; then the published notice; then
 * that it works on without the register; then the age of its rules; else the usual state.
 */
export function stripOf(facts: StripFacts, words: Words, language: 'ko' | 'en'): Strip {
  const { policy, now, venue, at, waiting } = facts;
  const own = (
    kind: Strip['kind'],
    key: string,
    parameters: Readonly<Record<string, string | number>> = {},
  ): Strip => ({
    kind,
    status: null,
    headline: words(`${key}.headline`, parameters),
    text: words(`${key}.text`, parameters),
  });
  if (facts.viewer) return own('viewer', 'gate.viewer');
  if (facts.revoked) return own('revoked', 'gate.revoked');
  if (!policy) return own('stopped', 'gate.no-rules');
  if (facts.notSaved) return own('not-saved', 'strip.not-saved');
  const age = facts.ageSeconds === null ? 'fresh' : rulesAge(policy, facts.ageSeconds);
  if (age === 'too-old') return own('stopped', 'strip.rules-too-old');
  if (facts.renewed) return own('renewed', 'gate.renewed');
  const published = now && isInForce(now, at) ? noticeTexts(policy, now, 'owner', language) : null;
  if (facts.backWith !== null && !facts.registerDown)
    return own('back', 'strip.register-back', { count: facts.backWith });
  if (published && now?.notice && published.notice !== 'usual') {
    const { cause, headline, text, asOf, status } = published;
    const rest = [cause === '' || /[.!?]$/.test(cause) ? cause : `${cause}.`, text, `(${asOf})`];
    return { kind: 'incident', status, headline, text: rest.filter((piece) => piece !== '').join(' ') };
  }
  if (facts.registerDown && waiting > 0) return own('incident', 'strip.register-down', { count: waiting });
  if (age === 'ageing')
    return own('ageing', 'strip.rules-ageing', { hours: Math.floor((facts.ageSeconds ?? 0) / 3600) });
  const usual =
    published ?? (venue && at !== null ? standingTexts(policy, venue, at, 'owner', language) : null);
  if (!usual || at === null) return own('usual', 'strip.usual', at === null ? {} : { at });
  return {
    kind: 'usual',
    status: null,
    headline: usual.headline,
    text: usual.text || words('strip.usual.text', { at }),
  };
}

/** A notice counts in its own time; without a clock it is believed. */
const isInForce = (now: Now, at: number | null): boolean =>
  at === null || (at >= now.validFrom && at < now.validUntil);
