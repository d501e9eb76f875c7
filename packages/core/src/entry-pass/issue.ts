import { base45Encode, type CborValue, concatBytes, encodeDeterministic } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { isOnP256, type Signer } from '../signing/index.ts';
import type { PassGrid } from '../trust/types.ts';
import { ENTRY_CLAIM, PREFIX } from './layout.ts';
import { lintFields } from './lint.ts';
import { passToBeSigned } from './to-be-signed.ts';

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

/** Stands for the signature while everything else is looked at: what breaks the layout is never signed. */
const UNSIGNED = new Uint8Array(64);

async function signPass(
  form: readonly [number, CborValue],
  terms: PassTerms,
  signer: Signer,
  kid: Uint8Array,
): Promise<Uint8Array> {
  const entry = [terms.admissionClass, terms.hint, ...(terms.until == null ? [] : [terms.until])];
  const claims = encodeDeterministic(
    new Map<number, CborValue>([[4, terms.expiresAt], form, [ENTRY_CLAIM, entry]]),
  );
  const header = encodeDeterministic(
    new Map<number, CborValue>([
      [1, -7],
      [4, kid],
    ]),
  );
  const unsigned = (signature: Uint8Array) => encodeDeterministic([header, new Map(), claims, signature]);
  const [finding] = lintFields(unsigned(UNSIGNED), terms.grid ?? null).findings;
  if (finding) throw new MunjigiError('pass.claims', finding.message);
  return unsigned(await signer.sign(passToBeSigned(header, claims)));
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
  const key = new Map<number, CborValue>([
    [1, 2],
    [-1, 1],
    [-2, holderKey.slice(1, 33)],
    [-3, (holderKey[64]! & 1) === 1],
  ]);
  return signPass([8, new Map([[1, key]])], terms, signer, kid);
}

/** Issues a paper pass: the text of its code. `handle` is 16 random bytes that name it. Throws `pass.claims`. */
export async function issuePaperPass(
  terms: PassTerms & { readonly handle: Uint8Array },
  signer: Signer,
  kid: Uint8Array,
): Promise<string> {
  const pass = await signPass([7, terms.handle], terms, signer, kid);
  return PREFIX + base45Encode(concatBytes(Uint8Array.of(0x81), pass));
}
