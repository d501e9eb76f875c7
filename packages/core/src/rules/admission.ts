import type { CheckWord, FormatName, RecordWord } from '../gate/types.ts';
import type { ReasonCode } from '../reasons.ts';
import { yearsBefore } from './calendar.ts';
import type { GraceRule, Obligation, PenaltyTable, RecordingRule, Scope } from './pack.ts';
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
  const rule = pack.admission.findLast(holds);
  if (rule === undefined) return null;
  const recording = pack.recording.findLast(holds);
  const grace = pack.grace.findLast(holds);
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

/** Ways in which an entry may lawfully be recorded at an instant; an obligation in force may add some. */
export function lawfulRecords(
  policy: Policy,
  venue: Venue,
  at: number,
  code?: string,
): readonly RecordWord[] {
  const lawful = admission(policy, venue, at)?.lawful ?? [];
  const also = code === undefined ? [] : (obligation(policy, code)?.alsoLawful ?? []);
  return lawful.length === 0 ? lawful : [...lawful, ...also.filter((way) => !lawful.includes(way))];
}

/** True where entries must be recorded at an instant. */
export const recordRequired = (policy: Policy, venue: Venue, at: number): boolean =>
  admission(policy, venue, at)?.record ?? false;

/** When recording began to be, or stopped being, a duty is data of the pack: its rows for a venue, oldest first. */
export const recordingRules = (policy: Policy, venue: Venue): readonly RecordingRule[] =>
  policy.pack.recording.filter((rule) => isInScope(rule, venue, rule.from));

/** One row of the obligation table; null where the pack has none of that code. */
export function obligation(policy: Policy, code: string): Obligation | null {
  return Object.hasOwn(policy.pack.obligations, code) ? policy.pack.obligations[code]! : null;
}

/** The code of the obligation that the rules alone give a venue at an instant, while no notice changes it. */
export function usualObligation(policy: Policy, venue: Venue, at: number): string {
  const now = admission(policy, venue, at);
  const check = now?.check === 'required';
  const record = now?.record ?? false;
  return check ? (record ? 'usual' : 'check-only') : record ? 'record-only' : 'nothing';
}

/** Checks that an obligation accepts; the usual ones where the code is unknown. */
export const acceptedChecks = (policy: Policy, code: string): readonly CheckWord[] =>
  obligation(policy, code)?.acceptedChecks ?? ['scan', 'eye'];

/** The table of fines that is in force on the local day of an instant; null where there is none. */
export function penalties(policy: Policy, at: number): PenaltyTable | null {
  const today = policy.calendar.dateOf(at);
  return (
    policy.pack.penalties.findLast(
      ({ from, until }) => from <= today && (until === undefined || today < until),
    ) ?? null
  );
}
