import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import type { ChildReply, ChildRequest } from './register-child.ts';

type Without<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The register in a process that can be ended the hard way. */
export interface RegisterProcess {
  /** Rejects with 'gone' when the process ends before it answers, else with the error's code. */
  ask<T>(request: Without<ChildRequest>): Promise<T>;
  kill(): Promise<void>;
  /** Lets it end by itself. */
  end(): Promise<void>;
  readonly pid: number;
}

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the child and waits until it is ready.
 * @param before a shell line that runs in the child's place before it (limits); POSIX only
 */
export async function startRegister(args: readonly string[], before?: string): Promise<RegisterProcess> {
  const command = [process.execPath, await bundle(fileOf('./register-child.ts')), ...args];
  const [program, ...rest] =
    before === undefined ? command : ['/bin/sh', '-c', `${before}; exec "$@"`, 'sh', ...command];
  const child: ChildProcess = spawn(program!, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { done: (value: never) => void; fail: (error: Error) => void }>();
  let next = 1;
  let gone = false;
  const ready = new Promise<void>((done, fail) => waiting.set(0, { done: done as () => void, fail }));
  child.on('message', (reply: ChildReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) asked?.done(reply.answer as never);
    else asked?.fail(new Error(reply.error));
  });
  child.once('exit', () => {
    gone = true;
    for (const { fail } of waiting.values()) fail(new Error('gone'));
    waiting.clear();
  });
  await ready;
  return {
    pid: child.pid!,
    ask: (request) =>
      new Promise((done, fail) => {
        if (gone) return fail(new Error('gone'));
        const id = next++;
        waiting.set(id, { done, fail });
        child.send({ ...request, id }, (error) => error && fail(new Error('gone')));
      }),
    async kill() {
      if (gone) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async end() {
      if (gone) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
