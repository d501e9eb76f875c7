import { headSize, putByteString } from '../encoding/byte-string.ts';
import { encodeDeterministic, utf8Encode } from '../encoding/index.ts';
import { toBeSigned } from '../signing/index.ts';

const HEADER = encodeDeterministic(new Map([[1, -7]]));
const CONTEXT = utf8Encode('MJ1 possession');

/**
 * What the holder of a key signs (ES256) to prove that the key is theirs when they ask for it to be certified: the
 * to-be-signed bytes of a detached COSE_Sign1 over `[nonce, key]`. Without it somebody could register the key that they
 * saw on another person's screen.
 *
 * @param nonce bytes that the desk gave for this request; of a gate's enrolment, the UTF-8 of the enrolment code
 * @param key 33-byte compressed P-256 point
 */
export function possessionBytes(nonce: Uint8Array, key: Uint8Array): Uint8Array {
  const pair = new Uint8Array(1 + headSize(nonce.length) + nonce.length + headSize(key.length) + key.length);
  pair[0] = 0x82;
  putByteString(pair, putByteString(pair, 1, nonce), key);
  return toBeSigned(HEADER, CONTEXT, pair);
}
