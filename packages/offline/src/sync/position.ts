import type { RegisterAnswer } from './register-transport.ts';

/**
 * The counter from which to send next: where the register asks for it, else the first that it does not have, of those that the
 * gate still holds. A register that came back from a backup has less than it signed for: then this lies below a receipt.
 * @param heldFrom lowest counter that the gate holds
 */
export function nextToSend(
  answer: Pick<RegisterAnswer, 'head' | 'have' | 'resendFrom'>,
  heldFrom = 1,
): number {
  if (answer.resendFrom !== null && answer.resendFrom >= heldFrom) return answer.resendFrom;
  if (answer.have.length === 0) return Math.max(heldFrom, answer.head.counter + 1);
  let next = heldFrom;
  for (const [from, to] of [...answer.have].sort((a, b) => a[0] - b[0])) {
    if (from > next) break;
    next = Math.max(next, to + 1);
  }
  return next;
}
