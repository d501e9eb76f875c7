import type { Crowd } from '../crowd/index.ts';

/** Asks whether every gate of a crowd shows a notice; null is none. */
export const allShow =
  (crowd: Crowd, notice: string | null): (() => Promise<boolean>) =>
  async () =>
    (await crowd.report()).notices.every((shown) => shown === notice);
