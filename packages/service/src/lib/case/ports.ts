import type { Body, Console, OfficerKey } from '@munjigi/core/case';
import type { Bodies, LineSigner, PublicLog } from '@munjigi/core/log';
import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { IssuerEntry } from '@munjigi/core/trust';
import type { Clock } from '../../clock/index.ts';
import type { ResolveBody } from '../../contracts/index.ts';

/** A line of the public log with the proof that the log holds it. */
export interface LoggedLine {
  readonly line: Uint8Array;
  readonly receipt: Uint8Array;
}

/** What a desk reads out of the bundle in use, verified by itself. */
export interface CaseTrust {
  readonly rootVersion: number;
  readonly sequence: number;
  readonly officers: readonly OfficerKey[];
  readonly bodies: Bodies;
  /** 65-byte point of the key that signs heads and receipts of the public log. */
  readonly logKey: Uint8Array;
  readonly issuers: readonly IssuerEntry[];
}

/** What every desk has for its part in a case. */
export interface CaseParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly policy: Policy;
  /** Where each body's console stands: set by the operator of this desk, never taken from another desk. */
  readonly consoles: Readonly<Partial<Record<Body, Console>>>;
  /** Null while no bundle is known. */
  readonly trust: () => Promise<CaseTrust | null>;
  readonly log: PublicLog;
  readonly line: LineSigner;
  /** True for a tree that this desk knows to be the one that everybody sees; every tree is, where it keeps no watch. */
  readonly knowsTree?: (tree: { readonly size: number; readonly root: Uint8Array }) => Promise<boolean>;
  /**
   * True where another body's desk stands on another machine: what waits for it goes on by itself once it is back. Beside
   * each other, a step is asked for again.
   */
  readonly apart?: boolean;
  /** Told of what an operator should look at: a code, and nothing of the case. */
  readonly alarm?: (code: CaseAlarm) => void;
}

export type CaseAlarm =
  | 'case-refused'
  | 'case-quota'
  | 'case-over-cap'
  | 'case-unanswered'
  | 'case-nobody-on-call'
  | 'case-log'
  | 'case-housekeeping';

/** A case as the authority hands it to the register: signed by its opener, and logged. */
export interface OpenedCase {
  readonly case: Uint8Array;
  readonly opener: Uint8Array;
  readonly logged: LoggedLine;
}

/** What the register lets go. */
export interface ReleasedCase {
  readonly approver: Uint8Array;
  readonly approved: LoggedLine;
  readonly release: Uint8Array;
  readonly logged: LoggedLine;
  /** `encodeReleased` of core/case. */
  readonly entries: Uint8Array;
}

/** The register as the authority sees it. */
export interface RegisterCasePort {
  take(opened: OpenedCase): Promise<void>;
  /** Null while no officer of the register's body has approved. */
  released(caseId: Uint8Array): Promise<ReleasedCase | null>;
  /** The case has ended: what was kept for it is deleted. */
  end(caseId: Uint8Array): Promise<void>;
}

/** Who somebody is, as an issuer says it. */
export interface ResolvedPerson {
  readonly handle: Uint8Array;
  readonly name: string;
  readonly birthDate: string;
}

/** An issuer as the authority sees it; the request is the contract's own, so that desks apart send it as it is. */
export interface IssuerCasePort {
  /** @param how `again`: the one who asks proved to be the authority, and may have an answer once more that was lost */
  resolve(
    request: ResolveBody,
    how?: { readonly again: boolean },
  ): Promise<{
    readonly resolution: Uint8Array;
    readonly people: readonly ResolvedPerson[];
  }>;
}

/** Publishes the tags by which wallets learn that they were concerned. */
export type PublishTags = (day: string, tags: readonly Uint8Array[]) => Promise<void>;
