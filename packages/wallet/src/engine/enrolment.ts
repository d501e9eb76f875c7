import type { Policy } from '@munjigi/core/rules';
import { type Enrolment, inTurn, type OnWaiting } from '@munjigi/offline';
import type { Holder } from '../holder.ts';
import type { SignedIn } from './signing-in.ts';

/** Where the pack is not known yet; the issuer's own limit is sixty. */
const BATCH = 30;

/** Fetches a batch for an enrolment: fresh keys, proofs of possession, and a refusal of anything that marks a person. */
export async function fetchBatch(
  holder: Holder,
  enrolment: Enrolment,
  policy: Policy | null,
  now: number,
  onWaiting: OnWaiting,
): Promise<void> {
  const { store, issuer } = holder;
  const count = policy?.pack.passes.batch ?? BATCH;
  const prepared = await store.prepareBatch(count, enrolment.nonce);
  const ask = () => issuer.batch(enrolment, prepared);
  const answer = await inTurn(issuer, enrolment.enrolment, 'passes', ask, onWaiting);
  await store.acceptBatch(prepared, answer, policy && { timeZone: policy.timeZone }, now);
}

/** Who enrols: a person of the demonstration, at another instant of the story where one is named, or whoever signed in. */
export type Enrolling = { readonly person: string; readonly issuedAt?: number | undefined } | SignedIn;

/** Enrols somebody and receives the first batch. `issuedAt` (seconds) is heeded by an exercise's issuer only. */
export async function enrolPerson(
  holder: Holder,
  who: Enrolling,
  policy: Policy | null,
  now: number,
  onWaiting: OnWaiting,
): Promise<void> {
  const enrolment =
    'signIn' in who
      ? await holder.issuer.enrolSignedIn(who.provider, who.signIn)
      : await holder.issuer.enrol(who.person, who.issuedAt);
  await holder.store.enrol(enrolment);
  await fetchBatch(holder, enrolment, policy, now, onWaiting);
}

/** Renews the batch. Where the last answer was lost, its nonce is spent: a new one is asked for and it is tried once more. */
export async function renewBatch(
  holder: Holder,
  policy: Policy | null,
  now: number,
  onWaiting: OnWaiting,
): Promise<void> {
  const enrolment = await holder.store.enrolment();
  if (!enrolment) return;
  try {
    await fetchBatch(holder, enrolment, policy, now, onWaiting);
  } catch (error) {
    if (!isSpentNonce(error)) throw error;
    const nonce = await holder.issuer.nonce(enrolment.enrolment);
    const next = { ...enrolment, nonce };
    await holder.store.update(next);
    await fetchBatch(holder, next, policy, now, onWaiting);
  }
}

const isSpentNonce = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.includes('nonce');
