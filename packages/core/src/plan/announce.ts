import { type Queueing, queueing } from './queueing.ts';

/**
 * How people follow a message that asks all of them to come now. **An assumption**, for nobody published a curve: of those who
 * follow it, nine of ten come within the first 39 minutes, and fewer every minute (exponentially). On 14 December 2021 a message
 * went to a whole country at 11:39, the wallets were slow within a minute or two, and well again at 12:17 (Dong-A Ilbo of that
 * day, donga.com/news/Society/article/all/20211214/110787882/1).
 */
export interface Response {
  /** Of the people who are told, the part that comes at all; 1 where everybody must. */
  readonly share: number;
  /** Seconds in which nine of ten of them have come. */
  readonly nineTenthsSeconds: number;
}
export const USUAL_RESPONSE: Response = { share: 1, nineTenthsSeconds: 39 * 60 };

/** Hours of the day, such as [11, 14]. */
export type Hours = readonly [from: number, to: number];

export interface Announcement {
  readonly people: number;
  /** How many the desk serves in a second, as it was measured. */
  readonly perSecond: number;
  readonly withinSeconds: number;
  /** Second of the day at which it may begin. */
  readonly startSecond: number;
  readonly response: Response;
  /** Hours in which people need their passes at doors, and nobody is asked to come. */
  readonly protectedHours: readonly Hours[];
  /** Between which hours people are told anything. */
  readonly tellingHours: Hours;
  /** How many groups; the people of each are told at moments that are drawn within its time. */
  readonly cohorts: number;
}

/** One group: whose random number falls into its part. Seconds from the beginning of the first day. */
export interface Cohort {
  readonly from: number;
  readonly to: number;
  readonly people: number;
}

export interface AnnouncementPlan {
  /** What comes of "everybody now", said at the start. */
  readonly atOnce: Queueing;
  readonly staggered: Queueing & {
    readonly cohorts: readonly Cohort[];
    /** False where it does not fit into the time with a fifth of the desk's speed to spare. */
    readonly fits: boolean;
    /** People who come in protected hours although nobody is told then. */
    readonly inProtectedHours: number;
  };
  /** The shortest time, in whole hours from the start, into which it fits; null beyond four weeks. */
  readonly leastHours: number | null;
}

const DAY = 86_400;
const HOUR = 3600;
/** The rest is for those who come anyway, and for a node that is away. */
const USED = 0.8;
const LONGEST_HOURS = 28 * 24;

/** The surge of one message to all, and the plan that avoids it. Pure arithmetic, second by second; no retries are counted. */
export function planAnnouncement(plan: Announcement): AnnouncementPlan {
  const coming = plan.people * plan.response.share;
  const spans = spansOf(plan, plan.withinSeconds);
  const open = lengthOf(spans);
  const cohorts = cohortsOf(spans, plan.cohorts, coming);
  const [first, last] = [plan.startSecond, cohorts.at(-1)?.to ?? plan.startSecond];
  const isProtected = (second: number) =>
    plan.protectedHours.some(([from, to]) => isWithin(second, from * HOUR, to * HOUR));
  const comes = (tellsAt: (second: number) => number) => arrivals(plan.response, tellsAt);
  return {
    atOnce: queueing(
      comes((second) => (second === first ? coming : 0)),
      plan.perSecond,
      first,
      first,
    ),
    staggered: {
      ...queueing(comes(toldIn(cohorts)), plan.perSecond, first, last),
      cohorts,
      fits: open > 0 && coming / open <= plan.perSecond * USED,
      inProtectedHours: Math.round(sumOf(comes(toldIn(cohorts)), first, last + DAY, isProtected)),
    },
    leastHours: leastHours(plan, coming),
  };
}

/** People who are told in each second; asked for second by second, in order. */
function toldIn(cohorts: readonly Cohort[]): (second: number) => number {
  let next = 0;
  return (second) => {
    while (next < cohorts.length && cohorts[next]!.to <= second) next += 1;
    const cohort = cohorts[next];
    return cohort && second >= cohort.from ? cohort.people / (cohort.to - cohort.from) : 0;
  };
}

const isWithin = (second: number, from: number, to: number): boolean => {
  const ofDay = second % DAY;
  return ofDay >= from && ofDay < to;
};

/** People who come in each second, where so many are told in each; asked for second by second, in order. */
function arrivals(response: Response, tellsAt: (second: number) => number): (second: number) => number {
  const each = 1 - 10 ** (-1 / response.nineTenthsSeconds);
  let deciding = 0;
  return (second) => {
    deciding += tellsAt(second);
    const come = deciding * each;
    deciding -= come;
    return come;
  };
}

const sumOf = (
  comes: (second: number) => number,
  from: number,
  to: number,
  counts: (second: number) => boolean,
): number => {
  let sum = 0;
  for (let second = from; second < to; second++) {
    const come = comes(second);
    if (counts(second)) sum += come;
  }
  return sum;
};

/** When people may be told: by day, and so long before protected hours that nine of ten have come when these begin. */
function spansOf(plan: Announcement, withinSeconds: number): readonly Hours[] {
  const [from, to] = plan.tellingHours;
  const quiet = plan.response.nineTenthsSeconds;
  const spans: [number, number][] = [];
  const end = plan.startSecond + withinSeconds;
  for (let day = 0; day < end; day += DAY) {
    let at = day + from * HOUR;
    for (const [begins, ends] of [...plan.protectedHours, [to, to] as const]) {
      const until = begins === to ? day + to * HOUR : day + begins * HOUR - quiet;
      const span = [Math.max(at, plan.startSecond), Math.min(until, end)] as const;
      if (span[1] > span[0]) spans.push([Math.ceil(span[0]), Math.floor(span[1])]);
      at = Math.max(at, day + ends * HOUR);
    }
  }
  return spans;
}

const lengthOf = (spans: readonly Hours[]): number => spans.reduce((sum, [from, to]) => sum + to - from, 0);

/** Parts of about the same length, none across a pause, each with the people of its share of the time. */
function cohortsOf(spans: readonly Hours[], wanted: number, coming: number): readonly Cohort[] {
  const open = lengthOf(spans);
  return spans.flatMap(([from, to]) => {
    const count = Math.max(1, Math.round((wanted * (to - from)) / open));
    const edge = (i: number) => Math.round(from + ((to - from) * i) / count);
    return Array.from({ length: count }, (_, i) => ({
      from: edge(i),
      to: edge(i + 1),
      people: Math.round((coming * (edge(i + 1) - edge(i))) / open),
    }));
  });
}

function leastHours(plan: Announcement, coming: number): number | null {
  for (let hours = 1; hours <= LONGEST_HOURS; hours++) {
    if (lengthOf(spansOf(plan, hours * HOUR)) * plan.perSecond * USED >= coming) return hours;
  }
  return null;
}
