import type { GateLedger, GateTerms } from './gate.ts';

/** What a drill asks of its crowd. */
export type CrowdRequest =
  | {
      readonly ask: 'join';
      readonly seed: number;
      readonly gates: readonly GateTerms[];
      readonly issuer: string;
      readonly wallets: number;
      readonly passesEach: number;
      readonly endedIssuedAt: number;
    }
  | { readonly ask: 'arrive'; readonly phase: string; readonly perSecond: number; readonly seconds: number }
  | { readonly ask: 'measure'; readonly verdicts: number }
  | { readonly ask: 'nudge' }
  | { readonly ask: 'look' }
  | { readonly ask: 'report' };

/** What one phase of arrivals came to. */
export interface Phase {
  readonly phase: string;
  readonly wanted: number;
  readonly admitted: number;
  /** Answers that were not the right ones for their codes, with what was said instead. */
  readonly wrong: readonly string[];
  /** Guests whom the gate could not answer because it lacked something that only a server has. */
  readonly refusedForServer: number;
  readonly saved: number;
  readonly notSaved: number;
  readonly verdictMs: readonly number[];
  readonly savedMs: readonly number[];
  /** Longest that an arrival was begun later than intended: the crowd's own machine was busy. */
  readonly lateMs: number;
}

export interface CrowdReport {
  readonly ledgers: readonly GateLedger[];
  readonly waiting: number;
  readonly receiptMs: readonly number[];
  readonly regressions: number;
  /** When each notice first stood on a screen, per gate: milliseconds. */
  readonly told: readonly Readonly<Record<string, number>>[];
  /** Rules by which fetched documents were refused, as they stand now. */
  readonly problems: readonly string[];
  /** Bundle sequence in use, per gate. */
  readonly bundles: readonly (number | null)[];
  readonly notices: readonly (string | null)[];
}
