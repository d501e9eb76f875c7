import type { CheckWord, RecordWord } from '../gate/types.ts';
import { admission, lastOf, type Venue } from './admission.ts';
import type { Obligation, PenaltyTable } from './pack.ts';
import type { Policy } from './policy.ts';

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

/** One row of the obligation table; null where the pack has none of that code. */
export function obligation(policy: Policy, code: string): Obligation | null {
  return Object.hasOwn(policy.pack.obligations, code) ? policy.pack.obligations[code]! : null;
}

/**
 * How long own passes count past their end at an instant, in seconds: by an obligation that a signed `now` names, and only
 * while that word is in force. 0 where they do not.
 * @param until seconds until which the signed word counts; null where there is none
 */
export function endedPassSeconds(
  policy: Policy,
  code: string | null | undefined,
  until: number | null | undefined,
  at: number,
): number {
  if (code == null || until == null || at >= until) return 0;
  return (obligation(policy, code)?.endedPassHours ?? 0) * 3600;
}

/** The code of the obligation that the rules alone give a venue at an instant, while no notice changes it. */
export function usualObligation(policy: Policy, venue: Venue, at: number): string {
  const now = admission(policy, venue, at);
  const check = now?.check === 'required';
  const record = now?.record ?? false;
  return check ? (record ? 'usual' : 'check-only') : record ? 'record-only' : 'nothing';
}

const WIDTH = ['usual', 'check-only', 'record-only', 'nothing'];

/** The widest duty that the rules alone give any venue at an instant; each venue narrows it to its own. */
export function widestObligation(policy: Policy, at: number): string {
  const codes = policy.venueKinds.flatMap((kind) =>
    policy.regions.map((region) => usualObligation(policy, { kind, region }, at)),
  );
  return (
    WIDTH.find((code) => codes.includes(code) && obligation(policy, code) !== null) ??
    Object.keys(policy.pack.obligations)[0] ??
    'usual'
  );
}

/** Checks that an obligation accepts; the usual ones where the code is unknown. */
export const acceptedChecks = (policy: Policy, code: string): readonly CheckWord[] =>
  obligation(policy, code)?.acceptedChecks ?? ['scan', 'eye'];

/** The table of fines that is in force on the local day of an instant; null where there is none. */
export function penalties(policy: Policy, at: number): PenaltyTable | null {
  const today = policy.calendar.dateOf(at);
  return (
    lastOf(
      policy.pack.penalties,
      ({ from, until }) => from <= today && (until === undefined || today < until),
    ) ?? null
  );
}
