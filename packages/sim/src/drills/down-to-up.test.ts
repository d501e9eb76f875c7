import { expect, it } from 'vitest';
import { ratioOf } from './down-to-up.ts';

it('tells a ratio closely where rounds agree, and says where they do not', () => {
  const calm = ratioOf([1, 1.02, 0.98, 1.01, 0.99, 1.03, 0.97, 1, 1.01]);
  expect(calm.value).toBe(1);
  expect(calm.isClose).toBe(true);
  const restless = ratioOf([0.4, 2.5, 1, 0.7, 1.6, 0.9, 3, 0.5, 1.2]);
  expect(restless.isClose).toBe(false);
  expect(restless.low).toBeLessThan(1);
  expect(restless.high).toBeGreaterThan(1.1);
});

it('lets no slower half pass for want of rounds that agree', () => {
  expect(ratioOf([1.5, 1.6, 1.4, 1.7, 1.5, 1.3, 1.8]).low).toBeGreaterThan(1.1);
});
