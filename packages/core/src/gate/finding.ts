import type { ReasonCode } from '../reasons.ts';
import type { Parameters } from '../rules/pack.ts';
import type { CheckWord } from './types.ts';

/** What one judgement comes to, before it is written out as a decision. */
export interface Finding {
  readonly reason: ReasonCode;
  readonly parameters?: Parameters;
  readonly check?: CheckWord;
  readonly sameEntry?: boolean;
  /** True where the code itself was found good for this door today. */
  readonly entitled?: boolean | null;
  /** The class ended, the pass did not: the grace of ended proofs covers it. */
  readonly classEnded?: boolean;
}
