import type { ReasonCode } from '../reasons.ts';
import type { Algorithm } from '../signing/index.ts';
import type { TrustedKey } from '../trust/types.ts';

/** Formats of pass a gate can meet. One folder each, with the verbs parse, verify, describe (and issue on a subpath). */
export type FormatName = 'entry-pass' | 'hcert' | 'shc' | 'nzcp' | 'ddcc' | 'vds-nc' | 'vc-jwt';

export const STEPS = [
  'picture',
  'prefix',
  'decode',
  'inflate',
  'structure',
  'schema',
  'issuer',
  'signature',
  'keyUsage',
  'validity',
  'revocation',
] as const;

/** One thing to judge about a code. Every step whose input exists is judged, whatever failed before it. */
export type Step = (typeof STEPS)[number];

/** `unknown`: it could not be judged (no key, no list). `not-reached`: its bytes are missing. */
export type StepState = 'ok' | 'failed' | 'unknown' | 'not-reached';

/** What our own pass says, once parsed (protocol section C). Times are whole seconds since 1970. */
export interface PassClaim {
  readonly kind: 'pass';
  readonly form: 'live' | 'paper';
  /** One-hot admission class; 0 is entry only. */
  readonly admissionClass: number;
  /** 0 for none, else family initial * 32 + day of the month. */
  readonly hint: number;
  readonly expiresAt: number;
  /** End of the class, where it ends before the pass. */
  readonly until: number | null;
  /** When the code was drawn; null on paper. */
  readonly drawnAt: number | null;
  readonly lane: 'usual' | 'slow' | null;
  /** 16 bytes; with the issuer it names the pass. Never written to a disk outside a sealed box. */
  readonly handle: Uint8Array;
  readonly specimen: boolean;
  /** What a sealed subject of this scan holds; see `sealed`. */
  readonly subject: Subject;
}

/** What a foreign certificate says that a door may use. The name is read in memory for the hint and kept nowhere. */
export interface ForeignClaim {
  readonly kind: 'foreign';
  readonly format: FormatName;
  readonly identifier: string;
  readonly familyName: string | null;
  readonly birthDate: string | null;
  readonly country: string | null;
  readonly subject: Subject;
}

/** Who was here, before sealing (protocol section C, settled 7). */
export type Subject =
  | {
      readonly kind: 'pass';
      readonly kid: Uint8Array;
      readonly holderKey: Uint8Array;
      readonly drawnAt: number;
      readonly lane: 0 | 1;
      readonly signature: Uint8Array;
    }
  | { readonly kind: 'foreign'; readonly format: FormatName; readonly identifier: string }
  | { readonly kind: 'phone'; readonly number: string }
  | { readonly kind: 'safety-code'; readonly code: string }
  | { readonly kind: 'paper-pass'; readonly kid: Uint8Array; readonly handle: Uint8Array }
  | { readonly kind: 'sheet-line'; readonly line: string };

/** A code after reading and signature checks; nothing here depends on a clock. */
export interface Inspected {
  readonly format: FormatName | null;
  readonly scan: string;
  readonly steps: Readonly<Record<Step, StepState>>;
  /** The reason of the first step that failed, or null. Clock and rule reasons come from `decide`. */
  readonly reason: ReasonCode | null;
  readonly keyId: string | null;
  readonly algorithm: Algorithm | string | null;
  readonly issuer: string | null;
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly claim: PassClaim | ForeignClaim | null;
  /** The key that signed, or that should have, with the time it is trusted for; null where none is known. */
  readonly key?: TrustedKey | null;
  /** The decoded payload, for `munjigi check --payload`. */
  readonly payload: unknown;
}

/** What the door says. `refuse` exists only in `munjigi check`, about a code. */
export type DoorVerdict = 'admit' | 'another-proof' | 'cannot-tell';
export type CheckVerdict = 'admit' | 'refuse' | 'cannot-tell';

/** How a guest's proof was looked at, and how the entry was written down: always two things. */
export type CheckWord = 'scan' | 'eye' | 'verbal' | 'not-required' | 'not-made';
export type RecordWord = 'scan' | 'poster' | 'call' | 'paper' | 'typed' | 'none';

/** Everything `decide` may know besides the code. One value, so that a decision can be replayed. */
export interface DecisionContext {
  /** Best estimate of now in seconds, with its uncertainty; null where the gate has no clock it trusts. */
  readonly instant: { readonly seconds: number; readonly uncertaintySeconds: number } | null;
  /** Pessimistic age of the trust bundle in seconds; null where it cannot be told. */
  readonly bundleAgeSeconds: number | null;
  readonly venue: { readonly kind: string; readonly region: string };
  readonly party: 'unknown' | 'alone' | 'group';
  /** When this code was first accepted in this shift, in seconds; null the first time. */
  readonly seenBeforeAt: number | null;
  /** drawnAt minus now of the last code refused as an old drawing on this gate; null if none. */
  readonly lastDrawingOffsetSeconds: number | null;
  /** When that code was drawn: the same drawing shown again says nothing about the phone's clock. */
  readonly lastDrawnAt?: number | null;
  /** Staff tapped [same]: the hint agrees with the identity card. */
  readonly compared?: boolean;
  /** Staff tapped [same guest] on a code that was used here before: a second visit. */
  readonly sameGuest?: boolean;
  /** Code of the obligation in force (from the signed `now`); it may accept a spoken answer. */
  readonly obligation?: string | null;
  /** Until when the signed `now` vouches for that obligation, in seconds: an ended pass is never let in by an old word. */
  readonly obligationUntil?: number | null;
}

/** What staff can do next, in the order in which it helps. */
export type NextStep =
  | 'other-proof'
  | 'eye'
  | 'alone'
  | 'advised'
  | 'none'
  | 'same-guest'
  | 'hint-matches'
  | 'reopen'
  | 'verbal'
  | 'typed';

/** A verdict is a value. */
export interface Decision {
  readonly verdict: DoorVerdict;
  readonly reason: ReasonCode;
  /** Speakable support number of the reason, 101 to 399. */
  readonly number: number;
  /** Values for the texts of the reason: dates, minutes, hints; never a name. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** A second line, such as the days of grace. */
  readonly also: ReasonCode | null;
  readonly alsoParameters: Readonly<Record<string, string | number>>;
  /** What the entry will say of the check, if one is recorded now. */
  readonly check: CheckWord;
  /** False where nothing is to be recorded on this day (check-only), or where nothing was accepted. */
  readonly record: boolean;
  /** True where this is the same showing again: no second entry. */
  readonly sameEntry: boolean;
  /** To compare with an identity card; null where the pass has none. `initial` counts the pack's hint letters from 1. */
  readonly hint: { readonly initial: number; readonly day: number } | null;
  readonly compareHint: boolean;
  readonly next: readonly NextStep[];
  readonly evidence: Evidence;
}

/** The separate findings behind a verdict, each with its own state. */
export interface Evidence {
  readonly integrity: StepState;
  readonly issuer: StepState;
  readonly freshness: StepState;
  readonly revocation: StepState;
  readonly entitlement: StepState;
  readonly rule: string | null;
  readonly bundleAgeSeconds: number | null;
}
