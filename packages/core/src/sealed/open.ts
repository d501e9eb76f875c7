import { MunjigiError } from '../errors.ts';
import type { Subject } from '../gate/types.ts';
import { SEAL_INFO, type SealPlace, sealAad } from './place.ts';
import { PADDED_BYTES, subjectFromPlaintext } from './plaintext.ts';
import { ENCAPSULATED_BYTES, suite } from './suite.ts';

/** Imported keys by the identity of their array: a case opens thousands of boxes with a few keys. */
const imported = new WeakMap<Uint8Array, ReturnType<typeof suite.kem.deserializePrivateKey>>();

function importedKey(privateKey: Uint8Array): ReturnType<typeof suite.kem.deserializePrivateKey> {
  let key = imported.get(privateKey);
  if (!key) {
    key = suite.kem.deserializePrivateKey(privateKey);
    imported.set(privateKey, key);
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
}): Promise<Subject> {
  const { box, place, privateKey } = task;
  if (box.length !== ENCAPSULATED_BYTES + PADDED_BYTES + 16)
    throw new MunjigiError('sealed.open', 'A sealed subject has 193 bytes.');
  let recipientKey: Awaited<ReturnType<typeof suite.kem.deserializePrivateKey>>;
  try {
    recipientKey = await importedKey(privateKey);
  } catch (cause) {
    throw new MunjigiError('sealed.key', 'A private day key is a P-256 scalar of 32 bytes.', { cause });
  }
  let plaintext: ArrayBuffer;
  try {
    const recipient = await suite.createRecipientContext({
      recipientKey,
      enc: box.slice(0, ENCAPSULATED_BYTES),
      info: SEAL_INFO,
    });
    plaintext = await recipient.open(box.slice(ENCAPSULATED_BYTES), sealAad(place));
  } catch (cause) {
    throw new MunjigiError('sealed.open', 'The box was not sealed for this key at this place.', { cause });
  }
  return subjectFromPlaintext(new Uint8Array(plaintext));
}
