import type { ForeignClaim, FormatName, PassClaim, StepState } from '../gate/types.ts';
import type { ReasonCode } from '../reasons.ts';
import type { Crypto } from '../signing/index.ts';
import type { PassGrid, Trust, TrustedKey } from '../trust/types.ts';

/** What the bytes alone tell. */
export type ByteSteps = Record<
  'prefix' | 'decode' | 'inflate' | 'structure' | 'schema' | 'validity',
  StepState
>;

/** What the keys tell. */
export type KeySteps = Record<'issuer' | 'signature' | 'keyUsage' | 'revocation', StepState>;

/** A code taken apart, no key used yet. `content` is null where too little could be read to go on. */
export interface Parsed<Content> {
  readonly steps: Readonly<ByteSteps>;
  readonly keyId: string | null;
  readonly algorithm: string | null;
  /** Whole seconds, as the pass says. */
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly content: Content | null;
}

/** What the keys said. */
export interface Verified {
  readonly steps: Readonly<KeySteps>;
  /** True where a key in the code turned out to be no key: the structure fails after all. */
  readonly broken: boolean;
  /** Where one step can fail for two reasons, the one that it was. */
  readonly reason: ReasonCode | null;
  /** The key that signed, or the one that should have. */
  readonly key: TrustedKey | null;
}

/** What a pass says: the claim for a door, the whole content for a report. */
export interface Described {
  readonly claim: PassClaim | ForeignClaim | null;
  readonly payload: unknown;
}

/** No step judged yet. */
export const unreadBytes = (): ByteSteps => ({
  prefix: 'not-reached',
  decode: 'not-reached',
  inflate: 'not-reached',
  structure: 'not-reached',
  schema: 'not-reached',
  validity: 'not-reached',
});

/** All four in one state. */
export const keySteps = (state: StepState): KeySteps => ({
  issuer: state,
  signature: state,
  keyUsage: state,
  revocation: state,
});

/**
 * One format of pass: three verbs, and `issue` on a subpath of its own where we issue it. Every step whose input exists is
 * judged, whatever failed before it. None of them throws on any input.
 */
export interface PassFormat<Content> {
  readonly name: FormatName;
  /** How its codes start. */
  readonly prefix: string;
  parse(scan: string, grid: PassGrid | null): Parsed<Content>;
  verify(content: Content, parsed: Parsed<Content>, trust: Trust, crypto: Crypto): Promise<Verified>;
  /** `whole` asks for the payload too; without it the payload is null. */
  describe(content: Content, verified: Verified, whole: boolean): Described;
}
