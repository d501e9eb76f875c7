import { CLASSES, TOO_OLD_HOURS } from '../world/pack.ts';
import type { Ledger, Visit } from './ledger.ts';

/** What can be known, from outside, of a gate at the moment of a verdict. */
export interface GateFacts {
  /** Its own clock; null where it trusted none. */
  readonly clock: { readonly ms: number; readonly uncertaintyMs: number } | null;
  readonly trueMs: number;
  /** The newest signed word that it holds was signed then: it is not earlier. */
  readonly provedMs: number;
  /** Seconds since the newest signed word that it holds. */
  readonly wordAgeSeconds: number;
  /** Issuer keys that the bundle it holds says are withdrawn. */
  readonly withdrawn: ReadonlySet<number>;
  /** Local date by its own clock, and whether midnight is near enough that it may be another. */
  readonly today: string;
  readonly nearMidnight: boolean;
  readonly changeDay: string;
}

/** What the door has to say: let in, not let in, or either (the device could not know). */
export type Must = { readonly admit: boolean | null; readonly because: string };

const WINDOW = { behind: 45, ahead: 15, sameEntry: 180 };
const CAP_MS = 120_000;
const SHIFT_MS = 12 * 3_600_000;

const yes = (because: string): Must => ({ admit: true, because });
const no = (because: string): Must => ({ admit: false, because });
const either = (because: string): Must => ({ admit: null, because });

/** True where the gate's clock is as good as it says, to a second. */
export const isSound = ({ clock, trueMs }: GateFacts): boolean =>
  clock !== null && Math.abs(clock.ms - trueMs) <= clock.uncertaintyMs + 1_000;

/** Said again from the rules, not from the code that applies them. */
export function expected(visit: Visit, facts: GateFacts, ledger: Ledger): Must {
  const { kind, pass, drawnAt } = visit;
  if (kind === 'forged') return no('a letter was changed');
  if (kind === 'stranger') return no('nobody knows the issuer');
  if (facts.withdrawn.has(pass.kid)) return no('the issuer key was withdrawn');
  const { clock } = facts;
  if (clock === null) return no('the gate trusts no clock');
  if (clock.uncertaintyMs > CAP_MS) return no('the clock is too unsure');
  if (facts.wordAgeSeconds > TOO_OLD_HOURS * 3600 + 60 && isSound(facts)) return no('the rules are too old');

  // The drawing, by the gate's own clock.
  const offset = drawnAt - clock.ms / 1000;
  const unsure = clock.uncertaintyMs / 1000;
  if (offset < -WINDOW.behind - unsure - 1 || offset > WINDOW.ahead + unsure + 1) return no('an old drawing');
  if (offset < -WINDOW.behind - unsure + 1 || offset > WINDOW.ahead + unsure - 1)
    return either('at the edge');

  const at = clock.ms / 1000;
  if (Math.abs(at - pass.expiresAt) < 2) return either('at the end of the pass');
  if (at >= pass.expiresAt) return no('the pass has ended');
  if (!isSound(facts)) return either('the clock is wrong and nothing told the gate');

  const [before] = ledger
    .earlier(visit)
    .filter(
      ({ verdict, sameEntry, atMs }) => verdict === 'admit' && !sameEntry && visit.atMs - atMs < SHIFT_MS,
    )
    .sort((a, b) => b.atMs - a.atMs);
  const changed = pass.admissionClass === CLASSES.untilChange && facts.today >= facts.changeDay;
  if (pass.admissionClass === CLASSES.untilChange && facts.nearMidnight) return either('near midnight');
  if (before !== undefined) {
    const apart = (visit.atMs - before.atMs) / 1000;
    // By a clock that is wrong the shift may have ended, and with it the memory of who was here.
    if ((ledger.wrongClock.get(visit.device) ?? 0) >= before.atMs) return either('the shift may have ended');
    if (before.saved === null || before.withDevice) return either('shown before, and perhaps not kept');
    // The gate subtracts what its clock said then from what it says now, and may have been told the time in between.
    const unsureOfBoth = unsure + (before.unsureMs ?? 0) / 1000;
    if (Math.abs(apart - WINDOW.sameEntry) < unsureOfBoth + 5)
      return either('at the edge of the same showing');
    if (apart > WINDOW.sameEntry) return no('shown before');
  }
  if (changed) return no('this class does not count any more');
  // Rules that are nearly too old are counted by the latest that it may be.
  if (facts.wordAgeSeconds > (TOO_OLD_HOURS - 1) * 3600) return either('the rules are nearly too old');
  return yes('it is good');
}
