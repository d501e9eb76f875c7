import type { DeviceKey } from '../storage/device-key.ts';

/** A certificate as the issuer judges it: `entitle().all` of the rules, shown on the wallet's certificate page. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly rule: string;
  readonly admissionClass: number;
  readonly standing: 'valid' | 'ended' | 'not-yet';
  readonly from: number | null;
  readonly until: number | null;
  readonly why: { readonly key: string; readonly parameters: Readonly<Record<string, string | number>> };
}

/** Who is enrolled at the issuer. Kept on this phone only. */
export interface Enrolment {
  /** Secret that renews passes. */
  readonly enrolment: string;
  /** Base64url nonce of the next batch. */
  readonly nonce: string;
  readonly person: { readonly name: string; readonly birthDate: string };
  readonly hint: number;
  readonly certificates: readonly IssuedCertificate[];
  /** Seconds; null before the first batch. */
  readonly renewAfter: number | null;
}

/** A pass with its holder key, as kept on the phone. */
export interface HeldPass {
  readonly id: number;
  readonly pass: Uint8Array;
  readonly key: DeviceKey;
  /** Secret by which this phone alone learns that the pass was resolved in a case. */
  readonly notice: Uint8Array;
  readonly kid: Uint8Array;
  readonly expiresAt: number;
  readonly admissionClass: number;
  readonly hint: number;
  readonly until: number | null;
  readonly shownAt: number | null;
}

/** Keys made for a batch, and what proves to the issuer that this phone has them. */
export interface PreparedBatch {
  readonly keys: readonly DeviceKey[];
  readonly request: readonly { readonly key: string; readonly proof: string }[];
}

/** What the issuer answers to a batch. Bytes as base64url. */
export interface IssuedBatch {
  readonly passes: readonly { readonly pass: string; readonly notice: string }[];
  readonly renewAfter: number;
  readonly nonce: string;
  readonly certificates: readonly IssuedCertificate[];
}

export interface DiaryNote {
  readonly id: number;
  /** Seconds. */
  readonly at: number;
  readonly place: string;
}

/** A visit written by a venue's poster, until the register has it for good. Bytes as base64url, as they are sent. */
export interface KeptVisit {
  /** Drawn for this visit alone: the register takes it once. */
  readonly visit: string;
  /** The poster's code as it was scanned. */
  readonly code: string;
  /** Seconds. */
  readonly at: number;
  readonly dayKeyId: number;
  /** Who it was, sealed. */
  readonly box: string;
  /** True where the register will never take it; it stays to be told of, as long as the diary. */
  readonly refused: boolean;
  /** When the register is told once more (milliseconds of the wall clock); null until it has answered. */
  readonly again: number | null;
}

/** A code to draw. */
export interface Shown {
  readonly text: string;
  readonly pass: HeldPass;
  readonly lane: 0 | 1;
  /** True where every pass was shown already and this one stands again. */
  readonly reused: boolean;
  /** True where this is the first code of a new showing. */
  readonly isNew: boolean;
}

/** A provider at whose own page people sign in. */
export interface SignInProvider {
  readonly name: string;
  readonly title: { readonly ko: string; readonly en: string };
}

/** The issuer's answer to a wallet that asks for its turn. */
export type QueuePlace =
  | { readonly state: 'go' }
  | {
      readonly state: 'wait';
      readonly place: number;
      /** Null where nothing honest can be said yet. */
      readonly waitSeconds: number | null;
      readonly askAgainSeconds: number;
    };
