import { toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, keyThumbprint } from '@munjigi/core/signing';
import type { GateIdentity } from '../outbox/types.ts';
import { deviceSigner } from '../storage/device-key.ts';
import { callServer } from '../sync/server.ts';
import type { GateStore } from './gate-store.ts';

/** What an enrolment link names. */
export interface EnrolmentLink {
  readonly venueId: number;
  readonly enrolmentCode: string;
}

/** Reads `#venue=ID&enrol=CODE` of a page's address; null where it is no enrolment link. */
export function readEnrolmentLink(hash: string): EnrolmentLink | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const venueId = Number(fields.get('venue'));
  const enrolmentCode = fields.get('enrol');
  return enrolmentCode && Number.isSafeInteger(venueId) && venueId > 0 ? { venueId, enrolmentCode } : null;
}

/** Enrols this device's key at the register and keeps who the gate is. Throws `ServerError`. */
export async function enrolGate(
  store: GateStore,
  link: EnrolmentLink,
  name: string,
  register = '/api/register',
): Promise<GateIdentity> {
  const key = await store.ensureKey();
  const before = await store.identity();
  const point = compressPoint(key.publicKey);
  const proof = await deviceSigner(key).sign(possessionBytes(utf8Encode(link.enrolmentCode), point));
  const answer = await callServer<Pick<GateIdentity, 'venueId' | 'gateNo' | 'venue' | 'role'>>(
    `${register}/gates`,
    {
      venueId: link.venueId,
      enrolmentCode: link.enrolmentCode,
      gateKey: toBase64url(point),
      name,
      proof: toBase64url(proof),
    },
  );
  const { venueId, gateNo, venue, role = 'gate' } = answer;
  const identity: GateIdentity = {
    venueId,
    gateNo,
    name,
    venue,
    role,
    publicKey: key.publicKey,
    thumbprint: keyThumbprint(key.publicKey),
    // A code confirms a key; by what it came to be stays with it.
    ...(before?.succeeds ? { succeeds: before.succeeds } : {}),
  };
  await store.enrol(identity);
  return identity;
}
