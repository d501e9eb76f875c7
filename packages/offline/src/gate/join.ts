import {
  type Delegation,
  delegationAge,
  joinAnswerText,
  joinRequestText,
  LONGEST_DELEGATION_SECONDS,
  LONGEST_NAME,
  readJoinAnswer,
  readJoinRequest,
  signDelegation,
} from '@munjigi/core/delegation';
import { equalBytes, sha256, toBase64url } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Crypto, compressPoint, keyThumbprint } from '@munjigi/core/signing';
import type { GateIdentity } from '../outbox/types.ts';
import { type DeviceKey, deviceSigner } from '../storage/device-key.ts';
import { randomBytes } from '../storage/random.ts';
import type { GateStore } from './gate-store.ts';

/** Six digits of a key that two people compare across two screens. */
export function keyDigits(gateKey: Uint8Array): string {
  const [a = 0, b = 0, c = 0] = sha256(gateKey);
  const digits = String(((a << 16) | (b << 8) | c) % 1_000_000).padStart(6, '0');
  return `${digits.slice(0, 3)} ${digits.slice(3)}`;
}

/** A name as a code can carry it. */
export const shortName = (name: string): string => [...name.trim()].join('').slice(0, LONGEST_NAME).trim();

/** The code that a new device shows, and the digits of its key. */
export async function askToJoin(
  store: Pick<GateStore, 'ensureKey'>,
  name: string,
): Promise<{ text: string; digits: string }> {
  const gateKey = compressPoint((await store.ensureKey()).publicKey);
  return { text: joinRequestText({ gateKey, name: shortName(name) }), digits: keyDigits(gateKey) };
}

/** A new device as an owner's phone reads it; null where the code is something else. */
export function readAsked(
  text: string,
  crypto: Crypto,
): { name: string; digits: string; gateKey: Uint8Array } | null {
  try {
    const { name, gateKey } = readJoinRequest(text.trim(), crypto);
    return { name, gateKey, digits: keyDigits(gateKey) };
  } catch (error) {
    if (isMunjigiError(error)) return null;
    throw error;
  }
}

/** Lets a new device in with this device's key, from now (seconds) for three days: the code that answers. */
export async function letIn(
  identity: GateIdentity,
  key: DeviceKey,
  asked: { readonly name: string; readonly gateKey: Uint8Array },
  now: number,
): Promise<string> {
  const from = Math.floor(now);
  const { name, kind, region } = identity.venue;
  const signed = await signDelegation(
    {
      venueId: identity.venueId,
      gateKey: asked.gateKey,
      name: asked.name,
      from,
      until: from + LONGEST_DELEGATION_SECONDS,
      nonce: randomBytes(16),
      venue: { name: shortName(name), kind, region },
    },
    deviceSigner(key),
  );
  return joinAnswerText(signed, key.publicKey);
}

/** Why an answer is not taken. */
export type JoinProblem = 'other-code' | 'other-device' | 'expired' | 'not-yet';

/**
 * Takes the answer of an owner's phone: from here on this device is a gate of that venue, marked until the register has seen the
 * delegation. Nothing is sent. `now` is null where the device has no clock that it trusts: then the register judges the time.
 */
export async function takeAnswer(
  store: Pick<GateStore, 'ensureKey' | 'enrol'>,
  text: string,
  crypto: Crypto,
  now: number | null,
): Promise<GateIdentity | JoinProblem> {
  let read: { delegation: Delegation; signed: Uint8Array };
  try {
    read = await readJoinAnswer(text.trim(), crypto);
  } catch (error) {
    if (isMunjigiError(error)) return 'other-code';
    throw error;
  }
  const { delegation, signed } = read;
  const key = await store.ensureKey();
  if (!equalBytes(delegation.gateKey, compressPoint(key.publicKey))) return 'other-device';
  const age = now === null ? 'good' : delegationAge(delegation, now);
  if (age !== 'good') return age;
  const identity: GateIdentity = {
    venueId: delegation.venueId,
    gateNo: 0,
    name: delegation.name,
    venue: delegation.venue,
    publicKey: key.publicKey,
    thumbprint: keyThumbprint(key.publicKey),
    role: 'gate',
    delegation: { signed, until: delegation.until },
  };
  await store.enrol(identity);
  return identity;
}

/** What the register is shown of a delegation, with the proof that this device has the key. */
export async function introduction(
  key: DeviceKey,
  signed: Uint8Array,
): Promise<{ delegation: string; proof: string }> {
  const proof = await deviceSigner(key).sign(possessionBytes(sha256(signed), compressPoint(key.publicKey)));
  return { delegation: toBase64url(signed), proof: toBase64url(proof) };
}
