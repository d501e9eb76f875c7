/**
 * A crowd of gates and guests in a process of its own, asked over its channel. Guests come at random instants that nobody's
 * answer delays (open loop).
 */

import { rulesAge } from '@munjigi/core/rules';
import { flood } from './flood.ts';
import { CrowdGate } from './gate.ts';
import { mustAt, wrongIn } from './guests.ts';
import { Ladder } from './ladder/ladder.ts';
import type { CrowdReport, CrowdRequest, Phase, Pulse } from './messages.ts';
import { ProcessorWaits } from './processor.ts';
import { seeded } from './random.ts';
import { type Arrival, Visitors } from './visitors.ts';
import { Wallets } from './wallets.ts';

const gates: CrowdGate[] = [];
let visitors: Visitors | null = null;
let ladder: Ladder | null = null;
let random = seeded(1);
const wallets = new Wallets(seeded(2));
let answered = 0;
let isEnough = false;

const FOR_WANT_OF_A_SERVER = new Set(['rules-too-old', 'issuer-unknown', 'proof-not-loaded', 'clock-gate']);
const seconds = (gate: CrowdGate): number => (gate.rules.clock.estimate()?.ms ?? Date.now()) / 1000;

async function join(request: Extract<CrowdRequest, { ask: 'join' }>): Promise<number> {
  random = seeded(request.seed);
  for (const terms of request.gates) gates.push(await CrowdGate.join(terms, random));
  visitors = new Visitors(request.issuer, random, request.guests);
  await visitors.fetch(request.wallets, request.passesEach);
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
    lateMs: [] as number[],
  };
  const one = async ({ text, kind, gate }: Arrival, intended: number): Promise<void> => {
    const at = seconds(gates[gate]!);
    const visit = await gates[gate]!.visit(text, true, intended);
    answered += 1;
    result.wanted += 1;
    result.verdictMs.push(visit.verdictMs);
    const wrong = wrongIn(kind, visit, at);
    if (wrong !== null && FOR_WANT_OF_A_SERVER.has(visit.reason)) result.refusedForServer += 1;
    else if (wrong !== null) result.wrong.push(wrong);
    if (visit.verdict !== 'admit') return;
    result.admitted += 1;
    if (visit.savedMs !== null) {
      result.saved += 1;
      result.savedMs.push(visit.savedMs);
    } else if (mustAt(kind, at).every(({ entry }) => entry)) result.notSaved += 1;
  };
  isEnough = false;
  const begun = performance.now();
  const under: Promise<void>[] = [];
  let next = 0;
  for (;;) {
    next += (-Math.log(1 - random()) / perSecond) * 1000;
    if (isEnough || next > forSeconds * 1000) break;
    // A guest has the code open before it is their turn.
    const arrival = await visitors!.next(seconds(gates[0]!), gates.length);
    const intended = begun + next;
    const wait = intended - performance.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    result.lateMs.push(Math.max(0, performance.now() - intended));
    under.push(one(arrival, intended));
  }
  await Promise.all(under);
  return result;
}

/** A verdict for which a thread had to wait longer for a processor tells of what else this machine does; milliseconds. */
const DISTURBED_MS = 0.1;

/**
 * Verdicts alone, one after the other, nothing written: how long each took, until there are enough or the time is over. Those that were
 * disturbed count where there are hardly any others.
 */
async function measure(verdicts: number, withinMs: number): Promise<number[]> {
  const codes = await visitors!.codes(50, seconds(gates[0]!));
  const waits = new ProcessorWaits();
  const [took, disturbed]: [number[], number[]] = [[], []];
  const until = performance.now() + withinMs;
  for (let one = 0; took.length < verdicts && performance.now() < until; one++) {
    const before = waits.ms();
    const { verdictMs } = await gates[one % gates.length]!.visit(codes[one % codes.length]!, false);
    (waits.ms() - before < DISTURBED_MS ? took : disturbed).push(verdictMs);
  }
  waits.close();
  return took.length < disturbed.length / 4 ? [...took, ...disturbed] : took;
}

const pulse = (): Pulse => ({
  answered,
  written: gates.reduce((sum, gate) => sum + gate.written.length, 0),
  waiting: gates.reduce((sum, gate) => sum + gate.waiting, 0),
});

const report = (): CrowdReport => ({
  ledgers: gates.map((gate) => gate.ledger()),
  ways: ladder?.ledgers() ?? [],
  seenByEye: ladder?.seenByEye ?? 0,
  waysWrong: [...new Set(ladder?.wrong ?? [])],
  receiptMs: gates.flatMap((gate) => gate.receiptMs),
  receiptedAt: gates.flatMap((gate) => gate.receiptedAt),
  regressions: gates.reduce((sum, gate) => sum + gate.regressions, 0),
  failures: counted(gates.flatMap(({ failures }) => [...failures])),
  told: gates.map((gate) => Object.fromEntries(gate.told)),
  said: [
    ...new Map(
      gates.flatMap((gate) => [...gate.said.values()]).map((one) => [JSON.stringify(one), one]),
    ).values(),
  ],
  problems: [...new Set(gates.flatMap((gate) => gate.rules.problem ?? []))],
  ages: gates.map(({ rules }) => (rules.policy ? rulesAge(rules.policy, rules.ageSeconds() ?? 0) : null)),
  bundles: gates.map((gate) => gate.rules.inUse?.bundle.sequence ?? null),
  notices: gates.map((gate) => gate.rules.inUse?.now?.notice ?? null),
  wordAges: gates.map((gate) => seconds(gate) - (gate.rules.inUse?.now?.issuedAt ?? 0)),
});

function counted(all: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [code, times] of all) sums[code] = (sums[code] ?? 0) + times;
  return sums;
}

async function answer(request: CrowdRequest): Promise<unknown> {
  switch (request.ask) {
    case 'join':
      return join(request);
    case 'arrive':
      return arrive(request.phase, request.perSecond, request.seconds);
    case 'enough':
      isEnough = true;
      return null;
    case 'measure':
      return measure(request.verdicts, request.withinMs);
    case 'pulse':
      return pulse();
    case 'look':
      return Promise.all([ladder?.look(), ...gates.map((gate) => gate.rules.refresh())]).then(() => null);
    case 'renew':
      return visitors!.renew();
    case 'prepare':
      return wallets.prepare(request.issuer, request.wallets, request.people);
    case 'fetch':
      return wallets.fetch(request);
    case 'flood':
      return flood(request);
    case 'ladder':
      ladder = await Ladder.open(request.terms, gates, seeded(3));
      return null;
    case 'put-back':
      return ladder?.putBack();
    case 'ladder-ends':
      return ladder?.end();
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
