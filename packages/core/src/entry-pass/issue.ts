import { base45Encode, concatBytes } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { isOnP256, type Signer } from '../signing/index.ts';
import type { PassGrid } from '../trust/types.ts';
import { PREFIX } from './layout.ts';
import { lintFields } from './lint.ts';
import { passToBeSigned } from './to-be-signed.ts';
import { type PassFields, writePass } from './write-pass.ts';

/** What both forms say. Times are whole seconds on the daily instant of the pack. */
export interface PassTerms {
  readonly expiresAt: number;
  /** 0, or a single bit up to 128. */
  readonly admissionClass: number;
  /** 0, or family initial * 32 + day of the month. */
  readonly hint: number;
  /** Only where the class ends before the pass. */
  readonly until?: number | null;
  /** The pack's grid, where the caller has it: an end off the grid is then refused here. */
  readonly grid?: PassGrid | null;
}

async function signPass(
  form: PassFields['form'],
  terms: PassTerms,
  signer: Signer,
  kid: Uint8Array,
): Promise<Uint8Array> {
  const { admissionClass, hint, until } = terms;
  const entry = until == null ? [admissionClass, hint] : [admissionClass, hint, until];
  const pass = writePass({ kid, expiresAt: terms.expiresAt, form, entry });
  // Zeros stand for the signature while everything else is looked at: what breaks the layout is never signed.
  const [finding] = lintFields(pass.bytes, terms.grid ?? null).findings;
  if (finding) throw new MunjigiError('pass.claims', finding.message);
  const signature = await signer.sign(passToBeSigned(pass.header, pass.claims));
  if (signature.length !== 64) throw new MunjigiError('pass.claims', 'A signature has 64 bytes.');
  pass.bytes.set(signature, pass.bytes.length - 64);
  return pass.bytes;
}

/**
 * Issues a live pass for one holder key (65 bytes, uncompressed): COSE bytes for the wallet to keep. A key is certified once,
 * ever: that, and the proof of possession, are for the caller. Throws `pass.claims` or `pass.key`.
 */
export async function issueLivePass(
  terms: PassTerms & { readonly holderKey: Uint8Array },
  signer: Signer,
  kid: Uint8Array,
): Promise<Uint8Array> {
  const { holderKey } = terms;
  if (holderKey.length !== 65 || holderKey[0] !== 4)
    throw new MunjigiError('pass.key', 'A holder key is a point of 65 bytes.');
  if (!isOnP256(holderKey)) throw new MunjigiError('pass.key', 'The holder key is no point of P-256.');
  return signPass({ holderKey }, terms, signer, kid);
}

/** Issues a paper pass: the text of its code. `handle` is 16 random bytes that name it. Throws `pass.claims`. */
export async function issuePaperPass(
  terms: PassTerms & { readonly handle: Uint8Array },
  signer: Signer,
  kid: Uint8Array,
): Promise<string> {
  const pass = await signPass({ handle: terms.handle }, terms, signer, kid);
  return PREFIX + base45Encode(concatBytes(Uint8Array.of(0x81), pass));
}
