import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process that answers questions over its channel, and can be ended the hard way. */
export interface AskedProcess<Request> {
  /** Rejects with 'gone' when the process ends before it answers, else with the error's code. */
  ask<T>(request: Request): Promise<T>;
  kill(): Promise<void>;
  /** Lets it end by itself. */
  end(): Promise<void>;
  readonly pid: number;
}

interface Reply {
  readonly id: number;
  readonly error?: string;
  readonly answer?: unknown;
}

/** Starts a program that says `{id: 0}` once it is ready, and waits until then. */
export async function startAsked<Request extends object>(
  command: readonly string[],
): Promise<AskedProcess<Request>> {
  const [program, ...args] = command;
  const child: ChildProcess = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { done: (value: never) => void; fail: (error: Error) => void }>();
  let next = 1;
  let gone = false;
  const ready = new Promise<void>((done, fail) => waiting.set(0, { done: done as () => void, fail }));
  child.on('message', (reply: Reply) => {
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
