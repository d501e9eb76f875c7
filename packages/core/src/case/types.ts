/** The words of a lawful trace. Times are whole seconds since 1970; hashes are SHA-256, 32 bytes. */

/** Bodies that run a desk. */
export const BODIES = ['issuer', 'register', 'authority'] as const;
export type Body = (typeof BODIES)[number];

/** Who signs a case: the officer who opens it, and the officer of the other body who approves it. */
export const APPROVAL_ROLES = ['opener', 'approver'] as const;
export type ApprovalRole = (typeof APPROVAL_ROLES)[number];

/** The body whose officer signs in a role: never the same one twice. */
export const BODY_OF_ROLE = { opener: 'authority', approver: 'register' } as const satisfies Record<
  ApprovalRole,
  Body
>;

/** What may be traced, and until when: the exact thing that both officers sign (docs/protocol/case.cddl). */
export interface Case {
  /** 16 random bytes. */
  readonly id: Uint8Array;
  readonly venueId: number;
  /** Entries from this second to before `until`. */
  readonly from: number;
  readonly until: number;
  /** The law that allows it, in words. */
  readonly basis: string;
  readonly reason: string;
  /** Issuers that may be asked who a handle is. */
  readonly issuers: readonly string[];
  /** Most subjects that may be released. */
  readonly cap: number;
  readonly openedAt: number;
  readonly expiresAt: number;
  /** How long a visitor is taken to have stayed: entries say when somebody came, never when they left. */
  readonly dwellMinutes: number;
  /** Name of the policy pack in force. */
  readonly policy: string;
  /** The bundle in force when it was opened. */
  readonly bundle: { readonly rootVersion: number; readonly sequence: number };
}

/** One officer's passkey assertion over a case, as the browser gave it. Nothing is written anew. */
export interface Approval {
  readonly role: ApprovalRole;
  readonly body: Body;
  readonly credentialId: Uint8Array;
  readonly authenticatorData: Uint8Array;
  readonly clientDataJson: Uint8Array;
  /** ECDSA in DER, as authenticators write it. */
  readonly signature: Uint8Array;
  /** When the body took it in. */
  readonly at: number;
}

/** An officer's credential as the bundle lists it. */
export interface OfficerKey {
  readonly body: Body;
  readonly role: string;
  readonly credentialId: Uint8Array;
  /** The 65-byte point of a P-256 key, or its SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** In force from this second to before `until`; null where no end is set. */
  readonly from: number;
  readonly until: number | null;
}

/** Where a body's console stands: an assertion made anywhere else counts for nothing. */
export interface Console {
  /**
   * Exact, such as `https://register.example`; on one machine `http://register.localhost:*` stands for any port of it.
   */
  readonly origins: readonly string[];
  readonly rpId: string;
}

/** The register's word on what it let go. */
export interface Release {
  readonly caseHash: Uint8Array;
  /** Boxes that were released, and entries without a box beside them. */
  readonly count: number;
  readonly without: number;
  /** Entries that the venue itself had cancelled: counted, never released. */
  readonly cancelled: number;
  /** Entries whose layer key is gone, and entries whose stored box belongs to another place. */
  readonly keyMissing: number;
  readonly moved: number;
  /** Root over the released entries, in order. */
  readonly root: Uint8Array;
  readonly at: number;
  /** Sheets of paper that lay at the door on a day of the window and are not typed yet; 0 where it is not said. */
  readonly sheets?: number;
}

/** Handles of one issuer, as the authority logged them. */
export interface HandleSet {
  readonly issuer: string;
  readonly count: number;
  readonly root: Uint8Array;
}

/** The authority's word on what it found in the boxes. */
export interface Opening {
  readonly releaseHash: Uint8Array;
  /** 16 random bytes that go into every leaf, so that nobody who kept handles can try them against the log. */
  readonly salt: Uint8Array;
  readonly sets: readonly HandleSet[];
  /** Subjects that need no issuer, and entries set apart for want of a valid presence proof. */
  readonly direct: number;
  readonly apart: number;
  /** Boxes whose day key is gone, and boxes that do not open at their place. */
  readonly keyMissing: number;
  readonly moved: number;
  readonly at: number;
}

/** An issuer's word on how many handles it resolved. */
export interface Resolution {
  readonly openingHash: Uint8Array;
  readonly issuer: string;
  readonly asked: number;
  readonly found: number;
  readonly at: number;
}

/** Why a case does not stand. Each is one rule of this folder. */
export const CASE_PROBLEMS = [
  'structure',
  'approval-missing',
  'same-body',
  'same-credential',
  'officer-unknown',
  'officer-ended',
  'algorithm',
  'type',
  'challenge',
  'origin',
  'cross-origin',
  'rp-id',
  'user-present',
  'user-verified',
  'backup-eligible',
  'signature',
  'not-yet',
  'expired',
  'expiry-too-long',
  'window',
  'window-not-past',
  'window-outside-retention',
  'cap',
  'policy',
  'bundle',
] as const;
export type CaseProblem = (typeof CASE_PROBLEMS)[number];
