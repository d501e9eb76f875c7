import { describe, expect, it } from 'vitest';
import { StillHeld } from './still-held.ts';

describe('a code that was read', () => {
  it('does not open again when staff go back while it still lies before the camera', () => {
    let now = 0;
    const held = new StillHeld(() => now);
    expect(held.isSeenAgain('one')).toBe(false);
    now = 60_000;
    held.lookedAway();
    for (let look = 0; look < 50; look++) {
      now += 200;
      expect(held.isSeenAgain('one')).toBe(true);
    }
  });

  it('is read when it is shown anew, and another one at once', () => {
    let now = 0;
    const held = new StillHeld(() => now);
    held.isSeenAgain('one');
    expect(held.isSeenAgain('other')).toBe(false);
    now += 5_000;
    expect(held.isSeenAgain('other')).toBe(false);
  });
});
