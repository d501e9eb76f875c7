import { compressedForm } from './compressed.ts';
import { readPassLayout } from './layout.ts';

/** What a wallet shows of a pass and chooses by. Times are whole seconds. */
export interface PassClaims {
  readonly form: 'live' | 'paper';
  readonly kid: Uint8Array;
  readonly expiresAt: number;
  readonly admissionClass: number;
  readonly hint: number;
  readonly until: number | null;
  /** 33 bytes, compressed; null on paper. */
  readonly holderKey: Uint8Array | null;
}

/** Reads the claims of a pass as an issuer signed it (COSE bytes). Nothing is verified. Throws `pass.structure`. */
export function readPassClaims(pass: Uint8Array): PassClaims {
  const { kid, expiresAt, admissionClass, hint, until, holder } = readPassLayout(pass);
  return {
    form: holder ? 'live' : 'paper',
    kid: kid.slice(),
    expiresAt,
    admissionClass,
    hint,
    until,
    holderKey: holder ? compressedForm(holder) : null,
  };
}
