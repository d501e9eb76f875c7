import { isMunjigiError } from '../errors.ts';
import type { Entry } from './types.ts';
import { cancelledBy } from './void.ts';

/** Bytes of a sealed subject: encapsulated key 65, padded plaintext 112, tag 16. */
export const SEALED_SUBJECT_BYTES = 193;

/**
 * Why an entry that can be hashed still cannot be kept, or null. The register refuses such an entry by itself
 * (`malformed`): the chain goes on over its hash.
 */
export function entryProblem(entry: Entry): string | null {
  if (entry.kind === 'void') {
    if (entry.dayKeyId !== 0 || entry.check !== 'not-made' || entry.record !== 'none')
      return 'a void has no check, record or day key';
    try {
      cancelledBy(entry);
      return null;
    } catch (error) {
      if (isMunjigiError(error)) return 'a void names an earlier counter';
      throw error;
    }
  }
  if (entry.subject.length === 0) {
    if (entry.dayKeyId !== 0) return 'an entry without a subject names no day key';
    return null;
  }
  if (entry.subject.length !== SEALED_SUBJECT_BYTES)
    return `a sealed subject has ${SEALED_SUBJECT_BYTES} bytes`;
  if (entry.dayKeyId === 0) return 'a sealed subject names its day key';
  return null;
}
