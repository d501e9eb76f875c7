import {
  cutOffTexts,
  type NoticeTexts,
  noticeTexts,
  type Policy,
  rulesAge,
  standingTexts,
  type Venue,
} from '@munjigi/core/rules';
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
  /** Since when this device has reached neither register nor mirrors (seconds); null while it reaches one. */
  readonly cutOffSince: number | null;
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
 * the pack's own sentence for a device that reaches nobody; then that it works on without the register; then the age of its
 * rules; else the usual state.
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
  const published = now && isInForce(now, at) ? noticeTexts(policy, now, 'owner', language, venue) : null;
  if (facts.backWith !== null && !facts.registerDown)
    return own('back', 'strip.register-back', { count: facts.backWith });
  if (published && now?.notice && isNews(policy, published)) return incident(published);
  const alone =
    facts.cutOffSince === null || at === null
      ? null
      : cutOffTexts(
          policy,
          venue,
          at,
          facts.cutOffSince,
          'owner',
          language,
          waiting > 0 ? words('strip.kept', { count: waiting }) : '',
        );
  if (alone) return incident(alone);
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

const incident = ({ cause, headline, text, asOf, status }: NoticeTexts): Strip => {
  const rest = [cause === '' || /[.!?]$/.test(cause) ? cause : `${cause}.`, text, `(${asOf})`];
  return { kind: 'incident', status, headline, text: rest.filter((piece) => piece !== '').join(' ') };
};

/** False where the sentence is the standing one of a duty: then a notice changes nothing for this venue. */
const isNews = (policy: Policy, { notice }: NoticeTexts): boolean =>
  Object.values(policy.pack.obligations).every(({ standing }) => standing !== notice);

/** A notice counts in its own time; without a clock it is believed. */
const isInForce = (now: Now, at: number | null): boolean =>
  at === null || (at >= now.validFrom && at < now.validUntil);
