import {
  type CborValue,
  decodeDeterministic,
  encodeDeterministic,
  equalBytes,
  utf8Encode,
} from '../encoding/index.ts';
import { type Crypto, keyThumbprint, type Signer, spkiFromPoint } from '../signing/index.ts';
import { fieldReader } from './fields.ts';

/** COSE_Sign (RFC 9052 section 4.1) with several ES256 signatures: what the threshold root is carried in. */

const EMPTY = new Uint8Array(0);
const CONTEXT = utf8Encode('MJ1 root');
const LIMITS = { maxBytes: 64 * 1024, maxDepth: 8 };
const read = fieldReader('trust.structure', 'root document');

/** How signers are named in documents of the authority: the first 8 bytes of the key's thumbprint (RFC 9679). */
export const signerKid = (publicKey: Uint8Array): Uint8Array => keyThumbprint(publicKey).slice(0, 8);

const header = (kid: Uint8Array) =>
  encodeDeterministic(
    new Map<number, CborValue>([
      [1, -7],
      [4, kid],
    ]),
  );

const toBeSigned = (signatureHeader: Uint8Array, payload: Uint8Array) =>
  encodeDeterministic(['Signature', EMPTY, signatureHeader, CONTEXT, payload]);

/** Signs a payload with each of the signers. */
export async function signByAll(payload: CborValue, signers: readonly Signer[]): Promise<Uint8Array> {
  const body = encodeDeterministic(payload);
  const signatures: CborValue[] = [];
  for (const signer of signers) {
    const own = header(signerKid(signer.publicKey));
    signatures.push([own, new Map(), await signer.sign(toBeSigned(own, body))]);
  }
  return encodeDeterministic([EMPTY, new Map(), body, signatures]);
}

export interface ManySigned {
  readonly body: Uint8Array;
  readonly payload: CborValue;
  readonly signatures: readonly {
    readonly kid: Uint8Array;
    /** Its protected header, as it was signed. */
    readonly header: Uint8Array;
    readonly toBeSigned: Uint8Array;
    readonly signature: Uint8Array;
  }[];
}

/** Takes a COSE_Sign apart, nothing verified. Throws `trust.structure` or an encoding error. */
export function parseManySigned(bytes: Uint8Array): ManySigned {
  const [outerHeader, unprotected, body, list] = read.array(
    decodeDeterministic(bytes, LIMITS),
    'COSE_Sign has four parts',
    4,
  );
  read.bytes(outerHeader, 'its outer header is empty', 0);
  if (read.map(unprotected, 'its unprotected header is empty').size !== 0)
    throw read.wrong('its unprotected header is empty');
  const payload = read.bytes(body, 'its payload', 1, LIMITS.maxBytes);
  return {
    body: payload,
    payload: decodeDeterministic(payload, LIMITS),
    signatures: read.array(list, '1 to 32 signatures', 1, 32).map((item) => {
      const [own, none, signature] = read.array(item, 'a signature has three parts', 3);
      const ownBytes = read.bytes(own, 'header of a signature', 1, 64);
      const fields = read.map(decodeDeterministic(ownBytes, LIMITS), 'header of a signature');
      if (fields.size !== 2 || fields.get(1) !== -7) throw read.wrong('signatures are ES256');
      if (read.map(none, 'unprotected header of a signature').size !== 0)
        throw read.wrong('unprotected header of a signature');
      return {
        kid: read.bytes(fields.get(4), 'key id', 8),
        header: ownBytes,
        toBeSigned: toBeSigned(ownBytes, payload),
        signature: read.bytes(signature, 'signature', 64),
      };
    }),
  };
}

/** How many of the different keys signed it validly. One key counts once, however often it signs. */
export async function countSigners(
  signed: ManySigned,
  keys: readonly Uint8Array[],
  crypto: Crypto,
): Promise<number> {
  let count = 0;
  for (const key of keys) {
    const kid = signerKid(key);
    for (const { kid: named, toBeSigned: data, signature } of signed.signatures) {
      if (equalBytes(named, kid) && (await crypto.verify('ES256', spkiFromPoint(key), data, signature))) {
        count += 1;
        break;
      }
    }
  }
  return count;
}
