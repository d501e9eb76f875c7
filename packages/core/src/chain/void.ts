import { decodeDeterministic, encodeDeterministic } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { Entry } from './types.ts';

/** An entry that cancels an earlier one of the same chain. Nothing is deleted: both stay. */
export function voidEntry(place: {
  readonly venueId: number;
  readonly counter: number;
  readonly enteredAt: number;
  /** Counter of the entry that is cancelled. */
  readonly cancels: number;
  readonly anchor: Uint8Array;
  readonly clockUnknown: boolean;
}): Entry {
  const { cancels, ...rest } = place;
  return {
    ...rest,
    check: 'not-made',
    record: 'none',
    kind: 'void',
    dayKeyId: 0,
    subject: encodeDeterministic(cancels),
  };
}

/** The counter that a void cancels: above zero and before its own. Throws `chain.structure`. */
export function cancelledBy(entry: Pick<Entry, 'kind' | 'subject' | 'counter'>): number {
  const wrong = () =>
    new MunjigiError('chain.structure', 'A void names the counter of an earlier entry of its chain.');
  if (entry.kind !== 'void' || entry.subject.length > 9) throw wrong();
  const counter = decodeDeterministic(entry.subject, { maxBytes: 9, maxDepth: 1 });
  if (typeof counter !== 'number' || counter < 1 || counter >= entry.counter) throw wrong();
  return counter;
}
