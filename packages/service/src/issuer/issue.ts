import { possessionBytes } from '@munjigi/core/entry-pass';
import { issueLivePass } from '@munjigi/core/entry-pass/issue';
import { type Entitlement, entitle, hintOf, type Policy } from '@munjigi/core/rules';
import { type Crypto, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import type { IssuerEntry, PassGrid } from '@munjigi/core/trust';
import { ApiError } from '../contracts/index.ts';
import { random } from '../crypto/index.ts';
import { byteaArray, type Database } from '../db/index.ts';
import type { Enrolment, Enrolments } from './enrolments.ts';
import type { EvidenceSource } from './evidence.ts';
import type { Identity, IdentityProvider } from './identity.ts';
import type { IssuerKeys } from './keys.ts';
import type { HolderMapping } from './mapping.ts';
import type { IssueQueue } from './queue/index.ts';
import { keepSpecimens, usageFor } from './specimen.ts';
import { issuingMoment, liveTermsOf, renewalMoment } from './terms.ts';

/** What issuing works with. */
export interface IssuingParts {
  readonly db: Database;
  readonly policy: Policy;
  readonly crypto: Crypto;
  readonly providers: ReadonlyMap<string, IdentityProvider>;
  readonly evidence: EvidenceSource;
  readonly enrolments: Enrolments;
  readonly keys: IssuerKeys;
  readonly mapping: HolderMapping;
  readonly queue: IssueQueue;
  readonly onKeysChanged: (entries: readonly IssuerEntry[]) => Promise<void>;
}

/** A key that asks to be certified. */
export interface ProvenKey {
  /** 33 bytes, compressed. */
  readonly key: Uint8Array;
  /** ES256 over `possessionBytes(nonce, key)`. */
  readonly proof: Uint8Array;
}

export interface IssuedPass {
  readonly pass: Uint8Array;
  readonly notice: Uint8Array;
}

export interface IssuedBatch {
  readonly passes: readonly IssuedPass[];
  readonly renewAfter: number;
  readonly nonce: Uint8Array;
  readonly entitlement: Entitlement;
}

/** A person with what they are entitled to at an instant. Throws `issuer.person-unknown`. */
export async function judge(parts: IssuingParts, who: Pick<Enrolment, 'provider' | 'person'>, at: number) {
  const identity = await parts.providers.get(who.provider)?.find(who.person);
  if (!identity) throw new ApiError('issuer.person-unknown');
  const evidence = await parts.evidence.evidenceOf(identity.person, who.provider);
  const entitlement = entitle(parts.policy, { birthDate: identity.birthDate, evidence }, at);
  return { identity, entitlement, hint: hintFor(parts.policy, identity) };
}

export const hintFor = (policy: Policy, identity: Identity): number =>
  hintOf(policy, identity.familyName, identity.birthDate);

/** The points of the keys, after each has proved that its holder has it. Throws `issuer.possession`. */
async function pointsOf(
  crypto: Crypto,
  nonce: Uint8Array,
  keys: readonly ProvenKey[],
): Promise<readonly Uint8Array[]> {
  const points: Uint8Array[] = [];
  for (const { key, proof } of keys) {
    const point = key[0] === 2 || key[0] === 3 ? crypto.decompress(key.subarray(1), key[0] === 3) : null;
    if (!point || !(await proves(crypto, point, possessionBytes(nonce, key), proof)))
      throw new ApiError('issuer.possession');
    points.push(point);
  }
  return points;
}

/** A holder key proves one thing here and is not seen again: a platform that can spare its import does. */
const proves = (crypto: Crypto, point: Uint8Array, data: Uint8Array, proof: Uint8Array) =>
  crypto.verifyOnce
    ? crypto.verifyOnce(point, data, proof)
    : crypto.verify('ES256', spkiFromPoint(point), data, proof);

/**
 * Issues a batch: one pass for each key, every key proved and certified once, ever. All of it is stored or nothing.
 * @param at seconds of the service's clock; an enrolment of an exercise may be judged as of an earlier instant
 * Throws `issuer.queue` where the caller has to wait for a turn.
 */
export async function issueBatch(
  parts: IssuingParts,
  secret: string,
  nonce: Uint8Array,
  keys: readonly ProvenKey[],
  at: number,
): Promise<IssuedBatch> {
  const enrolment = await parts.enrolments.find(secret);
  return parts.queue.run(
    enrolment.issuedBefore ? 'renewal' : 'first',
    enrolment.secretHash,
    enrolment.ticket,
    () => issueNow(parts, enrolment, nonce, keys, at),
  );
}

/** Uses the nonce, certifies the keys and keeps the sealed mapping: all of it where the nonce was still good. */
const STORE_BATCH = `WITH used AS (
    UPDATE enrolment SET nonce = $3, first_issued_at = coalesce(first_issued_at, $4)
    WHERE secret_hash = $1 AND nonce = $2 RETURNING 1
  ), certified AS (
    INSERT INTO certified_key (thumbprint)
    SELECT unnest($5::bytea[]) WHERE EXISTS (SELECT FROM used) ON CONFLICT DO NOTHING RETURNING 1
  ), kept AS (
    INSERT INTO issued_pass (handle, last_day, sealed)
    SELECT * FROM unnest($6::bytea[], $7::date[], $8::bytea[]) WHERE EXISTS (SELECT FROM used)
    ON CONFLICT DO NOTHING
  )
  SELECT (SELECT count(*)::int FROM used) AS used, (SELECT count(*)::int FROM certified) AS certified`;

interface ForWhom {
  readonly entitlement: Entitlement;
  readonly hint: number;
  readonly moment: number;
  readonly at: number;
  readonly person: string;
  readonly usage: IssuerEntry['usage'];
}

/** A pass for each key, by one signing key for the whole batch, with what is kept of it. The issuer lints what it signs. */
async function makePasses(
  { keys, policy, mapping }: IssuingParts,
  points: readonly Uint8Array[],
  { entitlement, hint, moment, at, person, usage }: ForWhom,
) {
  const { signer, kid } = await keys.signingKey(usage, at);
  const draw = liveTermsOf(policy, entitlement, hint, moment, at);
  const notices = random(16 * points.length);
  const passes = [];
  for (const [i, holderKey] of points.entries()) {
    const { terms, endDay } = draw();
    const thumbprint = keyThumbprint(holderKey);
    passes.push({
      pass: await issueLivePass({ ...terms, holderKey, grid: gridOf(policy) }, signer, kid),
      notice: notices.slice(16 * i, 16 * i + 16),
      thumbprint,
      handle: thumbprint.subarray(0, 16),
      lastDay: endDay,
    });
  }
  const sealed = await mapping.sealAll(person, passes);
  return passes.map((one, i) => ({ ...one, sealed: sealed[i]! }));
}

const grids = new WeakMap<Policy, PassGrid>();
/** One grid for each policy: what was found to lie on it is remembered with it. */
function gridOf(policy: Policy): PassGrid {
  let grid = grids.get(policy);
  if (!grid) {
    grid = { timeZone: policy.timeZone };
    grids.set(policy, grid);
  }
  return grid;
}

async function issueNow(
  parts: IssuingParts,
  enrolment: Enrolment,
  nonce: Uint8Array,
  keys: readonly ProvenKey[],
  at: number,
): Promise<IssuedBatch> {
  const moment = issuingMoment(parts.policy, enrolment.asOf, at);
  const { identity, entitlement, hint } = await judge(parts, enrolment, moment);
  const points = await pointsOf(parts.crypto, nonce, keys);
  const usage = usageFor(enrolment.provider);
  const made = await makePasses(parts, points, {
    entitlement,
    hint,
    moment,
    at,
    person: identity.person,
    usage,
  });
  const next = random(16);
  await parts.db.tx(async (session) => {
    // One statement: every answer that is waited for costs a round trip inside the transaction.
    const { rows } = await session.query<{ used: number; certified: number }>(STORE_BATCH, [
      enrolment.secretHash,
      nonce,
      next,
      at,
      byteaArray(made.map(({ thumbprint }) => thumbprint)),
      byteaArray(made.map(({ handle }) => handle)),
      made.map(({ lastDay }) => lastDay),
      byteaArray(made.map(({ sealed }) => sealed)),
    ]);
    if (rows[0]?.used !== 1) throw new ApiError('issuer.nonce');
    if (rows[0].certified !== made.length) throw new ApiError('issuer.key-used');
    if (usage === 'specimen') await keepSpecimens(session, made);
  });
  return {
    passes: made.map(({ pass, notice }) => ({ pass, notice })),
    renewAfter: renewalMoment(parts.policy, Math.max(at, moment)),
    nonce: next,
    entitlement,
  };
}
