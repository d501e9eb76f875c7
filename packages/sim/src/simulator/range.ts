import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { RunResult } from './run.ts';
import type { Plant } from './world/plants.ts';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

export interface RangeOptions {
  readonly from: number;
  readonly to: number;
  readonly plant: Plant | null;
  readonly big: boolean;
  readonly past?: boolean;
  readonly workers?: number;
  /** Told of each seed as it ends; true ends the range. */
  readonly onResult: (result: RunResult) => boolean | undefined;
}

/** What a worker is asked, and what it answers. */
export interface Asked {
  readonly seed: number;
  readonly plant: Plant | null;
  readonly big: boolean;
  readonly past: boolean;
}

/** Runs many seeds, each in one of a few processes: a process of its own for each core. */
export function runRange(options: RangeOptions): Promise<void> {
  const { from, to, plant, big, past = false, onResult } = options;
  let next = from;
  let ended = false;
  const one = () =>
    new Promise<void>((done, fail) => {
      const child = fork(WORKER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const ask = () => {
        if (ended || next > to) child.disconnect();
        else child.send({ seed: next++, plant, big, past } satisfies Asked);
      };
      child.on('message', (result: RunResult) => {
        if (!ended && onResult(result)) ended = true;
        ask();
      });
      child.on('error', fail);
      child.on('exit', (code) =>
        code === 0 ? done() : fail(new Error(`A worker ended with ${String(code)}.`)),
      );
      ask();
    });
  const workers = Math.min(options.workers ?? availableParallelism(), to - from + 1);
  return Promise.all(Array.from({ length: workers }, one)).then(() => {});
}
