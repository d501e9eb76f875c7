import type { Policy } from '@munjigi/core/rules';
import type { Enrolment } from '@munjigi/offline';
import type { Holder } from '../holder.ts';

/** Where the pack is not known yet; the issuer's own limit is sixty. */
const BATCH = 30;

/** Fetches a batch for an enrolment: fresh keys, proofs of possession, and a refusal of anything that marks a person. */
export async function fetchBatch(
  holder: Holder,
  enrolment: Enrolment,
  policy: Policy | null,
  now: number,
): Promise<void> {
  const { store, issuer } = holder;
  const count = policy?.pack.passes.batch ?? BATCH;
  const prepared = await store.prepareBatch(count, enrolment.nonce);
  const answer = await issuer.batch(enrolment, prepared);
  await store.acceptBatch(prepared, answer, policy && { timeZone: policy.timeZone }, now);
}

/**
 * Enrols a person and receives the first batch. `issuedAt` (seconds) is heeded by an exercise's issuer only: a batch of
 * another day of the story.
 */
export async function enrolPerson(
  holder: Holder,
  person: string,
  policy: Policy | null,
  now: number,
  issuedAt?: number,
): Promise<void> {
  const enrolment = await holder.issuer.enrol(person, issuedAt);
  await holder.store.enrol(enrolment);
  await fetchBatch(holder, enrolment, policy, now);
}

/** Renews the batch. Where the last answer was lost, its nonce is spent: a new one is asked for and it is tried once more. */
export async function renewBatch(holder: Holder, policy: Policy | null, now: number): Promise<void> {
  const enrolment = await holder.store.enrolment();
  if (!enrolment) return;
  try {
    await fetchBatch(holder, enrolment, policy, now);
  } catch (error) {
    if (!isSpentNonce(error)) throw error;
    const nonce = await holder.issuer.nonce(enrolment.enrolment);
    const next = { ...enrolment, nonce };
    await holder.store.update(next);
    await fetchBatch(holder, next, policy, now);
  }
}

const isSpentNonce = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.includes('nonce');
