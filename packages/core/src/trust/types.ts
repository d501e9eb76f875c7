import type { FormatName, StepState } from '../gate/types.ts';
import type { Algorithm } from '../signing/index.ts';

/** A key that may sign passes. */
export interface TrustedKey {
  readonly format: FormatName;
  /** Hex for our own passes, base64 for EU certificates. */
  readonly keyId: string;
  /** SubjectPublicKeyInfo, DER: one array for the life of the trust, so that imports can be cached by identity. */
  readonly publicKey: Uint8Array;
  readonly algorithm: Algorithm | null;
  readonly issuer: string;
  /** Our own: 'pass', 'specimen'. EU: any of 'v', 't', 'r'; null means it may sign anything. */
  readonly usage: readonly string[] | null;
  /** Whole seconds; the key is trusted for passes read between the two. */
  readonly from: number | null;
  readonly until: number | null;
  readonly withdrawn: boolean;
}

/** What a verifier trusts. Compiled from a bundle, or from certificates given to `munjigi check`. */
export interface Trust {
  /** All keys of that id; several may share one (EU key ids are eight bytes of a hash). */
  keys(format: FormatName, keyId: string): readonly TrustedKey[];
  /** `ok` not on a list, `failed` on it, `unknown` no list for this issuer. Identifiers are lower-case hex of hashes. */
  revocation(format: FormatName, identifiers: readonly string[]): StepState;
  /** The daily instant of the pack on which passes may end; null where no pack is known. */
  readonly grid: PassGrid | null;
  /** When the bundle was issued, in seconds; null for keys that came by hand. */
  readonly issuedAt: number | null;
}

/** Passes end at local midnight of the zone (and tests at the policy's hour), so that an end is no fingerprint. */
export interface PassGrid {
  readonly timeZone: string;
}

/** One issuer key as the bundle carries it. `kid` is 1 or 2 bytes; `publicKey` is the 65-byte point. */
export interface IssuerEntry {
  readonly kid: Uint8Array;
  readonly issuer: string;
  readonly publicKey: Uint8Array;
  readonly usage: 'pass' | 'specimen';
  readonly from: number;
  readonly until: number;
  readonly withdrawn: boolean;
  /** A specimen-like pass (text, MJ1:…) that must verify under this key before a bundle is taken into use. */
  readonly canary: string;
}

/** A foreign issuer's key as the bundle carries it. */
export interface ForeignEntry {
  readonly format: FormatName;
  readonly keyId: string;
  readonly algorithm: Algorithm;
  readonly spki: Uint8Array;
  readonly country: string;
  readonly usage: readonly string[] | null;
  readonly from: number | null;
  readonly until: number | null;
}

/** The authority's public key for the subjects of one day (HPKE P-256); `spare` keys serve a week. */
export interface DayKey {
  /** Small number that an entry names it by. */
  readonly keyId: number;
  /** Local date of the pack, YYYY-MM-DD; for a spare, the Monday of its week. */
  readonly day: string;
  readonly spare: boolean;
  /** 65-byte point. */
  readonly publicKey: Uint8Array;
}

/** The trust bundle: everything a gate needs to decide alone. Signed, cached, last-known-good. */
export interface Bundle {
  readonly version: 1;
  readonly rootVersion: number;
  readonly sequence: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly issuers: readonly IssuerEntry[];
  readonly foreign: readonly ForeignEntry[];
  /** Hashes (16 bytes) of withdrawn foreign certificates, by format. */
  readonly withdrawn: Readonly<Partial<Record<FormatName, readonly Uint8Array[]>>>;
  readonly dayKeys: readonly DayKey[];
  /** Keys that sign receipts: kid (hex) and 65-byte point. */
  readonly registerKeys: readonly { readonly kid: Uint8Array; readonly publicKey: Uint8Array }[];
  /** Front doors for uploads and mirrors for documents: absolute or root-relative addresses. */
  readonly endpoints: { readonly register: readonly string[]; readonly mirrors: readonly string[] };
  /** The policy pack as JSON (see rules/pack.ts). */
  readonly pack: unknown;
  /** The newest head of the public log that two bodies signed, in its short form (log/head.ts); null for none yet. */
  readonly logHead: Uint8Array | null;
  /** What was added since the first bundles; absent in those. Readers skip names that they do not know. */
  readonly parts?: BundleParts;
}

/** Named parts of a bundle. */
export interface BundleParts {
  /** Line keys of every body (65-byte points), the newest first: who may write into the public log. */
  readonly bodies?: ReadonlyMap<string, readonly Uint8Array[]>;
  /** Officers of every body, with the times between which each may act. */
  readonly officers?: readonly OfficerEntry[];
  readonly log?: LogEntry;
  /** Front doors of issuers, by the issuer's name: absolute or root-relative addresses. */
  readonly doors?: ReadonlyMap<string, readonly string[]>;
}

/** A passkey by which an officer of a body acts. */
export interface OfficerEntry {
  readonly body: string;
  readonly role: 'owner' | 'staff' | 'inspector' | 'officer' | 'operator';
  readonly credentialId: Uint8Array;
  /** SubjectPublicKeyInfo of 91 bytes, or a 65-byte point. */
  readonly publicKey: Uint8Array;
  /** Seconds; `until` is null while there is no end. */
  readonly from: number;
  readonly until: number | null;
}

/** The public log: its name and key, and its newest head with the signatures of other bodies. */
export interface LogEntry {
  readonly origin: string;
  readonly key: Uint8Array;
  readonly head: Uint8Array | null;
  readonly cosignatures: readonly Uint8Array[];
}

/** The small signed document that goes ahead of the bundle: what counts right now. At most 1 kB. */
export interface Now {
  readonly version: 1;
  readonly sequence: number;
  readonly issuedAt: number;
  readonly validFrom: number;
  readonly validUntil: number;
  /** A notice of the pack's table, or null for the usual state. */
  readonly notice: string | null;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly status: 'provisional' | 'confirmed';
  /** Code of the pack's obligation table. */
  readonly obligation: string;
  readonly bundle: { readonly rootVersion: number; readonly sequence: number; readonly digest: Uint8Array };
  /** As in the bundle: the newest head of the public log that two bodies signed, in its short form. */
  readonly logHead: Uint8Array | null;
}

/** Threshold root: who may sign bundles. Changed only by a document signed by both the old and the new threshold. */
export interface Root {
  readonly version: number;
  readonly threshold: number;
  /** 65-byte points; their kid is the first 8 bytes of the key thumbprint. */
  readonly keys: readonly Uint8Array[];
  readonly delegates: readonly {
    readonly publicKey: Uint8Array;
    readonly from: number;
    readonly until: number;
  }[];
  readonly issuedAt: number;
}

/** Exercise only: the signed clock that tells devices which moment is played. */
export interface StoryClock {
  readonly version: 1;
  readonly sequence: number;
  /** Instant of the story, in milliseconds, at the instant `realMs` of the machine that runs it. */
  readonly storyMs: number;
  readonly realMs: number;
  /** Story seconds per real second; 1 in the demonstration. */
  readonly rate: number;
}
