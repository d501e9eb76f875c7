import type { Flooding } from './flood.ts';
import type { GateLedger, GateTerms } from './gate.ts';
import type { GuestKind } from './guests.ts';
import type { LadderTerms, WayLedger } from './ladder/terms.ts';
import type { Told } from './told.ts';
import type { Fetching } from './wallets.ts';

/** What a drill asks of its crowd. */
export type CrowdRequest =
  | {
      readonly ask: 'join';
      readonly seed: number;
      readonly gates: readonly GateTerms[];
      readonly issuer: string;
      readonly guests: readonly GuestKind[];
      readonly wallets: number;
      readonly passesEach: number;
    }
  | { readonly ask: 'arrive'; readonly phase: string; readonly perSecond: number; readonly seconds: number }
  | { readonly ask: 'enough' }
  | { readonly ask: 'measure'; readonly verdicts: number; readonly withinMs: number }
  | { readonly ask: 'pulse' }
  | { readonly ask: 'look' }
  | { readonly ask: 'renew' }
  | {
      readonly ask: 'prepare';
      readonly issuer: string;
      readonly wallets: number;
      readonly people: readonly string[];
    }
  | ({ readonly ask: 'fetch' } & Fetching)
  | ({ readonly ask: 'flood' } & Flooding)
  | { readonly ask: 'ladder'; readonly terms: LadderTerms }
  | { readonly ask: 'put-back' }
  | { readonly ask: 'ladder-ends' }
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
  /** Guests who were let in and had to be written down, and were not. */
  readonly notSaved: number;
  /** From the instant at which a guest was to come, so a gate that is late is late. */
  readonly verdictMs: readonly number[];
  readonly savedMs: readonly number[];
  /** How much later than intended each arrival was begun: the crowd's own machine was busy. Part of what is above. */
  readonly lateMs: readonly number[];
}

/** How the crowd stands at one moment. */
export interface Pulse {
  readonly answered: number;
  readonly written: number;
  /** Entries without a receipt. */
  readonly waiting: number;
}

export interface CrowdReport {
  readonly ledgers: readonly GateLedger[];
  /** What guests of the other ways have done. */
  readonly ways: readonly WayLedger[];
  /** Entries that gates wrote after a look by eye; they stand in the gates' ledgers. */
  readonly seenByEye: number;
  /** What went wrong on the other ways, in a few words. */
  readonly waysWrong: readonly string[];
  readonly receiptMs: readonly number[];
  /** When receipts came; milliseconds of the machine's clock. */
  readonly receiptedAt: readonly number[];
  readonly regressions: number;
  /** How often calls of gates to the register failed, by the code of why. */
  readonly failures: Readonly<Record<string, number>>;
  /** When each notice first stood on a screen, per gate: milliseconds. */
  readonly told: readonly Readonly<Record<string, number>>[];
  /** Every different thing that any gate has said of a notice. */
  readonly said: readonly Told[];
  /** Rules by which fetched documents were refused, as they stand now. */
  readonly problems: readonly string[];
  /** Where the age of the rules stands on the pack's ladder, per gate. */
  readonly ages: readonly ('fresh' | 'ageing' | 'too-old' | null)[];
  /** Bundle sequence in use, per gate. */
  readonly bundles: readonly (number | null)[];
  readonly notices: readonly (string | null)[];
  /** Age of what counts now, per gate; seconds. */
  readonly wordAges: readonly number[];
}
