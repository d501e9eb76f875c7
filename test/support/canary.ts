import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

/** One line of a canary's standard output. */
export interface Observed {
  readonly canary: string;
  readonly sequence: number;
  readonly at: number;
  readonly seen: readonly {
    readonly component: string;
    readonly door: string;
    readonly state: string;
    readonly step: string;
    readonly ms: number;
  }[];
}

/** How a component stood in an observation, or undefined. */
export const stateOf = ({ seen }: Observed, component: string): string | undefined =>
  seen.find((one) => one.component === component)?.state;

/** A canary that looks in a process of its own. */
export interface RunningCanary {
  readonly observed: Observed[];
  /** The next observation from now on for which something holds. */
  until(holds: (one: Observed) => boolean, what: string): Promise<Observed>;
  /** A sentence that it said or says. */
  hear(what: RegExp): Promise<string>;
  /** Ends it by a signal; resolves to its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function startCanary(...args: readonly string[]): Promise<RunningCanary> {
  const script = await bundle(fileURLToPath(new URL('./canary-child.ts', import.meta.url)));
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const observed: Observed[] = [];
  const said: string[] = [];
  const lines = new EventEmitter();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    observed.push(JSON.parse(line) as Observed);
    lines.emit('observed', observed.at(-1));
  });
  createInterface({ input: child.stderr! }).on('line', (line) => {
    said.push(line);
    lines.emit('said', line);
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  /** The next line of a kind for which something holds. */
  const next = <T>(kind: string, holds: (one: T) => boolean, what: string): Promise<T> =>
    new Promise((done, fail) => {
      const finish = (result: T | Error) => {
        clearTimeout(late);
        lines.off(kind, look);
        if (result instanceof Error) fail(result);
        else done(result);
      };
      const look = (one: T) => void (holds(one) && finish(one));
      const missed = (why: string) => finish(new Error(`${why}: ${what}\n${said.join('\n')}`));
      const late = setTimeout(() => missed('It was not seen'), 30_000);
      lines.on(kind, look);
      void ended.then(() => missed('The canary ended'));
    });
  return {
    observed,
    until: (holds, what) => next('observed', holds, what),
    hear: async (what) =>
      said.find((line) => what.test(line)) ?? next<string>('said', (line) => what.test(line), String(what)),
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
