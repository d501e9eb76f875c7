import { createDecipheriv, createECDH, createHmac, type ECDH } from 'node:crypto';
import type { BoxOpener } from '@munjigi/core/sealed/open';

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const VERSION = utf8('HPKE-v1');
/** DHKEM(P-256, HKDF-SHA256); with HKDF-SHA256 and AES-128-GCM (RFC 9180 §7). */
const KEM = Buffer.concat([utf8('KEM'), Uint8Array.of(0, 0x10)]);
const HPKE = Buffer.concat([utf8('HPKE'), Uint8Array.of(0, 0x10, 0, 1, 0, 1)]);
const NONE = new Uint8Array(0);
const ENCAPSULATED = 65;
const TAG = 16;

const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

/** LabeledExtract (RFC 9180 §4). */
const extract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer =>
  hmac(salt, VERSION, suite, utf8(label), ikm);

/** LabeledExpand (RFC 9180 §4) of at most 32 bytes: one block of HKDF-Expand. */
const expand = (suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, size: number): Buffer =>
  hmac(prk, Uint8Array.of(0, size), VERSION, suite, utf8(label), info, Uint8Array.of(1)).subarray(0, size);

/** The context of base mode: no pre-shared key. The same for all boxes of one `info`. */
const contextOf = (info: Uint8Array): Buffer =>
  Buffer.concat([
    Uint8Array.of(0),
    extract(HPKE, NONE, 'psk_id_hash', NONE),
    extract(HPKE, NONE, 'info_hash', info),
  ]);

function open(ecdh: ECDH, publicKey: Uint8Array, box: Uint8Array, context: Uint8Array, aad: Uint8Array) {
  if (box.length < ENCAPSULATED + TAG || box[0] !== 4)
    throw new Error('A box begins with a point of 65 bytes.');
  const encapsulated = box.subarray(0, ENCAPSULATED);
  // A point off the curve is refused here (SEC 1 §2.3.4), as RFC 9180 §7.1.4 asks.
  const prk = extract(KEM, NONE, 'eae_prk', ecdh.computeSecret(encapsulated));
  const shared = expand(KEM, prk, 'shared_secret', Buffer.concat([encapsulated, publicKey]), 32);
  const secret = extract(HPKE, shared, 'secret', NONE);
  const key = expand(HPKE, secret, 'key', context, 16);
  const nonce = expand(HPKE, secret, 'base_nonce', context, 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAAD(aad);
  decipher.setAuthTag(box.subarray(box.length - TAG));
  const plain = decipher.update(box.subarray(ENCAPSULATED, box.length - TAG));
  decipher.final();
  return new Uint8Array(plain);
}

/**
 * Opens HPKE boxes (RFC 9180, base mode, one message a box) by the platform's native primitives: a trace opens thousands, and
 * WebCrypto takes a dozen asynchronous calls for each. Throws for a key that is none, and for a box that does not open.
 */
export const nodeBoxOpener: BoxOpener = (privateKey) => {
  if (privateKey.length !== 32) throw new Error('A private key of P-256 has 32 bytes.');
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  const publicKey = ecdh.getPublicKey();
  let known: { readonly info: Uint8Array; readonly context: Uint8Array } | null = null;
  return (box, info, aad) => {
    if (known?.info !== info) known = { info, context: contextOf(info) };
    return open(ecdh, publicKey, box, known.context, aad);
  };
};
