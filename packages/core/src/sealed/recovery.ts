import { concatBytes, encodeDeterministic, utf8Encode } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { ENCAPSULATED_BYTES, suite } from './suite.ts';

const INFO = utf8Encode('MJ1 recovery');
const KEY_BYTES = 32;

/** Which key a wrap holds: it opens as this one only. */
export interface WrapPlace {
  readonly body: string;
  /** Monday of the week whose recovery key it is wrapped for, YYYY-MM-DD. */
  readonly week: string;
  /** Name of the key in its store. */
  readonly name: string;
}

const aadOf = ({ body, week, name }: WrapPlace): Uint8Array => encodeDeterministic([body, week, name]);

/**
 * Wraps a 32-byte day key for a week's recovery key (HPKE base mode, RFC 9180; 113 bytes).
 * @param recoveryKey 65-byte point
 * @param ekm 32 random bytes, never used twice
 * Throws `sealed.key`.
 */
export async function wrapKey(task: {
  readonly key: Uint8Array;
  readonly place: WrapPlace;
  readonly recoveryKey: Uint8Array;
  readonly ekm: Uint8Array;
}): Promise<Uint8Array> {
  if (task.key.length !== KEY_BYTES || task.ekm.length !== 32)
    throw new MunjigiError('sealed.key', 'A day key has 32 bytes, and wrapping takes 32 random ones.');
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(task.recoveryKey);
    const sender = await suite.createSenderContext({ recipientPublicKey, info: INFO, ekm: task.ekm });
    const box = await sender.seal(task.key, aadOf(task.place));
    return concatBytes(new Uint8Array(sender.enc), new Uint8Array(box));
  } catch (cause) {
    throw new MunjigiError('sealed.key', 'The recovery key is not a P-256 point.', { cause });
  }
}

/** The key of a wrap, with the private recovery key (32 bytes). Throws `sealed.key` or `sealed.open`. */
export async function unwrapKey(task: {
  readonly wrap: Uint8Array;
  readonly place: WrapPlace;
  readonly privateKey: Uint8Array;
}): Promise<Uint8Array> {
  let recipientKey: Awaited<ReturnType<typeof suite.kem.deserializePrivateKey>>;
  try {
    recipientKey = await suite.kem.deserializePrivateKey(task.privateKey);
  } catch (cause) {
    throw new MunjigiError('sealed.key', 'A private recovery key is a P-256 scalar of 32 bytes.', { cause });
  }
  try {
    const recipient = await suite.createRecipientContext({
      recipientKey,
      enc: task.wrap.slice(0, ENCAPSULATED_BYTES),
      info: INFO,
    });
    const key = await recipient.open(task.wrap.slice(ENCAPSULATED_BYTES), aadOf(task.place));
    return new Uint8Array(key);
  } catch (cause) {
    throw new MunjigiError('sealed.open', 'The wrap is of another key, another week or another body.', {
      cause,
    });
  }
}
