import type { PassLayout, PresentationLayout } from './layout.ts';

/** The part of a code that the issuer signed. */
export interface IssuerPart {
  readonly kid: Uint8Array;
  readonly header: Uint8Array;
  readonly claims: Uint8Array;
  readonly signature: Uint8Array;
}

export const issuerPart = (
  kid: Uint8Array,
  header: Uint8Array,
  claims: Uint8Array,
  signature: Uint8Array,
): IssuerPart => ({
  kid,
  header,
  claims,
  signature,
});

/** A code in the parts that can be judged one by one. `layout` is there only where every byte follows the layout. */
export interface CodeParts {
  readonly layout: { readonly pass: PassLayout; readonly presentation: PresentationLayout | null } | null;
  readonly issuer: IssuerPart | null;
  readonly holder: { readonly x: Uint8Array; readonly yIsOdd: boolean } | null;
  readonly presentation: Pick<PresentationLayout, 'header' | 'payload' | 'signature'> | null;
  readonly expiresAt: number | null;
}
