import { describe, expect, it } from 'vitest';
import { CANARIES, componentStates, type Observation, type Seen, type State, THRESHOLDS } from './index.ts';

const START = 1_641_445_200;
const EVERY = 5;

const look = (state: State, door = 'front', side: Seen['side'] = 'outside'): Seen => ({
  component: 'register',
  door,
  side,
  state,
  step: 'receipt',
  ms: 40,
});

/** Rounds of one canary, five seconds apart: `.` works, `s` slow, `x` down, `_` nothing heard. */
const rounds = (pattern: string, canary = 'seoul'): readonly Observation[] =>
  [...pattern].flatMap((sign, i) => {
    const state = ({ '.': 'works', s: 'slow', x: 'down' } as const)[sign];
    return state ? [{ canary, sequence: i + 1, at: START + i * EVERY, seen: [look(state)] }] : [];
  });

const at = (round: number): number => START + round * EVERY;
const stateOf = (observations: readonly Observation[], seconds: number, component = 'register') =>
  componentStates(observations, seconds).find((one) => one.component === component);
const register = (pattern: string) => stateOf(rounds(pattern), at(pattern.length - 1));

describe('the state of a component', () => {
  it('is worse when two of three looks agree, since the first of them, within ten seconds', () => {
    expect(register('....')).toMatchObject({ state: 'works', since: at(0) });
    expect(register('....x')).toMatchObject({ state: 'works' });
    expect(register('....xx')).toMatchObject({ state: 'down', since: at(4) });
    expect(register('....x.x')).toMatchObject({ state: 'down', since: at(4) });
    expect(at(5) - at(4)).toBeLessThanOrEqual(10);
  });

  it('is not changed by single bad looks, however many', () => {
    expect(register('..x..x..x..x..x..')).toMatchObject({ state: 'works', since: at(0) });
  });

  it('tells slow from down', () => {
    expect(register('...ss')).toMatchObject({ state: 'slow', since: at(3) });
    expect(register('...sx')).toMatchObject({ state: 'slow', since: at(3) });
    expect(register('...sxx')).toMatchObject({ state: 'down', since: at(4) });
    expect(register('...xxsss')).toMatchObject({ state: 'slow', since: at(5) });
  });

  it('is good again after several good rounds, and after no two', () => {
    expect(register('xx..')).toMatchObject({ state: 'down', since: at(0) });
    expect(register('xx..x..')).toMatchObject({ state: 'down', since: at(0) });
    expect(register('xx...')).toMatchObject({ state: 'works', since: at(2) });
  });

  it('is unknown while nobody speaks, and old looks are no second witness for new ones', () => {
    const gone = rounds('...x');
    expect(stateOf(gone, at(3) + THRESHOLDS.silentSeconds)).toMatchObject({ state: 'unknown' });
    expect(register('...x__________x')).toMatchObject({ state: 'works' });
    expect(register('...xx__________.')).toMatchObject({ state: 'down' });
  });

  it('is not told by what claims to be of a later time', () => {
    expect(stateOf(rounds('....xxx'), at(3))).toMatchObject({ state: 'works' });
  });

  it('does not depend on the order in which observations came in', () => {
    const all = [...rounds('....xx...xx'), ...rounds('.....xx..xx', 'busan')];
    expect(componentStates([...all].reverse(), at(10))).toEqual(componentStates(all, at(10)));
  });
});

describe('doors and canaries', () => {
  const seen = (...looks: readonly Seen[]) => {
    const observations = [0, 1, 2].map((i) => ({
      canary: 'seoul',
      sequence: i + 1,
      at: at(i),
      seen: looks,
    }));
    return stateOf(observations, at(2))?.state;
  };

  it('call it down where no front door leads to it, whatever the nodes behind say', () => {
    expect(seen(look('down', 'front'), look('works', 'node-a', 'beside'))).toBe('down');
    expect(seen(look('down', 'front-1'), look('down', 'front-2'))).toBe('down');
  });

  it('call it slow where one of two doors is gone, and fine where one is merely slow', () => {
    expect(seen(look('down', 'front-1'), look('works', 'front-2'))).toBe('slow');
    expect(seen(look('slow', 'front-1'), look('works', 'front-2'))).toBe('works');
  });

  it('make no incident of one node that the balancer leaves out', () => {
    expect(seen(look('works', 'front'), look('down', 'node-a', 'beside'))).toBe('works');
  });

  it('go by nodes straight where nobody looks from outside', () => {
    expect(seen(look('down', 'node-a', 'beside'), look('down', 'node-b', 'beside'))).toBe('down');
  });

  it('believe more than half of the canaries; one alone makes it slow and no more', () => {
    const both = [...rounds('....xxx'), ...rounds('....xxx', 'busan')];
    expect(stateOf(both, at(6))).toMatchObject({ state: 'down', since: at(4) });
    const one = [...rounds('....xxx'), ...rounds('.......', 'busan')];
    expect(stateOf(one, at(6))).toMatchObject({ state: 'slow', since: at(4) });
  });

  it('leave a silent canary out, and tell of its silence', () => {
    const quiet = [...rounds('....xxxxxxxxxx'), ...rounds('....', 'busan')];
    expect(stateOf(quiet, at(13))).toMatchObject({ state: 'down' });
    expect(stateOf(quiet, at(13), CANARIES)).toEqual({ component: CANARIES, state: 'slow', since: at(3) });
    expect(stateOf(rounds('....'), at(13), CANARIES)).toEqual({
      component: CANARIES,
      state: 'down',
      since: at(3),
    });
    expect(stateOf(rounds('....'), at(4), CANARIES)).toMatchObject({ state: 'works' });
  });

  it('miss a canary that should speak and never did', () => {
    const states = componentStates([], at(0), THRESHOLDS, ['seoul']);
    expect(states).toEqual([{ component: CANARIES, state: 'down', since: null }]);
  });
});
