import { presentPass } from '@munjigi/core/entry-pass';
import type { PassGrid } from '@munjigi/core/trust';
import { deviceSigner, type HeldPass, IssuerClient, inTurn, prepareBatch, readBatch } from '@munjigi/offline';

/** A guest of the lunch hour: one pass with its own key, as a wallet would hold it. */
export type Guest = Pick<HeldPass, 'pass' | 'key'>;

const AT_ONCE = 5;

/**
 * Enrols guests through the issuer's public interface, each with a key made in this page: the same passes as in any
 * wallet, only without a wallet round them.
 */
export async function enrolGuests(
  count: number,
  people: readonly string[],
  grid: PassGrid | null,
): Promise<Guest[]> {
  const issuer = new IssuerClient();
  const guests: Guest[] = [];
  const one = async (index: number) => {
    const enrolment = await issuer.enrol(people[index % people.length]!);
    const prepared = await prepareBatch(1, enrolment.nonce);
    const ask = () => issuer.batch(enrolment, prepared);
    const answer = await inTurn(issuer, enrolment.enrolment, 'passes', ask);
    const [held] = readBatch(prepared, answer, grid);
    if (held) guests[index] = { pass: held.pass, key: held.key };
  };
  let next = 0;
  const line = async () => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  return guests.filter(Boolean);
}

/** The text of a guest's code, drawn now. */
export const showGuest = (guest: Guest, nowMs: number): Promise<string> =>
  presentPass(guest.pass, deviceSigner(guest.key), Math.floor(nowMs / 1000), 0);
