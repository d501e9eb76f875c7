import { fileURLToPath } from 'node:url';
import { type StageProcess, startProcess } from '../stage/index.ts';
import type { Flooded, Flooding } from './flood.ts';
import type { LadderTerms } from './ladder/terms.ts';
import type { CrowdReport, CrowdRequest, Phase, Pulse } from './messages.ts';
import type { Fetched, Fetching } from './wallets.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/crowd/process.js', import.meta.url));

/** A crowd as a drill sees it. */
export interface Crowd {
  readonly process: StageProcess;
  join(request: Omit<Extract<CrowdRequest, { ask: 'join' }>, 'ask'>): Promise<number>;
  /** Guests come for so long; resolves when the last of them has an answer. */
  arrive(phase: string, perSecond: number, seconds: number): Promise<Phase>;
  /** Nobody comes any more in the phase that runs. */
  enough(): Promise<void>;
  measure(verdicts: number, withinMs: number): Promise<readonly number[]>;
  pulse(): Promise<Pulse>;
  /** Every gate looks now what counts. */
  look(): Promise<void>;
  /** Phones that are behind fetch new passes: their owners are of another kind from now on. */
  renew(): Promise<void>;
  /** Wallets are enrolled, as on an ordinary day. */
  prepare(issuer: string, wallets: number, people: readonly string[]): Promise<number>;
  /** Wallets fetch passes; resolves when the last of them has its own or has given up. */
  fetch(asked: Fetching): Promise<Fetched>;
  flood(asked: Flooding): Promise<Flooded>;
  /** Guests begin to come by the other ways too. */
  ladder(terms: LadderTerms): Promise<void>;
  /** The register was put back to what it was before: who keeps calls is asked to tell of them again. */
  putBack(): Promise<void>;
  /** Nobody comes by the other ways any more; resolves when sheets are typed and all of it is answered. */
  ladderEnds(): Promise<void>;
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
    enough: () => ask({ ask: 'enough' }),
    measure: (verdicts, withinMs) => ask({ ask: 'measure', verdicts, withinMs }),
    pulse: () => ask({ ask: 'pulse' }),
    look: () => ask({ ask: 'look' }),
    renew: () => ask({ ask: 'renew' }),
    prepare: (issuer, wallets, people) => ask({ ask: 'prepare', issuer, wallets, people }),
    fetch: (asked) => ask({ ask: 'fetch', ...asked }),
    flood: (asked) => ask({ ask: 'flood', ...asked }),
    ladder: (terms) => ask({ ask: 'ladder', terms }),
    putBack: () => ask({ ask: 'put-back' }),
    ladderEnds: () => ask({ ask: 'ladder-ends' }),
    report: () => ask({ ask: 'report' }),
    end: () => process.kill(),
  };
}
