import { REASONS } from '@munjigi/core/reasons';
import { admission, cutoffs, type Policy, type Venue } from '@munjigi/core/rules';
import { sentences } from '@munjigi/ui/elements';
import { type Language, t } from '@munjigi/ui/texts';
import type { CertificateCard, Span, Standing, UsefulProof } from '../model.ts';
import { dayText, endText, startText } from './dates.ts';

/** A certificate as the issuer judged it. `from` and `until` keep it true while time passes without any network. */
export interface HeldCertificate {
  readonly kind: string;
  readonly admissionClass: number;
  /** First second; null where it was always good. */
  readonly from: number | null;
  /** First second after it; null for no end. */
  readonly until: number | null;
  readonly why: { readonly key: string; readonly parameters: Readonly<Record<string, string | number>> };
}

export type State = 'valid' | 'ended' | 'not-yet';

export const stateOf = (one: HeldCertificate, now: number): State =>
  one.from !== null && now < one.from
    ? 'not-yet'
    : one.until !== null && now >= one.until
      ? 'ended'
      : 'valid';

const RANK: Record<State, number> = { valid: 2, 'not-yet': 1, ended: 0 };

/** The most useful first: what counts now and longest, then what begins soonest, then what ended last. */
export function byUse(certificates: readonly HeldCertificate[], now: number): readonly HeldCertificate[] {
  const end = (one: HeldCertificate) => one.until ?? Number.POSITIVE_INFINITY;
  return [...certificates].sort((a, b) => {
    const states = [stateOf(a, now), stateOf(b, now)] as const;
    if (states[0] !== states[1]) return RANK[states[1]] - RANK[states[0]];
    return states[0] === 'not-yet'
      ? (a.from ?? 0) - (b.from ?? 0)
      : end(b) === end(a)
        ? 0
        : end(b) > end(a)
          ? 1
          : -1;
  });
}

/** The end that a reminder may speak of: of the best proof that counts now. */
export function endOf(certificates: readonly HeldCertificate[], now: number): number | null {
  const best = byUse(certificates, now)[0];
  return best && stateOf(best, now) === 'valid' ? best.until : null;
}

interface Moment {
  readonly policy: Policy;
  readonly language: Language;
  /** Whole seconds. */
  readonly now: number;
}

const why = ({ policy, language, now }: Moment, one: HeldCertificate): readonly string[] => {
  const state = stateOf(one, now);
  const key = `wallet.${one.kind}.${state === 'valid' && one.until === null ? 'lasting' : state}`;
  return sentences(
    policy.text(language, policy.hasText(language, key) ? key : one.why.key, one.why.parameters),
  );
};

/** The sentence on the page that others may glance at: an end or a beginning, never what it is the end of. */
function plain({ policy, language, now }: Moment, one: HeldCertificate): string {
  const { calendar } = policy;
  const state = stateOf(one, now);
  if (state === 'not-yet')
    return t(language, 'wallet.not-yet', { when: startText(language, calendar, one.from ?? now) });
  if (one.until === null) return t(language, 'wallet.no-end');
  return t(language, state === 'valid' ? 'wallet.until' : 'wallet.ended', {
    when: endText(language, calendar, one.until),
  });
}

/** What my proofs are worth now. The why and what would count are for this phone alone. */
export function standing(moment: Moment, certificates: readonly HeldCertificate[]): Standing {
  const { policy, language, now } = moment;
  const best = byUse(certificates, now)[0];
  if (!best && policy.pack.entitlement.length === 0) {
    const sentence = t(language, 'wallet.entry-only');
    return {
      state: 'usable',
      sentence,
      why: sentence,
      next: '',
      also: '',
      span: null,
      number: REASONS.valid.number,
    };
  }
  if (!best) {
    const [first = t(language, 'wallet.nothing'), ...rest] = sentences(
      policy.text(language, 'wallet.nothing'),
    );
    const known = policy.hasText(language, 'wallet.nothing');
    return {
      state: 'nothing',
      sentence: t(language, 'wallet.nothing'),
      why: known ? first : t(language, 'wallet.nothing'),
      next: known ? rest.join(' ') : '',
      also: '',
      span: null,
      number: REASONS['nothing-usable'].number,
    };
  }
  const state = stateOf(best, now);
  const [first = '', ...rest] = why(moment, best);
  const endedReason = policy.pack.classes[String(best.admissionClass)]?.ended ?? 'ended';
  const number =
    state === 'valid'
      ? REASONS.valid.number
      : state === 'not-yet'
        ? REASONS['not-yet'].number
        : REASONS[endedReason].number;
  return {
    state: state === 'valid' ? 'usable' : state,
    sentence: plain(moment, best),
    why: first,
    next: rest.join(' '),
    also: state === 'ended' ? graceText(moment, best) : '',
    span: state === 'ended' ? span(moment, best) : null,
    number,
  };
}

/** The venue whose rules the wallet explains by: the pack's first kind in its first region, the most visited. */
const usualVenue = (policy: Policy): Venue | null => {
  const [kind] = policy.venueKinds;
  const [region] = policy.regions;
  return kind !== undefined && region !== undefined ? { kind, region } : null;
};

function graceText({ policy, language, now }: Moment, ended: HeldCertificate): string {
  const venue = usualVenue(policy);
  const grace = venue && admission(policy, venue, now)?.grace;
  if (!grace || (grace.classes !== null && !grace.classes.includes(ended.admissionClass))) return '';
  const key = policy.hasText(language, 'wallet.grace') ? 'wallet.grace' : 'reason.grace.instruction';
  if (!policy.hasText(language, key) || grace.until === null) return '';
  return sentences(policy.text(language, key, { until: grace.until }))[0] ?? '';
}

function span({ policy, language, now }: Moment, one: HeldCertificate): Span | null {
  const { date } = one.why.parameters;
  if (typeof date !== 'string' || one.until === null) return null;
  const { calendar } = policy;
  const start = calendar.startOf(date);
  const total = (now - start) / 0.935;
  if (!(total > 0)) return null;
  return {
    fromLabel: labelOf(policy, language, one.kind),
    from: date,
    until: endText(language, calendar, one.until),
    today: t(language, 'wallet.date.today', { date: dayText(language, calendar, now) }),
    share: Math.min(0.9, Math.max(0.06, (one.until - start) / total)),
    todayShare: 0.935,
  };
}

const labelOf = (policy: Policy, language: Language, kind: string): string =>
  policy.text(language, `wallet.${kind}.label`);

/** The certificates as a stranger reads them, the most useful first. */
export function cards(moment: Moment, certificates: readonly HeldCertificate[]): readonly CertificateCard[] {
  const { policy, language, now } = moment;
  const { calendar } = policy;
  return byUse(certificates, now).map((one) => {
    const { date, at, birthDate } = one.why.parameters;
    const day =
      typeof date === 'string'
        ? date
        : typeof at === 'number'
          ? calendar.dateOf(at)
          : String(birthDate ?? '');
    return {
      id: `${one.kind} ${day}`,
      kind: labelOf(policy, language, one.kind),
      date: day,
      issuer: policy.text(language, 'wallet.issuer'),
      usable: stateOf(one, now) === 'valid',
      sentence: plain(moment, one),
    };
  });
}

/**
 * What would be accepted of this person today: the rules run backwards, without what they hold already and what their age
 * rules out. What can be had soonest stands first, and being alone where that is enough.
 */
export function useful(
  { policy, language, now }: Moment,
  held: readonly HeldCertificate[],
  birthDate: string,
): readonly UsefulProof[] {
  const venue = usualVenue(policy);
  if (!venue) return [];
  const kinds = new Set(held.map((one) => one.kind));
  const kindOf = (row: string) => {
    const rule = policy.pack.sightings.find((one) => one.id === row)?.rule;
    return policy.pack.entitlement.find((one) => one.id === rule)?.certificate ?? '';
  };
  const text = (key: string, parameters = {}) =>
    policy.hasText(language, key) ? policy.text(language, key, parameters) : '';
  const rows = cutoffs(policy, venue, now)
    .filter((row) => !kinds.has(kindOf(row.id)))
    .filter((row) => row.by !== 'birth' || (birthDate >= (row.from ?? '') && birthDate <= (row.to ?? '9999')))
    .sort((a, b) => Number(b.by === 'at') - Number(a.by === 'at'))
    .map((row) => ({
      id: row.id,
      label: policy.text(language, row.labelKey, row.parameters),
      detail: text(row.valueKey, row.parameters),
      // what a row says to staff is not what it says to a visitor
      explain: text(`wallet.useful.${row.id}`, row.parameters),
    }));
  const alone = admission(policy, venue, now)?.alone ? text('wallet.alone.label') : '';
  if (alone !== '')
    rows.splice(1, 0, { id: 'alone', label: alone, detail: text('wallet.alone.text'), explain: '' });
  return rows;
}
