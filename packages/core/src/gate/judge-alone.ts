import { REASONS, type ReasonCode } from '../reasons.ts';
import type { Trust } from '../trust/types.ts';
import { keyStateAt } from './key-state.ts';
import type { CheckVerdict, Inspected, Step, StepState } from './types.ts';

/** How far a drawing may lie from now, in seconds, where no policy says otherwise. */
export const DRAWING_WINDOW = { behind: 45, slowBehind: 180, ahead: 15 } as const;

/** What is said of a code by itself: no venue, no rules of the day. */
export interface CodeVerdict {
  readonly verdict: CheckVerdict;
  readonly reason: ReasonCode;
  /** The steps of `inspected`, with `validity` and the time of the issuer's key judged at the clock. */
  readonly steps: Readonly<Record<Step, StepState>>;
}

/**
 * Judges a code alone at an instant (whole seconds): `admit` means a true, valid, unrevoked pass. The first finding in the
 * order of the steps is the reason, and a wrong signature does not hide the dates. Never throws.
 */
export function judgeAlone(inspected: Inspected, trust: Trust, at: number): CodeVerdict {
  const { claim, notBefore, notAfter } = inspected;
  const tooEarly = notBefore !== null && at < notBefore;
  const until =
    claim?.kind === 'pass' && claim.until !== null ? Math.min(claim.until, claim.expiresAt) : notAfter;
  const ended = until !== null && isOver(inspected, until, at);
  const outOfTime = inspected.steps.issuer === 'ok' && isOutOfTime(inspected, trust, at);
  const { validity } = inspected.steps;
  const steps: Record<Step, StepState> = {
    ...inspected.steps,
    issuer: outOfTime ? 'failed' : inspected.steps.issuer,
    validity: validity === 'not-reached' ? validity : tooEarly || ended ? 'failed' : 'ok',
  };
  const reason = inspected.reason ?? reasonAt({ tooEarly, ended, outOfTime, fresh: isFresh(inspected, at) });
  return { verdict: REASONS[reason].check, reason, steps };
}

/** What the clock says. The code's own dates come first: they are certain, whatever the issuer's key is good for. */
function reasonAt(
  found: Readonly<Record<'tooEarly' | 'ended' | 'outOfTime' | 'fresh', boolean>>,
): ReasonCode {
  if (found.tooEarly) return 'not-yet';
  if (found.ended) return 'ended';
  if (found.outOfTime) return 'issuer-unknown';
  return found.fresh ? 'ok' : 'old-drawing';
}

/** Our own passes end at their instant; EU verifiers still take the very second that `exp` names, and issuers count on it. */
const isOver = ({ format }: Inspected, until: number, at: number): boolean =>
  format === 'hcert' ? Math.floor(at) > until : at >= until;

/** True where the key that signed does not serve at that time; without knowing which one it was, where none of its id does. */
function isOutOfTime(inspected: Inspected, trust: Trust, at: number): boolean {
  const { key } = inspected;
  if (!key) return keyStateAt(inspected, trust, at) === 'out-of-time';
  return (key.from !== null && at < key.from) || (key.until !== null && at >= key.until);
}

/** True for a code drawn just now, and for one that is never drawn anew. */
function isFresh({ claim }: Inspected, at: number): boolean {
  if (claim?.kind !== 'pass' || claim.drawnAt === null) return true;
  const behind = claim.lane === 'slow' ? DRAWING_WINDOW.slowBehind : DRAWING_WINDOW.behind;
  return claim.drawnAt >= at - behind && claim.drawnAt <= at + DRAWING_WINDOW.ahead;
}
