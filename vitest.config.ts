import { defineConfig } from 'vitest/config';
import SlowFirst from './tools/slow-first.mjs';

// Tests read the TypeScript sources of every package through the `munjigi:source` export condition. Unit tests stand
// beside their source; tests of several parts together stand in test/, those with a real browser in test/browser.
// The second group starts after the first and runs two files at a time, what two cores can serve of browsers; the third follows it.
const source = {
  resolve: { conditions: ['munjigi:source'] },
  ssr: { resolve: { conditions: ['munjigi:source'], externalConditions: ['munjigi:source'] } },
};
// Several devices stand before each other here, and what one shows must be read while it is good: one file at a time.
const SEVERAL_DEVICES = ['gate-joining', 'console-trace', 'story'].map(
  (name) => `test/browser/${name}.test.ts`,
);
// Generous on purpose: a slow machine is no failure. What must be fast is measured by a bench.
const times = { testTimeout: 180_000, hookTimeout: 300_000, teardownTimeout: 10_000 };

export default defineConfig({
  test: {
    reporters: ['default', './tools/count-reporter.mjs'],
    // Three on two cores: what is tested here waits a good part of its time, for a lease to end or a gate to look again.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        ...source,
        test: {
          ...times,
          name: 'parts',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'test/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'test/start-*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...source,
        test: {
          ...times,
          name: 'whole',
          include: ['test/browser/*.test.ts', 'test/start-*.test.ts'],
          exclude: SEVERAL_DEVICES,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...source,
        test: {
          ...times,
          name: 'several devices',
          include: SEVERAL_DEVICES,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
