import {
  enrolGate,
  type GateIdentity,
  type GateStore,
  introduction,
  type RegisterTransport,
  readEnrolmentLink,
  ServerError,
} from '@munjigi/offline';
import type { RulesInUse } from './rules-in-use.ts';

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
  const head = (await store.head())?.counter ?? 0;
  const confirmed = (await store.newestReceipt())?.counter ?? 0;
  return head <= confirmed || rules.policy?.exercise === true;
}

/** Who this gate is: kept from its enrolment, or enrolled now by the link in the address; null where neither works. */
export async function identityOf(store: GateStore, hash: string): Promise<GateIdentity | null> {
  const kept = await store.identity();
  const link = readEnrolmentLink(hash);
  // A gate that was let in by a phone is confirmed by a code of the same venue: key and chain stay.
  const confirms = kept?.delegation !== undefined && kept.venueId === link?.venueId;
  if (!link || (kept && !confirms)) return kept;
  try {
    return await enrolGate(store, link, nameIn(hash));
  } catch {
    // No network, or a code that does not fit: the first screen asks for it again.
    return kept;
  }
}

/** Shows the register the delegation by which this gate was let in, once; the register then says whether it counts. */
export async function introduce(
  store: GateStore,
  transport: RegisterTransport,
  onSeen: (unconfirmed: boolean) => void,
): Promise<void> {
  const kept = await store.identity();
  const key = await store.gateKey();
  if (!kept?.delegation || !key || !transport.introduce) return;
  const shown = await introduction(key, kept.delegation.signed);
  const { gateNo, unconfirmed } = await transport.introduce(shown).catch((error: unknown) => {
    // Refused for good: what was written stays here until the owner gives another code.
    if (error instanceof ServerError && error.status >= 400 && error.status < 500 && error.status !== 429)
      onSeen(true);
    throw error;
  });
  const { delegation: _, ...identity } = kept;
  await store.enrol({ ...identity, gateNo });
  onSeen(unconfirmed !== null);
}
