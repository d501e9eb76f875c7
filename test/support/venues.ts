import { randomBytes } from 'node:crypto';
import {
  type Delegation,
  LONGEST_DELEGATION_SECONDS,
  signDelegation,
  signSuccessor,
} from '@munjigi/core/delegation';
import { sha256, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, type Signer } from '@munjigi/core/signing';
import type { DelegatedGate, RegisterDesk } from '@munjigi/service/register';
import { newVenue, TestGate } from './register.ts';

export const OPERATOR = { accountId: null, name: 'operator', roles: ['operator'], venueIds: [] } as const;

/** Enrols a device with a code of its own; by default one that may let others in. */
export async function enrolOwnerDevice(
  desk: RegisterDesk,
  venueId: number,
  role: 'owner' | 'gate' = 'owner',
): Promise<TestGate> {
  const { enrolmentCode } = await desk.venues.enrolmentCode(OPERATOR, venueId, role);
  return enrolWith(desk, venueId, enrolmentCode);
}

export async function enrolWith(
  desk: RegisterDesk,
  venueId: number,
  enrolmentCode: string,
  gate = new TestGate(venueId),
): Promise<TestGate> {
  const gateKey = compressPoint(gate.signer.publicKey);
  const proof = await gate.signer.sign(possessionBytes(utf8Encode(enrolmentCode), gateKey));
  await desk.enrolGate({ venueId, enrolmentCode, gateKey, name: 'door', proof });
  return gate;
}

export async function venueWithOwner(desk: RegisterDesk): Promise<{ venueId: number; owner: TestGate }> {
  const { venueId } = await newVenue(desk);
  return { venueId, owner: await enrolOwnerDevice(desk, venueId) };
}

/** A delegation for a new gate, as an owner's phone signs it. */
export async function delegationFor(
  gate: TestGate,
  giver: { readonly signer: Signer },
  from: number,
  change: Partial<Delegation> = {},
): Promise<Uint8Array> {
  return signDelegation(
    {
      venueId: gate.venueId,
      gateKey: compressPoint(gate.signer.publicKey),
      name: 'second door',
      from,
      until: from + LONGEST_DELEGATION_SECONDS,
      nonce: new Uint8Array(randomBytes(16)),
      venue: { name: 'Sikdang', kind: 'restaurant', region: 'seoul' },
      ...change,
    },
    giver.signer,
  );
}

/** Shows a delegation to the register, with the gate's own proof. */
export async function showDelegation(
  desk: RegisterDesk,
  gate: TestGate,
  delegation: Uint8Array,
): Promise<DelegatedGate> {
  const proof = await gate.signer.sign(
    possessionBytes(sha256(delegation), compressPoint(gate.signer.publicKey)),
  );
  return desk.venues.takeDelegation({ delegation, proof });
}

/** The new key of a gate, which its old one certified for the place where its branch ends. */
export async function successorOf(
  old: TestGate,
  next = new TestGate(old.venueId),
  at = 0,
): Promise<{ readonly next: TestGate; readonly successor: Uint8Array; readonly proof: Uint8Array }> {
  const gateKey = compressPoint(next.signer.publicKey);
  const successor = await signSuccessor({ venueId: old.venueId, head: old.head, gateKey, at }, old.signer);
  return { next, successor, proof: await next.signer.sign(possessionBytes(sha256(successor), gateKey)) };
}
