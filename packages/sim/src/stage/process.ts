import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program of a stage: started, told to end, killed or slowed by its number. */
export interface StageProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** The last lines that it wrote on standard error. */
  readonly errors: readonly string[];
  /** Resolves when it has ended, to its exit code or signal. */
  readonly ended: Promise<number | string | null>;
  readonly isRunning: boolean;
  signal(signal: NodeJS.Signals): void;
  /** Ends it the hard way, as a power cut does. */
  kill(): Promise<void>;
  /** Asks it to end, and waits. */
  stop(): Promise<number | string | null>;
  /**
   * Lets it run a part (0 to 1) of the time only, in slices of 20 ms: a small machine, on whatever machine this is. 1 is the whole.
   */
  slow(part: number): void;
}

export interface StartOptions {
  readonly as?: { readonly uid?: number; readonly gid?: number };
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly channel?: boolean;
  /** True for the line of standard output that says that it is ready; without it nobody waits. */
  readonly ready?: (line: string) => boolean;
}

const SLICE_MS = 20;
const READY_MS = 90_000;
const running = new Set<ChildProcess>();
// A drill that is broken off leaves nothing behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program and waits until it is ready. Throws with its last words where it ends before. */
export async function startProcess(
  command: string,
  args: readonly string[],
  { as = {}, cwd, env, channel = false, ready }: StartOptions = {},
): Promise<StageProcess> {
  const child = spawn(command, [...args], {
    ...as,
    ...(cwd === undefined ? {} : { cwd }),
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? (['ipc'] as const) : [])],
  });
  running.add(child);
  const errors: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    errors.push(line);
    if (errors.length > 60) errors.shift();
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return (code ?? signal) as number | string | null;
  });
  const out = createInterface({ input: child.stdout! });
  if (ready)
    await new Promise<void>((done, fail) => {
      const late = setTimeout(() => fail(new Error(`${command} was not ready in time.`)), READY_MS);
      out.on('line', (line) => {
        if (!ready(line)) return;
        clearTimeout(late);
        done();
      });
      void ended.then((code) => {
        clearTimeout(late);
        fail(new Error(`${command} ended with ${String(code)}: ${errors.slice(-8).join('\n')}`));
      });
    });
  else out.on('line', () => {});

  let slicing: NodeJS.Timeout | null = null;
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals) => void (isRunning() && child.kill(name));
  const wake = () => {
    if (slicing) clearInterval(slicing);
    slicing = null;
    signal('SIGCONT');
  };
  void ended.then(wake);
  return {
    pid: child.pid!,
    child,
    errors,
    ended,
    get isRunning() {
      return isRunning();
    },
    signal,
    async kill() {
      wake();
      signal('SIGKILL');
      await ended;
    },
    async stop() {
      wake();
      signal('SIGTERM');
      return ended;
    },
    slow(part) {
      wake();
      if (part >= 1) return;
      slicing = setInterval(() => {
        signal('SIGCONT');
        setTimeout(() => slicing && signal('SIGSTOP'), SLICE_MS * part);
      }, SLICE_MS);
    },
  };
}
