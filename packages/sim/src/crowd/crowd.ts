import { fileURLToPath } from 'node:url';
import { type StageProcess, startProcess } from '../stage/index.ts';
import type { CrowdReport, CrowdRequest, Phase } from './messages.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/crowd/process.js', import.meta.url));

/** A crowd as a drill sees it. */
export interface Crowd {
  readonly process: StageProcess;
  join(request: Omit<Extract<CrowdRequest, { ask: 'join' }>, 'ask'>): Promise<number>;
  /** Guests come for so long; resolves when the last of them has an answer. */
  arrive(phase: string, perSecond: number, seconds: number): Promise<Phase>;
  measure(verdicts: number): Promise<readonly number[]>;
  nudge(): Promise<void>;
  look(): Promise<void>;
  report(): Promise<CrowdReport>;
  end(): Promise<void>;
}

/** Starts a process for a crowd. */
export async function startCrowd(): Promise<Crowd> {
  const process = await startProcess(globalThis.process.execPath, [PROGRAM], {
    channel: true,
    ready: (line) => line === 'ready',
  });
  const waiting = new Map<number, { done: (value: never) => void; fail: (error: Error) => void }>();
  let next = 1;
  process.child.on('message', (reply: { id: number; answer?: unknown; error?: string }) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) asked?.done(reply.answer as never);
    else asked?.fail(new Error(reply.error));
  });
  void process.ended.then((code) => {
    for (const { fail } of waiting.values()) fail(new Error(`The crowd ended with ${String(code)}.`));
  });
  const ask = <T>(request: CrowdRequest): Promise<T> =>
    new Promise((done, fail) => {
      const id = next++;
      waiting.set(id, { done, fail });
      process.child.send({ ...request, id });
    });
  return {
    process,
    join: (request) => ask({ ask: 'join', ...request }),
    arrive: (phase, perSecond, seconds) => ask({ ask: 'arrive', phase, perSecond, seconds }),
    measure: (verdicts) => ask({ ask: 'measure', verdicts }),
    nudge: () => ask({ ask: 'nudge' }),
    look: () => ask({ ask: 'look' }),
    report: () => ask({ ask: 'report' }),
    end: () => process.kill(),
  };
}
