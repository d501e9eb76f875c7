import { describe, expect, it } from 'vitest';
import { CutOff } from './cut-off.ts';

describe('a device that reaches nobody', () => {
  it('knows it when register and mirrors are silent, since the later of the two', () => {
    const device = new CutOff();
    device.asked('mirrors', false, 100);
    device.asked('register', false, 101);
    expect(device.since, 'one try of the mirrors is no sign').toBeNull();
    device.asked('mirrors', false, 120);
    expect(device.since).toBe(101);
    device.asked('mirrors', false, 140);
    device.asked('register', false, 160);
    expect(device.since).toBe(101);
  });

  it('is not cut off while one of them answers, and no more once one does', () => {
    const device = new CutOff();
    for (const at of [1, 2, 3]) device.asked('register', false, at);
    expect(device.since).toBeNull();
    for (const at of [4, 5]) device.asked('mirrors', false, at);
    expect(device.since).toBe(4);
    device.asked('mirrors', true, 6);
    expect(device.since).toBeNull();
    device.asked('mirrors', false, 7);
    expect(device.since).toBeNull();
    device.asked('mirrors', false, 8);
    expect(device.since).toBe(7);
  });
});
