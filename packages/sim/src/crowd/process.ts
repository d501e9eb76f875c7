/**
 * A crowd of gates and guests in a process of its own, asked over its channel. Guests come at random instants that nobody's
 * answer delays (open loop).
 */

import { CrowdGate } from './gate.ts';
import type { CrowdReport, CrowdRequest, Phase } from './messages.ts';
import { seeded } from './random.ts';
import { MUST, Visitors } from './visitors.ts';

const gates: CrowdGate[] = [];
let visitors: Visitors | null = null;
let random = seeded(1);

const FOR_WANT_OF_A_SERVER = new Set(['rules-too-old', 'issuer-unknown', 'proof-not-loaded', 'clock-gate']);
const pick = (): CrowdGate => gates[Math.floor(random() * gates.length)]!;
const seconds = (gate: CrowdGate): number => (gate.rules.clock.estimate()?.ms ?? Date.now()) / 1000;

async function join(request: Extract<CrowdRequest, { ask: 'join' }>): Promise<number> {
  random = seeded(request.seed);
  for (const terms of request.gates) gates.push(await CrowdGate.join(terms, random));
  visitors = new Visitors(request.issuer, random);
  await visitors.fetch(request.wallets, request.passesEach, request.endedIssuedAt);
  for (const gate of gates) gate.open();
  return visitors.passes;
}

async function arrive(phase: string, perSecond: number, forSeconds: number): Promise<Phase> {
  const result = {
    phase,
    wanted: 0,
    admitted: 0,
    wrong: [] as string[],
    refusedForServer: 0,
    saved: 0,
    notSaved: 0,
    verdictMs: [] as number[],
    savedMs: [] as number[],
    lateMs: 0,
  };
  const one = async (): Promise<void> => {
    const gate = pick();
    const code = await visitors!.next(seconds(gate));
    const visit = await gate.visit(code.text);
    result.wanted += 1;
    result.verdictMs.push(visit.verdictMs);
    if (FOR_WANT_OF_A_SERVER.has(visit.reason)) result.refusedForServer += 1;
    else if (!MUST[code.kind](visit)) result.wrong.push(`${code.kind}: ${visit.verdict} ${visit.reason}`);
    if (visit.verdict !== 'admit') return;
    result.admitted += 1;
    if (visit.due && visit.counter === null) result.notSaved += 1;
    if (visit.savedMs !== null) {
      result.saved += 1;
      result.savedMs.push(visit.savedMs);
    }
  };
  const begun = performance.now();
  const under: Promise<void>[] = [];
  let next = 0;
  for (;;) {
    next += (-Math.log(1 - random()) / perSecond) * 1000;
    if (next > forSeconds * 1000) break;
    const wait = begun + next - performance.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    else result.lateMs = Math.max(result.lateMs, -wait);
    under.push(one());
  }
  await Promise.all(under);
  return result;
}

/** Verdicts alone, one after the other, nothing written: how long each took. */
async function measure(verdicts: number): Promise<number[]> {
  const took: number[] = [];
  for (let one = 0; one < verdicts; one++) {
    const gate = pick();
    const { text } = await visitors!.next(seconds(gate));
    took.push((await gate.visit(text, false)).verdictMs);
  }
  return took;
}

const report = (): CrowdReport => ({
  ledgers: gates.map((gate) => gate.ledger()),
  waiting: gates.reduce((sum, gate) => sum + gate.waiting, 0),
  receiptMs: gates.flatMap((gate) => gate.receiptMs),
  regressions: gates.reduce((sum, gate) => sum + gate.regressions, 0),
  told: gates.map((gate) => Object.fromEntries(gate.told)),
  problems: [...new Set(gates.flatMap((gate) => gate.rules.problem ?? []))],
  bundles: gates.map((gate) => gate.rules.use?.bundle.sequence ?? null),
  notices: gates.map((gate) => gate.rules.use?.now?.notice ?? null),
});

async function answer(request: CrowdRequest): Promise<unknown> {
  switch (request.ask) {
    case 'join':
      return join(request);
    case 'arrive':
      return arrive(request.phase, request.perSecond, request.seconds);
    case 'measure':
      return measure(request.verdicts);
    case 'nudge':
      for (const gate of gates) gate.nudge();
      return null;
    case 'look':
      return Promise.all(gates.map((gate) => gate.rules.look())).then(() => null);
    case 'report':
      return report();
  }
}

process.on('message', ({ id, ...request }: CrowdRequest & { id: number }) => {
  answer(request as CrowdRequest).then(
    (value) => process.send?.({ id, answer: value ?? null }),
    (error: unknown) => process.send?.({ id, error: (error as Error).stack ?? String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.stdout.write('ready\n');
