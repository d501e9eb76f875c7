import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { cose, decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import { ApiError } from '../../contracts/index.ts';
import { isOrigin, type Origin, rpIdOf } from './origins.ts';
import { isDerSignature, pointOfCose } from './passkey-key.ts';

/** ES256 for officers, whose signatures others check with one algorithm; RS256 beside for what Windows Hello may make. */
export const algorithmsOf = (officer: boolean): number[] =>
  officer ? [cose.COSEALG.ES256] : [cose.COSEALG.ES256, cose.COSEALG.RS256];

/** What an authenticator signed, before anything of it is believed. Throws `accounts.passkey` where it is none. */
export function clientDataOf(
  clientDataJSON: string,
  origins: readonly Origin[],
): { challenge: Uint8Array; origin: string } {
  let said: ReturnType<typeof decodeClientDataJSON>;
  try {
    said = decodeClientDataJSON(clientDataJSON);
  } catch (cause) {
    throw new ApiError('accounts.passkey', { cause });
  }
  const { challenge, origin, crossOrigin } = said ?? {};
  if (typeof challenge !== 'string' || typeof origin !== 'string') throw new ApiError('accounts.passkey');
  // A frame inside somebody else's page is not where an officer looks.
  if (!isOrigin(origins, origin) || crossOrigin === true) throw new ApiError('accounts.origin');
  return { challenge: new Uint8Array(Buffer.from(challenge, 'base64url')), origin };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

export interface EnrolledKey {
  readonly credentialId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
}

/**
 * Checks a new authenticator (WebAuthn Level 3 §7.1): user verified, our origin and domain, the challenge. An officer's
 * key must stay where it was made (not backup-eligible) and be ES256. Throws `accounts.passkey`, `accounts.key-synced`, `accounts.key-kind`.
 */
export async function checkEnrolment(
  response: RegistrationResponseJSON,
  asked: { challenge: Uint8Array; origin: string; origins: readonly Origin[]; officer: boolean },
): Promise<EnrolledKey> {
  const checked = await verifyRegistrationResponse({
    response,
    expectedChallenge: text(asked.challenge),
    expectedOrigin: asked.origin,
    expectedRPID: rpIdOf(asked.origins),
    requireUserVerification: true,
    supportedAlgorithmIDs: [cose.COSEALG.ES256, cose.COSEALG.RS256],
  }).catch((cause: unknown) => {
    throw new ApiError('accounts.passkey', { cause });
  });
  if (!checked.verified) throw new ApiError('accounts.passkey');
  const { credential, credentialDeviceType } = checked.registrationInfo;
  if (asked.officer) {
    if (pointOfCose(credential.publicKey) === null) throw new ApiError('accounts.key-kind');
    if (credentialDeviceType !== 'singleDevice') throw new ApiError('accounts.key-synced');
  }
  return {
    credentialId: new Uint8Array(Buffer.from(credential.id, 'base64url')),
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: credential.transports ?? [],
  };
}

/**
 * Checks a signature of a known authenticator (WebAuthn Level 3 §7.2). Answers its new counter.
 * Throws `accounts.passkey`, `accounts.key-synced`.
 */
export async function checkAssertion(
  response: AuthenticationResponseJSON,
  key: EnrolledKey,
  asked: { challenge: Uint8Array; origin: string; origins: readonly Origin[]; officer: boolean },
): Promise<number> {
  const signature = new Uint8Array(Buffer.from(response.response.signature, 'base64url'));
  if (pointOfCose(key.publicKey) && !isDerSignature(signature)) throw new ApiError('accounts.passkey');
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: text(asked.challenge),
    expectedOrigin: asked.origin,
    expectedRPID: rpIdOf(asked.origins),
    requireUserVerification: true,
    credential: {
      id: text(key.credentialId),
      publicKey: new Uint8Array(key.publicKey),
      counter: key.counter,
    },
  }).catch((cause: unknown) => {
    throw new ApiError('accounts.passkey', { cause });
  });
  if (!checked.verified) throw new ApiError('accounts.passkey');
  const { newCounter, credentialDeviceType } = checked.authenticationInfo;
  if (asked.officer && credentialDeviceType !== 'singleDevice') throw new ApiError('accounts.key-synced');
  return newCounter;
}
