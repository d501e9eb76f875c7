import { concatBytes } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { Subject } from '../gate/types.ts';
import { SEAL_INFO, type SealPlace, sealAad } from './place.ts';
import { subjectToPlaintext } from './plaintext.ts';
import { suite } from './suite.ts';

/** Imported day keys by their array, as keys of a bundle live as long as it does. */
const imported = new WeakMap<Uint8Array, Promise<CryptoKeyLike>>();
type CryptoKeyLike = Awaited<ReturnType<typeof suite.kem.deserializePublicKey>>;

/**
 * Seals a subject for the authority's key of the day: 193 bytes that open at this place only. Who sealed cannot open.
 * @param dayKey 65-byte point of the day key
 * @param ekm 32 random bytes, never used twice: the ephemeral key is derived from them (RFC 9180 section 7.1.3)
 * Throws `sealed.key` for a point that is not on the curve, `sealed.too-long` for a text that does not fit.
 */
export async function sealSubject(task: {
  readonly subject: Subject;
  readonly place: SealPlace;
  readonly dayKey: Uint8Array;
  readonly ekm: Uint8Array;
}): Promise<Uint8Array> {
  if (task.ekm.length !== 32) throw new MunjigiError('sealed.key', 'Sealing takes 32 random bytes.');
  const plaintext = subjectToPlaintext(task.subject);
  let key = imported.get(task.dayKey);
  if (!key) {
    key = suite.kem.deserializePublicKey(task.dayKey);
    imported.set(task.dayKey, key);
  }
  let recipientPublicKey: CryptoKeyLike;
  try {
    recipientPublicKey = await key;
  } catch (cause) {
    throw new MunjigiError('sealed.key', 'The day key of the bundle is not a P-256 point.', { cause });
  }
  const sender = await suite.createSenderContext({ recipientPublicKey, info: SEAL_INFO, ekm: task.ekm });
  const box = await sender.seal(plaintext, sealAad(task.place));
  return concatBytes(new Uint8Array(sender.enc), new Uint8Array(box));
}
