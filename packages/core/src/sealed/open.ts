import { MunjigiError } from '../errors.ts';
import type { Subject } from '../gate/types.ts';
import type { Awaitable } from '../signing/index.ts';
import { SEAL_INFO, type SealPlace, sealAad } from './place.ts';
import { PADDED_BYTES, subjectFromPlaintext } from './plaintext.ts';
import { ENCAPSULATED_BYTES, suite } from './suite.ts';

/**
 * A platform's own way to open HPKE boxes of this suite (RFC 9180): with a private key of 32 bytes, then for each box (the
 * encapsulated key, then the ciphertext). Throws at once for a key that is none, and later for a box that does not open.
 */
export type BoxOpener = (
  privateKey: Uint8Array,
) => (box: Uint8Array, info: Uint8Array, aad: Uint8Array) => Awaitable<Uint8Array>;

/** The way of every platform: WebCrypto. */
const webOpener = async (privateKey: Uint8Array): Promise<ReturnType<BoxOpener>> => {
  const recipientKey = await suite.kem.deserializePrivateKey(privateKey);
  return async (box, info, aad) => {
    const enc = box.slice(0, ENCAPSULATED_BYTES);
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info });
    return new Uint8Array(await recipient.open(box.slice(ENCAPSULATED_BYTES), aad));
  };
};

type Opening = Awaitable<ReturnType<BoxOpener>>;
/** Imported keys by the identity of their array: a case opens thousands of boxes with a few keys. */
const imported = new WeakMap<Uint8Array, Map<BoxOpener | undefined, Opening>>();

function importedKey(privateKey: Uint8Array, opener: BoxOpener | undefined): Opening {
  let ways = imported.get(privateKey);
  if (!ways) {
    ways = new Map();
    imported.set(privateKey, ways);
  }
  let key = ways.get(opener);
  if (!key) {
    key = opener ? opener(privateKey) : webOpener(privateKey);
    ways.set(opener, key);
  }
  return key;
}

/**
 * Opens a subject at its place with the authority's private day key (32 bytes). On a subpath of its own, which no device
 * may import. Throws `sealed.key` for a key that is none, `sealed.open` for a box of another key or another place.
 */
export async function openSubject(task: {
  readonly box: Uint8Array;
  readonly place: SealPlace;
  readonly privateKey: Uint8Array;
  /** Where the platform has a shorter way than WebCrypto. */
  readonly opener?: BoxOpener;
}): Promise<Subject> {
  const { box, place, privateKey, opener } = task;
  if (box.length !== ENCAPSULATED_BYTES + PADDED_BYTES + 16)
    throw new MunjigiError('sealed.open', 'A sealed subject has 193 bytes.');
  let open: Awaited<Opening>;
  try {
    open = await importedKey(privateKey, opener);
  } catch (cause) {
    throw new MunjigiError('sealed.key', 'A private day key is a P-256 scalar of 32 bytes.', { cause });
  }
  let plaintext: Uint8Array;
  try {
    plaintext = await open(box, SEAL_INFO, sealAad(place));
  } catch (cause) {
    throw new MunjigiError('sealed.open', 'The box was not sealed for this key at this place.', { cause });
  }
  return subjectFromPlaintext(plaintext);
}
