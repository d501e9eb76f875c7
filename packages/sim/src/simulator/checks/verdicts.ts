import type { GateTab, Seen } from '../world/gate/tab.ts';
import type { World } from '../world/world.ts';
import { drifts, isBelieved, isHonest } from './clocks.ts';
import { expected, type GateFacts, isSound } from './expected.ts';
import type { Visit } from './ledger.ts';

/** A disk of an old tablet is slow; a network that does not answer takes eight seconds to be given up. */
const LONGEST_VERDICT_MS = 3_000;
/** So far may the clocks of those who sign documents and receipts be apart. */
const SIGNERS_APART_MS = 10_000;
/** An entry whose time is so far from the truth is remarkable. */
const OFF_MS = 5_000;

/** Compares what a door said with what it had to say, at the instant at which it says it. */
export function judge(world: World, tab: GateTab, visit: Visit, seen: Seen): void {
  const { ledger, kernel } = world;
  const { decision } = seen;
  const { clocks } = tab.parts.device;
  visit.verdict = decision.verdict;
  visit.reason = decision.reason;
  visit.sameEntry = decision.sameEntry;
  visit.tookMs = tab.process.clocks.trueMs(seen.tookMs);
  kernel.note(visit.device, `${visit.kind} ${decision.verdict} ${decision.reason}`);
  ledger.reach(`said ${decision.reason}`);
  const facts = factsOf(world, tab, seen, visit.tookMs);
  visit.unsureMs = facts.clock?.uncertaintyMs ?? null;
  visit.answeredMs = kernel.nowMs;
  visit.wallAheadMs = clocks.aheadMs;
  visit.beliefs = ledger.clocksTold.beliefs({
    device: visit.device,
    page: tab.process.name,
    sinceMs: facts.trueMs,
    aheadMs: clocks.aheadMs,
  });
  checkClock(world, tab, visit, facts);
  const must = expected(visit, facts, ledger);
  const admitted = decision.verdict === 'admit';
  if (must.admit !== null && admitted !== must.admit)
    ledger.fail(
      `${visit.device}: ${visit.kind} was answered ${decision.verdict} ${decision.reason}, though ${must.because} (guest ${visit.number})`,
    );
  // Nothing that a verdict needs is further away than this device's own disk.
  if (visit.tookMs > LONGEST_VERDICT_MS) ledger.fail(`${visit.device}: a verdict took ${visit.tookMs} ms`);
}

function factsOf({ kernel, authority }: World, tab: GateTab, { instant }: Seen, tookMs: number): GateFacts {
  const use = tab.rules!.inUse!;
  const provedMs = 1000 * Math.max(use.bundle.issuedAt, use.now?.issuedAt ?? 0);
  // The gate looked at its clock when the code came.
  const trueMs = kernel.nowMs - tookMs;
  const clock = instant && { ms: instant.seconds * 1000, uncertaintyMs: instant.uncertaintySeconds * 1000 };
  const at = (clock?.ms ?? trueMs) / 1000;
  const { calendar, changeDay } = authority;
  const near = (clock?.uncertaintyMs ?? 0) / 1000 + 2;
  return {
    clock,
    trueMs,
    provedMs,
    wordAgeSeconds: (trueMs - provedMs) / 1000,
    withdrawn: new Set(use.bundle.issuers.flatMap(({ kid, withdrawn }) => (withdrawn ? [kid[0]!] : []))),
    today: calendar.dateOf(at),
    nearMidnight: calendar.dateOf(at - near) !== calendar.dateOf(at + near),
    changeDay,
  };
}

/** A clock may be wrong as its crystal and those who set it make it, and in no other way; a good one knows how wrong it is. */
function checkClock({ ledger }: World, tab: GateTab, visit: Visit, facts: GateFacts): void {
  const { clock, trueMs } = facts;
  const { clocksTold } = ledger;
  const page = tab.process.name;
  if (clock !== null && clocksTold.mustDistrust(visit.device, page, trueMs))
    ledger.fail(`${visit.device}: trusts a clock that was set, though nothing told it the time since`);
  clocksTold.looked(page, trueMs, clock !== null);
  if (clock === null) return;
  const { clocks } = tab.parts.device;
  const wrongMs = clock.ms - trueMs;
  if (!isBelieved(visit.beliefs, wrongMs))
    ledger.fail(
      `${visit.device}: its time is ${wrongMs} ms ahead, with a wall clock ${clocks.aheadMs} ms ahead`,
    );
  if (clock.ms + clock.uncertaintyMs < facts.provedMs - SIGNERS_APART_MS)
    ledger.fail(`${visit.device}: believes in a time ${facts.provedMs - clock.ms} ms before what was signed`);
  if (isSound(facts)) return;
  ledger.reach('a clock was wrong and did not know');
  ledger.wrongClock.set(visit.device, trueMs);
  if (isHonest(clocks))
    ledger.fail(`${visit.device}: a good clock is ${wrongMs} ms ahead and says ${clock.uncertaintyMs}`);
  if (!clocks.wasSet && clocksTold.has(visit.device)) ledger.reach('a clock drifted further than it knew');
}

/** The time in an entry is that of the gate's clock when it answered; of its wall clock, where it trusted none, and then it says so. */
export function checkEnteredAt({ ledger }: World, tab: GateTab, visit: Visit): void {
  const { device, answeredMs, wallAheadMs, beliefs, made, saved } = visit;
  for (const { counter, enteredAt, clockUnknown } of made) {
    const wrongMs = enteredAt * 1000 - answeredMs!;
    const isRight = clockUnknown ? Math.abs(wrongMs - wallAheadMs!) <= 1_500 : isBelieved(beliefs, wrongMs);
    if (!isRight) ledger.fail(`${device}: entry ${counter} says a time that is ${wrongMs} ms ahead`);
  }
  if (saved === null) return;
  const { clocks, deaths } = tab.parts.device;
  if (deaths > 0) ledger.reach('a device wrote on after its battery had died');
  if (drifts(clocks)) ledger.reach('a drifting gate judged and wrote an entry');
  if (Math.abs(wallAheadMs!) > OFF_MS) ledger.reach('an entry was written on a device whose clock was off');
  if (Math.abs(saved.enteredAt * 1000 - answeredMs!) > OFF_MS)
    ledger.reach('an entry says a time seconds away from the truth');
}
