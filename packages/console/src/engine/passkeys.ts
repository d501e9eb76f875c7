import { fromBase64, toBase64url } from '@munjigi/core/encoding';

/** What an authenticator made or signed, as it travels: every field base64url. */
export interface CredentialJson {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly authenticatorAttachment?: string;
  readonly clientExtensionResults: Record<string, unknown>;
  readonly response: Readonly<Record<string, unknown>>;
}

/** The person said no, or did nothing, or has no such passkey here: nothing was sent. */
export class PasskeyRefused extends Error {
  override readonly name = 'PasskeyRefused';
}

/** The authenticator of this device. The page has one; a preview has a stand-in. */
export interface Authenticator {
  create(options: CredentialCreationOptions): Promise<Credential | null>;
  get(options: CredentialRequestOptions): Promise<Credential | null>;
}

/** Options as the service writes them down (WebAuthn Level 3, section 5.1). */
export interface DescriptorJson {
  readonly id: string;
  readonly transports?: readonly string[];
}
export interface CreateJson {
  readonly challenge: string;
  readonly rp: PublicKeyCredentialRpEntity;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: PublicKeyCredentialParameters[];
  readonly excludeCredentials?: readonly DescriptorJson[];
  readonly [other: string]: unknown;
}
export interface RequestJson {
  readonly challenge: string;
  readonly allowCredentials?: readonly DescriptorJson[];
  readonly [other: string]: unknown;
}

const bytes = (text: string): BufferSource => fromBase64(text) as Uint8Array<ArrayBuffer>;
const text = (buffer: ArrayBuffer): string => toBase64url(new Uint8Array(buffer));

const descriptors = (list: readonly DescriptorJson[] = []): PublicKeyCredentialDescriptor[] =>
  list.map(({ id, transports }) => ({
    type: 'public-key',
    id: bytes(id),
    ...(transports ? { transports: transports as AuthenticatorTransport[] } : {}),
  }));

async function asked(work: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await work.catch((error: Error) => {
    throw new PasskeyRefused(error.name, { cause: error });
  });
  if (credential === null) throw new PasskeyRefused('none');
  return credential as PublicKeyCredential;
}

const outside = (credential: PublicKeyCredential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: 'public-key' as const,
  ...(credential.authenticatorAttachment
    ? { authenticatorAttachment: credential.authenticatorAttachment }
    : {}),
  clientExtensionResults: credential.getClientExtensionResults() as Record<string, unknown>,
});

/** Makes a passkey for an account. Throws `PasskeyRefused`. */
export async function makePasskey(
  authenticator: Authenticator,
  options: CreateJson,
): Promise<CredentialJson> {
  const { challenge, user, excludeCredentials, ...rest } = options;
  const credential = await asked(
    authenticator.create({
      publicKey: {
        ...rest,
        challenge: bytes(challenge),
        user: { ...user, id: bytes(user.id) },
        excludeCredentials: descriptors(excludeCredentials),
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...outside(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/** Has a challenge signed by a passkey. Throws `PasskeyRefused`. */
export async function usePasskey(
  authenticator: Authenticator,
  options: RequestJson,
): Promise<CredentialJson> {
  const { challenge, allowCredentials, ...rest } = options;
  return signChallenge(authenticator, fromBase64(challenge), { ...rest }, descriptors(allowCredentials));
}

/**
 * Has bytes signed that this page computed itself. User verification is always asked for: what follows is a signature of a
 * person and no mere sign-in. Throws `PasskeyRefused`.
 */
export async function signChallenge(
  authenticator: Authenticator,
  challenge: Uint8Array,
  options: Record<string, unknown> = {},
  allowCredentials: PublicKeyCredentialDescriptor[] = [],
): Promise<CredentialJson> {
  const credential = await asked(
    authenticator.get({
      publicKey: {
        userVerification: 'required',
        ...options,
        challenge: challenge as Uint8Array<ArrayBuffer>,
        allowCredentials,
      },
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...outside(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle ? { userHandle: text(response.userHandle) } : {}),
    },
  };
}
