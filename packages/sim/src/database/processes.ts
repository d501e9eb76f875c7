import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Programs } from './programs.ts';

/** A program that we started, with the last of what it said. */
export interface Running {
  readonly pid: number;
  readonly said: () => string;
  readonly gone: () => boolean;
  /** Waits until it has ended. */
  readonly ended: Promise<void>;
}

const REMEMBERED = 40_000;

/** Starts a program as the user of the servers, in a folder of theirs. */
export function startProgram(
  programs: Programs,
  command: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Running {
  const [program, ...args] = command;
  const child: ChildProcess = spawn(program!, args, {
    ...(programs.user ?? {}),
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', HOME: folder, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-REMEMBERED);
  };
  child.stdout!.on('data', hear);
  child.stderr!.on('data', hear);
  const ended = once(child, 'exit').then(
    () => {},
    (error: unknown) => hear(Buffer.from(String(error))),
  );
  return {
    pid: child.pid ?? -1,
    said: () => said,
    gone: () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null,
    ended,
  };
}

/** Sends a signal; false where that process is no more. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return pid > 0 && process.kill(pid, name);
  } catch {
    return false;
  }
}

/** A process and everything that it started, from the kernel's own list. */
export function treeOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The second field is the program's name in brackets, and may hold anything.
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').pop()!.split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {}
  }
  const tree: number[] = [];
  for (const next = [pid]; next.length > 0; ) {
    const one = next.pop()!;
    tree.push(one);
    next.push(...(children.get(one) ?? []));
  }
  return tree;
}

/** Stops a process and all below it where they stand; nothing of it runs on. The processes, for `resume` or an end. */
export function freezeTree(pid: number): number[] {
  if (!signal(pid, 'SIGSTOP')) return [];
  const tree = treeOf(pid);
  for (const one of tree) signal(one, 'SIGSTOP');
  return tree;
}

/** Ends a process and all below it as a power cut does: at once, and none of them sees another go. */
export function endTree(pid: number): void {
  for (const one of freezeTree(pid)) signal(one, 'SIGKILL');
}

/** Asks until the answer is neither null nor false, at most so long. Errors count as no answer. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false> | T | null | false,
  withinMs = 60_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await Promise.resolve()
      .then(ask)
      .catch(() => null);
    if (answer !== null && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for: ${what}`);
    await new Promise((again) => setTimeout(again, 100));
  }
}
