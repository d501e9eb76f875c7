import { CHECK_CODES, type EntryKind, KIND_CODES, RECORD_CODES } from '../chain/types.ts';
import { encodeDeterministic, utf8Encode } from '../encoding/index.ts';
import type { CheckWord, RecordWord } from '../gate/types.ts';

/** Where a subject belongs: a box opens at this place only. */
export interface SealPlace {
  readonly venueId: number;
  /** Local date of the pack when the entry was made, YYYY-MM-DD. */
  readonly day: string;
  /** Thumbprint of the gate key, 32 bytes. */
  readonly gate: Uint8Array;
  readonly counter: number;
  readonly check: CheckWord;
  readonly record: RecordWord;
  readonly kind: EntryKind;
}

export const SEAL_INFO = utf8Encode('MJ1 subject');

/**
 * The additional authenticated data of a box (docs/protocol/entry.cddl). A visitor's phone seals a poster's box before anybody
 * knows its counter or what the rules of that venue say of the check: both are left out of its place.
 */
export function sealAad(place: SealPlace): Uint8Array {
  const isPoster = place.record === 'poster';
  return encodeDeterministic([
    place.venueId,
    place.day,
    place.gate,
    isPoster ? 0 : place.counter,
    CHECK_CODES[isPoster ? 'not-made' : place.check],
    RECORD_CODES[place.record],
    KIND_CODES[place.kind],
  ]);
}
