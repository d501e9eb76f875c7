import type { ForeignClaim, FormatName, PassClaim, Step, StepState } from '../gate/types.ts';
import type { ReasonCode } from '../reasons.ts';
import type { Crypto } from '../signing/index.ts';
import type { PassGrid, Trust, TrustedKey } from '../trust/types.ts';

/** Steps that were judged; a step that is not named is `not-reached`. */
export type Steps = Partial<Record<Step, StepState>>;

/** A code taken apart, no key used yet. `content` is null where too little could be read to go on. */
export interface Parsed<Content> {
  readonly steps: Steps;
  /** Where one step can fail for two reasons, the one that it was. */
  readonly reason?: ReasonCode;
  readonly keyId: string | null;
  readonly algorithm: string | null;
  /** Whole seconds, as the pass says. */
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly content: Content | null;
}

/** What the keys said: `issuer`, `signature`, `keyUsage`, `revocation`, and steps that only a key could disprove. */
export interface Verified {
  readonly steps: Steps;
  readonly reason?: ReasonCode;
  /** The key that signed, or the one that should have. */
  readonly key: TrustedKey | null;
}

/** What a pass says, for a door and for people. */
export interface Described {
  readonly claim: PassClaim | ForeignClaim | null;
  readonly payload: unknown;
}

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
  describe(content: Content, verified: Verified): Described;
}
