import type { ComponentState, Observation, Seen, State, Thresholds } from './types.ts';

/** Rounds come every five seconds, so that two that fail are ten seconds at most. */
export const THRESHOLDS: Thresholds = { looks: 3, failing: 2, good: 3, silentSeconds: 30 };

/** The name under which the canaries themselves are told of: their silence is a state too. */
export const CANARIES = 'canaries';

/** A change of what one canary says; null from when it is silent. */
interface Mark {
  readonly at: number;
  readonly canary: string;
  readonly state: State | null;
}

const RANK: Readonly<Record<State, number>> = { works: 0, slow: 1, down: 2 };
const isAtLeast = (state: State, least: State): boolean => RANK[state] >= RANK[least];

/**
 * One component in one round. Devices go on to another door where one fails, so it is down only where every door is; a single
 * one that is makes it slow. Nodes straight, behind the balancer, count only where nobody looked from outside.
 */
function inRound(seen: readonly Seen[]): State | null {
  const outside = seen.filter(({ side }) => side === 'outside');
  const doors = outside.length > 0 ? outside : seen;
  if (doors.length === 0) return null;
  const best = doors.reduce<State>((so, { state }) => (isAtLeast(state, so) ? so : state), 'down');
  return best === 'works' && doors.some(({ state }) => state === 'down') ? 'slow' : best;
}

interface Look {
  readonly at: number;
  readonly state: State;
}

/** What a canary says of a component after one more look, and since when; it is what it was unless enough looks agree. */
function after(was: State, looks: readonly Look[], { failing, looks: many, good }: Thresholds): Look | null {
  const last = looks.slice(-many);
  for (const worse of ['down', 'slow'] as const) {
    const agree = last.filter(({ state }) => isAtLeast(state, worse));
    if (!isAtLeast(was, worse) && agree.length >= failing) return { at: agree[0]!.at, state: worse };
  }
  const run = looks.slice(-good);
  if (run.length < good || run.some(({ state }) => isAtLeast(state, was))) return null;
  return { at: run[0]!.at, state: run.some(({ state }) => state === 'slow') ? 'slow' : 'works' };
}

/** One canary's word on one component over time. */
function marksOf(
  canary: string,
  rounds: readonly Observation[],
  component: string,
  thresholds: Thresholds,
): readonly Mark[] {
  const marks: Mark[] = [];
  let was: State | null = null;
  let looks: Look[] = [];
  rounds.forEach(({ at, seen }, i) => {
    const state = inRound(seen.filter((one) => one.component === component));
    if (state !== null) {
      looks.push({ at, state });
      if (was === null) {
        was = 'works';
        marks.push({ at, canary, state: was });
      }
      const turned = after(was, looks, thresholds);
      if (turned) {
        was = turned.state;
        marks.push({ ...turned, canary });
      }
    }
    const next = rounds[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    if (was !== null && next - at > thresholds.silentSeconds) {
      marks.push({ at: at + thresholds.silentSeconds, canary, state: null });
      // What was seen before a silence is no second look at what is seen after it.
      looks = [];
      if (Number.isFinite(next)) marks.push({ at: next, canary, state: was });
    }
  });
  return marks;
}

/** All that speak, together: down by more than half of them; a smaller number that sees it down makes it slow. */
function together(states: readonly State[]): ComponentState['state'] {
  if (states.length === 0) return 'unknown';
  const [down, slow] = (['down', 'slow'] as const).map(
    (least) => states.filter((state) => isAtLeast(state, least)).length,
  ) as [number, number];
  if (down * 2 > states.length) return 'down';
  return down > 0 || slow * 2 > states.length ? 'slow' : 'works';
}

/** Walks along all changes and says what holds at the end, and since when. */
function sweep(component: string, marks: readonly Mark[], at: number): ComponentState {
  const said = new Map<string, State | null>();
  let now: ComponentState = { component, state: 'unknown', since: null };
  for (const mark of [...marks].filter((one) => one.at <= at).sort((a, b) => a.at - b.at)) {
    said.set(mark.canary, mark.state);
    const state = together([...said.values()].filter((one) => one !== null));
    if (state !== now.state) now = { component, state, since: mark.at };
  }
  return now;
}

function canariesState(
  last: ReadonlyMap<string, number>,
  expected: readonly string[],
  at: number,
  { silentSeconds }: Thresholds,
): ComponentState {
  const names = [...new Set([...expected, ...last.keys()])];
  const silent = names.filter((name) => at - (last.get(name) ?? Number.NEGATIVE_INFINITY) > silentSeconds);
  const heard = [...last.values()];
  if (silent.length === 0) return { component: CANARIES, state: 'works', since: null };
  const quiet = silent.map((name) => last.get(name)).filter((one) => one !== undefined);
  if (silent.length < names.length)
    return { component: CANARIES, state: 'slow', since: quiet.length > 0 ? Math.min(...quiet) : null };
  return { component: CANARIES, state: 'down', since: heard.length > 0 ? Math.max(...heard) : null };
}

/**
 * How every component stands at an instant, by the signed rounds of the last minutes. Two of three looks make something worse,
 * several good ones in a row make it better again; *slow* and *down* are told apart. Canaries that are silent are no witnesses, and
 * their silence is told under `CANARIES`: `slow` where some are, `down` where all are.
 * @param observations of any canaries, in any order; some ten minutes of them are enough
 * @param at seconds; what is said to be of a later time is left out
 * @param expected names of the canaries that should speak
 */
export function componentStates(
  observations: readonly Observation[],
  at: number,
  thresholds: Thresholds = THRESHOLDS,
  expected: readonly string[] = [],
): readonly ComponentState[] {
  const known = observations.filter((one) => one.at <= at);
  const components = [...new Set(known.flatMap(({ seen }) => seen.map(({ component }) => component)))].sort();
  const canaries = [...new Set(known.map(({ canary }) => canary))];
  const rounds = canaries.map((canary) => ({
    canary,
    rounds: known.filter((one) => one.canary === canary).sort((a, b) => a.sequence - b.sequence),
  }));
  const last = new Map(rounds.map((one) => [one.canary, one.rounds.at(-1)!.at]));
  return [
    ...components.map((component) =>
      sweep(
        component,
        rounds.flatMap((one) => marksOf(one.canary, one.rounds, component, thresholds)),
        at,
      ),
    ),
    canariesState(last, expected, at, thresholds),
  ];
}
