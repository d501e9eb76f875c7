import { describe, expect, it } from 'vitest';
import { Showing } from './showing.ts';

function held() {
  const clock = { ms: 0 };
  return { clock, showing: new Showing(() => clock.ms) };
}

describe('a code before the camera', () => {
  it('is judged once while it is held, however long', () => {
    const { clock, showing } = held();
    expect(showing.isHeld('A')).toBe(false);
    showing.isRedrawn('A', 'tag', 'valid');
    for (; clock.ms < 60_000; clock.ms += 200) expect(showing.isHeld('A')).toBe(true);
  });

  it('that only redraws itself says nothing new; with another answer it does', () => {
    const { clock, showing } = held();
    expect(showing.isRedrawn('A', 'tag', 'old-drawing')).toBe(false);
    clock.ms += 200;
    expect(showing.isRedrawn('B', 'tag', 'old-drawing')).toBe(true);
    expect(showing.isRedrawn('C', 'tag', 'valid')).toBe(false);
  });

  it('that was taken away and comes back is shown anew', () => {
    const { clock, showing } = held();
    showing.isRedrawn('A', 'tag', 'valid');
    clock.ms += 1_600;
    expect(showing.isHeld('A')).toBe(false);
    expect(showing.isRedrawn('A', 'tag', 'valid')).toBe(false);
  });

  it('that staff have answered for is no new question while the guest still holds it out, and one again afterwards', () => {
    const { clock, showing } = held();
    showing.isRedrawn('A', 'tag', 'ended');
    clock.ms += 20_000;
    showing.answered();
    clock.ms += 300;
    expect(showing.isRedrawn('B', 'tag', 'seen-before')).toBe(true);
    expect(showing.isRedrawn('C', 'other', 'valid')).toBe(false);
    showing.answered();
    clock.ms += 1_600;
    expect(showing.isRedrawn('D', 'other', 'seen-before')).toBe(false);
  });

  it('of another guest is never taken for the one before', () => {
    const { showing } = held();
    showing.isRedrawn('A', 'one', 'valid');
    expect(showing.isHeld('B')).toBe(false);
    expect(showing.isRedrawn('B', 'two', 'valid')).toBe(false);
    expect(showing.isRedrawn('not a pass', null, 'not-a-pass')).toBe(false);
    expect(showing.isRedrawn('other rubbish', null, 'not-a-pass')).toBe(false);
  });
});
