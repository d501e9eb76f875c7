import { admission, type Venue } from './admission.ts';
import { addDays } from './calendar.ts';
import type { EntitlementRule, Parameters, Sighting } from './pack.ts';
import type { Policy } from './policy.ts';

/** One row of the card for checks by eye. Dates are inclusive; a local instant is written YYYY-MM-DDThh:mm. */
export interface CutoffRow {
  readonly id: string;
  /** What the date on the paper must be of: a day, an instant, a birth date, or nothing but the paper itself. */
  readonly by: 'date' | 'at' | 'birth' | 'sight';
  readonly from?: string;
  readonly to?: string;
  readonly labelKey: string;
  readonly valueKey: string;
  readonly explainKey: string;
  readonly parameters: Parameters;
}

/**
 * The rules run backwards: what a person may hold up to be let in at this venue now, with today's cut-off dates. Empty
 * where nothing is asked. For instance: a proof that counts 14 to 180 days later is good today if its date lies between
 * today − 180 and today − 14.
 */
export function cutoffs(policy: Policy, venue: Venue, at: number): CutoffRow[] {
  const now = admission(policy, venue, at);
  if (now === null || now.check === 'not-required') return [];
  const ages = now.ages.map(({ id, bornFrom }) => row(id, 'birth', { from: bornFrom }, {}));
  return [...sightings(policy, venue, at).map((sighting) => sightingRow(policy, sighting, at)), ...ages];
}

/** What counts by eye at a venue now: the rows of the pack whose class is accepted there. */
export function sightings(policy: Policy, venue: Venue, at: number): readonly Sighting[] {
  const accepts = admission(policy, venue, at)?.accepts ?? [];
  return policy.pack.sightings.filter(({ rule }) => accepts.includes(ruleOf(policy, rule).class));
}

const ruleOf = (policy: Policy, id: string): EntitlementRule =>
  policy.pack.entitlement.find((rule) => rule.id === id)!;

function sightingRow(policy: Policy, sighting: Sighting, at: number): CutoffRow {
  const rule = ruleOf(policy, sighting.rule);
  const told: Record<string, string | number> = {};
  for (const [name, other] of Object.entries(sighting.also ?? {})) {
    const bounds = boundsOf(policy, ruleOf(policy, other), at);
    if (bounds.from !== undefined) told[`${name}From`] = bounds.from;
    if (bounds.to !== undefined) told[`${name}To`] = bounds.to;
  }
  const anchor = rule.anchors?.[0];
  const by = anchor === undefined ? 'birth' : policy.pack.evidence[anchor.kind]!.by;
  const bounds = boundsOf(policy, rule, at);
  return row(sighting.id, bounds.from === undefined && bounds.to === undefined ? 'sight' : by, bounds, told);
}

function row(id: string, by: CutoffRow['by'], bounds: Bounds, told: Parameters): CutoffRow {
  const value =
    bounds.from !== undefined
      ? bounds.to !== undefined
        ? 'between'
        : 'from'
      : bounds.to !== undefined
        ? 'to'
        : 'any';
  return {
    id,
    by,
    ...bounds,
    labelKey: `eye.${id}.label`,
    valueKey: `eye.${by}.${value}`,
    explainKey: `eye.${id}.explain`,
    parameters: { ...told, ...bounds },
  };
}

interface Bounds {
  readonly from?: string;
  readonly to?: string;
}

/**
 * First and last day (or first and last instant) that a rule takes at an instant. A last bound that is today or later is
 * left out: nobody holds a paper of tomorrow.
 */
function boundsOf(policy: Policy, rule: EntitlementRule, at: number): Bounds {
  if (rule.anchors === undefined) {
    return {
      ...(rule.born?.from === undefined ? {} : { from: rule.born.from }),
      ...(rule.born?.to === undefined ? {} : { to: rule.born.to }),
    };
  }
  const { calendar } = policy;
  const today = calendar.dateOf(at);
  const by = policy.pack.evidence[rule.anchors[0]!.kind]!.by;
  const running =
    rule.until !== null &&
    (rule.until.notBefore === undefined || at >= calendar.startOf(rule.until.notBefore));
  const bounds: { from?: string; to?: string } = {};

  if (by === 'date') {
    if ('days' in rule.from && rule.from.days > 0) bounds.to = addDays(today, -rule.from.days);
    if (running && rule.until !== null && 'days' in rule.until)
      bounds.from = addDays(today, -rule.until.days);
    return bounds;
  }
  const local = (seconds: number) => `${calendar.dateOf(seconds)}T${clock(policy, seconds)}`;
  if ('hours' in rule.from && rule.from.hours > 0) bounds.to = local(at - rule.from.hours * 3600);
  if ('days' in rule.from && rule.from.days > 0) bounds.to = `${addDays(today, -rule.from.days)}T23:59`;
  if (running && rule.until !== null) {
    if ('days' in rule.until) bounds.from = `${addDays(today, -rule.until.days)}T00:00`;
    else bounds.from = local(calendar.startOf(today) - rule.until.hours * 3600);
  }
  return bounds;
}

function clock(policy: Policy, seconds: number): string {
  const { hour, minute } = policy.calendar.fieldsOf(seconds);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
