import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BrokenOff, Failed } from './failing.ts';
import type { Running } from './record.ts';

/** How long a command has to end by itself once it was asked to. */
const GRACE_MS = 5_000;

/** The command begins once its process stands in the record: a run that is killed in between has begun nothing. */
const WHEN_KNOWN = 'read -r _ && exec /bin/sh -c "$1" </dev/null';

/** State and start of a process as Linux tells them; null where it is not told. */
function statOf(pid: number): { readonly state: string; readonly began: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold spaces and brackets itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', began: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** True while a process of an earlier run still works. */
export function isStillRunning({ pid, began }: Running): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' && began === null;
  }
  const stat = statOf(pid);
  return stat === null || (stat.state !== 'Z' && (began === null || stat.began === began));
}

export interface WorkParts {
  readonly node: string;
  readonly address: string;
  readonly place: string;
  readonly boundMs: number;
  readonly signal: AbortSignal;
  /** Told of the process once there is one, and null when it has ended. */
  readonly running: (running: Running | null) => Promise<void>;
}

/**
 * Runs a command by sh, what it prints goes to standard error. Throws `Failed` where it fails or takes too long, `BrokenOff` where this
 * run is ended; the command and what it started are ended then.
 */
export async function runWork(command: string, parts: WorkParts): Promise<void> {
  const { node, address, place, boundMs, signal } = parts;
  if (signal.aborted) throw new BrokenOff();
  const child = spawn('/bin/sh', ['-c', WHEN_KNOWN, 'sh', command], {
    // A group of its own, so that all of it can be ended, and Ctrl-C comes to us alone.
    detached: true,
    cwd: place,
    stdio: ['pipe', process.stderr.fd, process.stderr.fd],
    env: { ...process.env, MUNJIGI_NODE: node, MUNJIGI_ADDRESS: address },
  });
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, by) => done(code === 0 ? '' : by === null ? `exit ${code}` : `ended by ${by}`));
  });
  const { pid } = child;
  child.stdin?.on('error', () => {});
  if (pid !== undefined) await parts.running({ pid, began: statOf(pid)?.began ?? null });
  child.stdin?.end('\n');
  const killGroup = (name: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) process.kill(-pid, name);
    } catch {
      // It has ended.
    }
  };
  let cut: 'late' | 'broken' | null = null;
  const timers: NodeJS.Timeout[] = [];
  const end = (why: 'late' | 'broken') => {
    cut ??= why;
    killGroup('SIGTERM');
    timers.push(setTimeout(() => killGroup('SIGKILL'), GRACE_MS));
  };
  const onAbort = () => end('broken');
  timers.push(setTimeout(() => end('late'), boundMs));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const said = await ended;
  for (const timer of timers) clearTimeout(timer);
  signal.removeEventListener('abort', onAbort);
  await parts.running(null);
  if (cut === 'broken') throw new BrokenOff();
  if (cut === 'late') throw new Failed(`the command took longer than ${boundMs / 1000} seconds`);
  if (said !== '') throw new Failed(`the command failed (${said})`);
}

/** Waits for a person. Throws `Failed` where they say anything but Enter, `BrokenOff` where nobody is there any more. */
export function askPerson(
  question: string,
  { signal }: Pick<WorkParts, 'signal'>,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<void> {
  process.stderr.write(`${question}\n`);
  return new Promise((done, fail) => {
    const lines = createInterface({ input });
    const end = (result: Error | null) => {
      signal.removeEventListener('abort', onAbort);
      lines.removeAllListeners('close').close();
      if (result) fail(result);
      else done();
    };
    const onAbort = () => end(new BrokenOff());
    lines.once('line', (line) => end(line.trim() === '' ? null : new Failed('whoever worked on it said so')));
    lines.once('close', () => end(new BrokenOff()));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
