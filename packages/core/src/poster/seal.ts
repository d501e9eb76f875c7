import type { Subject } from '../gate/types.ts';
import type { Calendar } from '../rules/index.ts';
import { sealSubject } from '../sealed/index.ts';
import { type Bundle, dayKeyFor } from '../trust/index.ts';
import type { Poster } from './types.ts';

/** An entry of a poster as it leaves the phone: when, and a box that only the authority opens. */
export interface SealedVisit {
  readonly at: number;
  readonly dayKeyId: number;
  readonly box: Uint8Array;
}

/**
 * Seals who came in at a poster's venue for the key of that day. Null where the bundle has no key for it.
 * @param at whole seconds
 * @param ekm 32 random bytes, never used twice
 */
export async function sealVisit(task: {
  readonly poster: Poster;
  readonly subject: Subject;
  readonly at: number;
  readonly bundle: Bundle;
  readonly calendar: Calendar;
  readonly ekm: Uint8Array;
}): Promise<SealedVisit | null> {
  const { poster, subject, at, bundle, calendar, ekm } = task;
  const day = calendar.dateOf(at);
  const dayKey = dayKeyFor(bundle, day);
  if (!dayKey) return null;
  const box = await sealSubject({
    subject,
    // What the phone cannot know is left out of a poster's place; see `sealAad`.
    place: {
      venueId: poster.venueId,
      day,
      gate: poster.channel,
      counter: 0,
      check: 'not-made',
      record: 'poster',
      kind: 'entry',
    },
    dayKey: dayKey.publicKey,
    ekm,
  });
  return { at, dayKeyId: dayKey.keyId, box };
}
