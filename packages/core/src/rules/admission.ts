import type { FormatName, RecordWord } from '../gate/types.ts';
import type { ReasonCode } from '../reasons.ts';
import { yearsBefore } from './calendar.ts';
import type { GraceRule, Scope } from './pack.ts';
import type { Policy } from './policy.ts';

export interface Venue {
  readonly kind: string;
  readonly region: string;
}

/** A time without fines that is running: what is not valid stays not valid. */
export interface Grace {
  readonly id: string;
  readonly covers: 'ended' | 'all';
  /** Null: every class. */
  readonly classes: readonly number[] | null;
  /** First second after it; null where no end is known. */
  readonly until: number | null;
}

/** What a venue asks at an instant. */
export interface Admission {
  readonly rule: string;
  readonly source: string;
  readonly check: 'required' | 'not-required';
  /** Why nothing is asked, where nothing is. */
  readonly reason: ReasonCode | null;
  readonly accepts: readonly number[];
  readonly foreign: readonly FormatName[];
  /** Of people born on or after the date nothing is asked. */
  readonly ages: readonly {
    readonly id: string;
    readonly bornFrom: string;
    readonly below: number;
    readonly reason: ReasonCode;
  }[];
  readonly alone: boolean;
  readonly perParty: number;
  readonly grace: Grace | null;
  readonly extensions: readonly {
    readonly id: string;
    readonly endedFrom: number;
    readonly until: number | null;
  }[];
  readonly record: boolean;
  readonly lawful: readonly RecordWord[];
}

/** What a kind of venue in a region asks at an instant (seconds); null where the pack knows no such venue. */
export function admission(policy: Policy, venue: Venue, at: number): Admission | null {
  if (!policy.venueKinds.includes(venue.kind) || !policy.regions.includes(venue.region)) return null;
  const { pack, calendar } = policy;
  const today = calendar.dateOf(at);
  const holds = (rule: Scope) => isInScope(rule, venue, today);
  const rule = lastOf(pack.admission, holds);
  if (rule === undefined) return null;
  const recording = lastOf(pack.recording, holds);
  const grace = lastOf(pack.grace, holds);
  return {
    rule: rule.id,
    source: rule.source,
    check: rule.check,
    reason: rule.reason ?? null,
    accepts: rule.accepts ?? [],
    foreign: rule.foreign ?? [],
    ages: (rule.ages ?? []).map(({ id, below, reason }) => ({
      id,
      below,
      reason,
      bornFrom: dayAfterBirthdayOf(today, below),
    })),
    alone: rule.alone ?? false,
    perParty: rule.perParty ?? 0,
    grace: grace === undefined ? null : graceOf(policy, grace),
    extensions: pack.extensions.filter(holds).map(({ id, endedFrom, until }) => ({
      id,
      endedFrom: calendar.startOf(endedFrom),
      until: until === undefined ? null : calendar.startOf(until),
    })),
    record: recording?.required ?? false,
    lawful: recording?.lawful ?? [],
  };
}

function graceOf(policy: Policy, { id, covers, classes, until }: GraceRule): Grace {
  return {
    id,
    covers,
    classes: classes ?? null,
    until: until === undefined ? null : policy.calendar.startOf(until),
  };
}

/** The last that fits: later rules of a pack overrule earlier ones. */
export function lastOf<T>(rules: readonly T[], fits: (rule: T) => boolean): T | undefined {
  for (let i = rules.length - 1; i >= 0; i -= 1) if (fits(rules[i]!)) return rules[i];
  return undefined;
}

/** True where a dated rule holds for a venue on a local day. */
const isInScope = (rule: Scope, venue: Venue, today: string): boolean =>
  rule.from <= today &&
  (rule.until === undefined || today < rule.until) &&
  (rule.kinds === undefined || rule.kinds.includes(venue.kind)) &&
  (rule.regions === undefined || rule.regions.includes(venue.region));

/** Whoever is born on this day or later has not reached the age today. */
function dayAfterBirthdayOf(today: string, age: number): string {
  const turns = yearsBefore(today, age);
  return new Date(Date.parse(`${turns}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** What a venue asks of one person, for issuers, rule vectors and the answer card: two facts, never one. */
export interface Demand {
  /** True where this person must show a proof. */
  readonly required: boolean;
  /** Why not, where not. */
  readonly reason: ReasonCode | null;
  readonly rule: string | null;
  /** Whether a missing or ended proof can be fined today. */
  readonly fined: { readonly missing: boolean; readonly ended: boolean };
}

/** Demand on a person of a known age, alone or in a party. Throws nothing; an unknown venue asks nothing and names no rule. */
export function demandOn(
  policy: Policy,
  venue: Venue,
  at: number,
  person: { readonly birthDate?: string; readonly alone?: boolean },
): Demand {
  const now = admission(policy, venue, at);
  if (now === null)
    return { required: false, reason: null, rule: null, fined: { missing: false, ended: false } };
  const band = now.ages.find(
    ({ bornFrom }) => person.birthDate !== undefined && person.birthDate >= bornFrom,
  );
  const reason =
    now.check === 'not-required'
      ? now.reason
      : band
        ? band.reason
        : person.alone && now.alone
          ? 'alone'
          : null;
  const required = reason === null;
  return {
    required,
    reason,
    rule: now.rule,
    fined: { missing: required && now.grace?.covers !== 'all', ended: required && now.grace === null },
  };
}
