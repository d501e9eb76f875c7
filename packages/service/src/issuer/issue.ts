import { lintPass, possessionBytes } from '@munjigi/core/entry-pass';
import { issueLivePass } from '@munjigi/core/entry-pass/issue';
import { type Entitlement, entitle, hintOf, type Policy } from '@munjigi/core/rules';
import { type Crypto, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { ApiError } from '../contracts/index.ts';
import { random } from '../crypto/index.ts';
import { byteaArray, type Database } from '../db/index.ts';
import type { Enrolment, Enrolments } from './enrolments.ts';
import type { EvidenceSource } from './evidence.ts';
import type { Identity, IdentityProvider } from './identity.ts';
import type { IssuerKeys } from './keys.ts';
import type { HolderMapping } from './mapping.ts';
import type { IssueQueue } from './queue/index.ts';
import { endDayOf, issuingMoment, liveTerms, renewalMoment, type Terms } from './terms.ts';

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
): Promise<Uint8Array[]> {
  return Promise.all(
    keys.map(async ({ key, proof }) => {
      const point = key[0] === 2 || key[0] === 3 ? crypto.decompress(key.subarray(1), key[0] === 3) : null;
      if (
        !point ||
        !(await crypto.verify('ES256', spkiFromPoint(point), possessionBytes(nonce, key), proof))
      ) {
        throw new ApiError('issuer.possession');
      }
      return point;
    }),
  );
}

/** Signs with one key for a whole batch, and lets nothing out that does not keep the public layout. */
async function passSigner(
  parts: IssuingParts,
  at: number,
): Promise<(point: Uint8Array, terms: Terms) => Promise<Uint8Array>> {
  const grid = { timeZone: parts.policy.timeZone };
  const { signer, kid } = await parts.keys.signingKey('pass', at);
  return async (point, terms) => {
    const pass = await issueLivePass({ ...terms, holderKey: point, grid }, signer, kid);
    if (lintPass(pass, grid).length > 0)
      throw new Error('A pass that was issued here does not keep the public layout.');
    return pass;
  };
}

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
  const sign = await passSigner(parts, at);

  const made = await Promise.all(
    points.map(async (point) => {
      const terms = liveTerms(parts.policy, entitlement, hint, moment, at);
      const notice = random(16);
      const thumbprint = keyThumbprint(point);
      const lastDay = endDayOf(parts.policy, terms);
      const handle = thumbprint.slice(0, 16);
      const sealed = await parts.mapping.seal(lastDay, handle, { person: identity.person, notice });
      return { pass: await sign(point, terms), notice, thumbprint, handle, lastDay, sealed };
    }),
  );

  const next = await parts.db.tx(async (session) => {
    const following = await parts.enrolments.useNonce(session, enrolment.secretHash, nonce, at);
    const { count } = await session.query(
      'INSERT INTO certified_key (thumbprint) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING',
      [byteaArray(made.map(({ thumbprint }) => thumbprint))],
    );
    if (count !== made.length) throw new ApiError('issuer.key-used');
    await session.query(
      'INSERT INTO issued_pass (handle, last_day, sealed) SELECT * FROM unnest($1::bytea[], $2::date[], $3::bytea[])',
      [
        byteaArray(made.map(({ handle }) => handle)),
        made.map(({ lastDay }) => lastDay),
        byteaArray(made.map(({ sealed }) => sealed)),
      ],
    );
    return following;
  });
  return {
    passes: made.map(({ pass, notice }) => ({ pass, notice })),
    renewAfter: renewalMoment(parts.policy, Math.max(at, moment)),
    nonce: next,
    entitlement,
  };
}
