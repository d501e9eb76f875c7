import {
  enrolGate,
  type GateIdentity,
  type GateStore,
  type RulesInUse,
  readEnrolmentLink,
  ServerError,
} from '@munjigi/offline';

/** Name of the gate from the link (`&name=`), else a plain one. */
const nameIn = (hash: string): string =>
  new URLSearchParams(hash.replace(/^#/, '')).get('name')?.slice(0, 60) || '입구';

/**
 * True where the link in the address makes this device a new gate: it names another venue, or what the device trusts belongs
 * to another root. Never while entries wait here, except in an exercise.
 */
export async function startsOver(store: GateStore, rules: RulesInUse, hash: string): Promise<boolean> {
  const link = readEnrolmentLink(hash);
  if (!link) return false;
  const kept = await store.identity();
  const otherRoot = rules.problem === 'trust.root' || rules.problem === 'trust.rollback';
  if (!kept) return otherRoot;
  if (!(await store.gateKey())) return true;
  if (kept.venueId === link.venueId && !otherRoot) return false;
  return (await unconfirmedIn(store)) === 0 || rules.policy?.exercise === true;
}

/** Entries of all chains of this device that no receipt covers. */
export async function unconfirmedIn(store: GateStore): Promise<number> {
  let count = 0;
  for (const chain of await store.chains()) {
    const head = (await chain.head())?.counter ?? 0;
    count += Math.max(0, head - ((await chain.newestReceipt())?.counter ?? 0));
  }
  return count;
}

/** Who this gate is: kept from its enrolment, or enrolled now by the link in the address; null where neither works. */
export async function identityOf(store: GateStore, hash: string): Promise<GateIdentity | null> {
  const kept = await store.identity();
  const link = readEnrolmentLink(hash);
  // A gate that was let in by a phone, or that has a new key, is confirmed by a code of the same venue: key and chain stay.
  const confirms = (kept?.delegation ?? kept?.succeeds) !== undefined && kept?.venueId === link?.venueId;
  if (!link || (kept && !confirms)) return kept;
  try {
    return await enrolGate(store, link, nameIn(hash));
  } catch {
    // No network, or a code that does not fit: the first screen asks for it again.
    return kept;
  }
}

/** True for an answer that refuses for good: what was written stays here until the owner gives another code. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ServerError && error.status >= 400 && error.status < 500 && error.status !== 429;
