import type { Windows } from '../rules/pack.ts';
import type { DecisionContext, ForeignClaim, PassClaim } from './types.ts';

export interface Drawing {
  /** `static` for paper and foreign codes, which are never drawn anew. */
  readonly state: 'fresh' | 'stale' | 'static';
  /** Drawing time minus the gate's clock. */
  readonly offsetSeconds: number;
  /** A second, new drawing was off by as much as the one before: the visitor's clock is wrong. */
  readonly clockIsOff: boolean;
}

type Clocks = Pick<DecisionContext, 'instant' | 'lastDrawingOffsetSeconds' | 'lastDrawnAt'>;

/** Codes are drawn every 15 s and shown for a while: fresh drawings of one phone differ by no more than this. */
const SAME_OFFSET = 20;

/** Whether a code was drawn just now by the gate's clock, whose uncertainty widens the window on both sides. */
export function drawingOf(claim: PassClaim | ForeignClaim, windows: Windows, context: Clocks): Drawing {
  const { instant } = context;
  if (claim.kind === 'foreign' || claim.drawnAt === null || instant === null)
    return { state: 'static', offsetSeconds: 0, clockIsOff: false };
  const offsetSeconds = claim.drawnAt - instant.seconds;
  const widened = Math.max(0, instant.uncertaintySeconds);
  const behind = (claim.lane === 'slow' ? windows.slowBehind : windows.behind) + widened;
  if (offsetSeconds >= -behind && offsetSeconds <= windows.ahead + widened)
    return { state: 'fresh', offsetSeconds, clockIsOff: false };
  const last = context.lastDrawingOffsetSeconds;
  const isNew =
    context.lastDrawnAt === undefined ||
    context.lastDrawnAt === null ||
    context.lastDrawnAt !== claim.drawnAt;
  return {
    state: 'stale',
    offsetSeconds,
    clockIsOff: last !== null && isNew && Math.abs(offsetSeconds - last) <= SAME_OFFSET,
  };
}
