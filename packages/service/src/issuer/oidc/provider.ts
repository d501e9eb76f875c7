import { isDate } from '@munjigi/core/rules';
import * as client from 'openid-client';
import { type Clock, nowSeconds } from '../../clock/index.ts';
import { ApiError } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import type { Identity, IdentityProvider, SigningIn } from '../identity.ts';
import { isLoopback, type OidcSettings } from './settings.ts';
import { identityFromCbor, identityToCbor, SignedInPeople, SignIns } from './sign-ins.ts';

/** Seconds in which somebody finishes a sign-in, and in which they then enrol. */
const SIGN_IN_SECONDS = 900;
const ENROL_SECONDS = 900;
/** A provider that does not answer in this time is told as away. */
const TIMEOUT_SECONDS = 8;
/** Metadata and keys of a provider are asked for again after this time, in milliseconds. */
const REMEMBER_MS = 3_600_000;

export interface OidcParts {
  readonly db: Database;
  /** 32 bytes that seal the people who signed in. */
  readonly key: Uint8Array;
  readonly clock: Clock;
}

/**
 * An identity provider by OpenID Connect Core 1.0: authorization code flow with PKCE (RFC 7636), state and nonce; the token
 * is checked by its signature as well, although it comes straight from the provider.
 */
export function oidcProvider(settings: OidcSettings, { db, key, clock }: OidcParts): IdentityProvider {
  const signIns = new SignIns(db);
  const people = new SignedInPeople(db, key, settings.name);
  const configuration = configurationOf(settings, clock.nowMs);

  const signingIn: SigningIn = {
    title: settings.title,
    async begin() {
      const config = await configuration();
      const [state, nonce, verifier] = [
        client.randomState(),
        client.randomNonce(),
        client.randomPKCECodeVerifier(),
      ];
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: settings.redirectUri,
        scope: settings.scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const at = nowSeconds(clock);
      const keep = await signIns.keep(
        ['begun', settings.name, state, nonce, verifier],
        at,
        at + SIGN_IN_SECONDS,
      );
      return { address: address.href, keep };
    },

    async finish(keep, answer) {
      const at = nowSeconds(clock);
      const begun = (await signIns.take(keep, at)) as readonly string[] | null;
      if (begun?.[0] !== 'begun' || begun[1] !== settings.name) throw new ApiError('issuer.sign-in-unknown');
      const [, , expectedState, expectedNonce, pkceCodeVerifier] = begun as [
        string,
        string,
        string,
        string,
        string,
      ];
      const config = await configuration();
      const url = new URL(settings.redirectUri);
      url.search = answer;
      const identity = await identityFrom(config, settings, url, {
        expectedState,
        expectedNonce,
        pkceCodeVerifier,
      });
      const signIn = await signIns.keep(
        ['signed-in', settings.name, identityToCbor(identity)],
        at,
        at + ENROL_SECONDS,
      );
      return { signIn, identity };
    },
  };

  return {
    name: settings.name,
    signingIn,
    async identify(assertion) {
      if (assertion.signIn === undefined) return null;
      const at = nowSeconds(clock);
      const signedIn = (await signIns.take(assertion.signIn, at)) as readonly unknown[] | null;
      if (signedIn?.[0] !== 'signed-in' || signedIn[1] !== settings.name)
        throw new ApiError('issuer.sign-in-unknown');
      const identity = identityFromCbor(signedIn[2] as never);
      await people.remember(identity, at);
      return identity;
    },
    find: (person) => people.find(person),
  };
}

/** The provider's metadata, asked for once and again after an hour; a failure is not remembered. */
function configurationOf(settings: OidcSettings, nowMs: () => number): () => Promise<client.Configuration> {
  let known: { readonly at: number; readonly config: Promise<client.Configuration> } | null = null;
  const discover = async () => {
    const { clientSecret } = settings;
    const loopback = isLoopback(settings.issuer);
    const config = await client.discovery(
      new URL(settings.issuer),
      settings.clientId,
      { [client.clockTolerance]: settings.clockToleranceSeconds },
      clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret),
      { timeout: TIMEOUT_SECONDS, ...(loopback ? { execute: [client.allowInsecureRequests] } : {}) },
    );
    config.timeout = TIMEOUT_SECONDS;
    client.enableNonRepudiationChecks(config);
    return config;
  };
  return async () => {
    if (!known || Math.abs(nowMs() - known.at) > REMEMBER_MS) known = { at: nowMs(), config: discover() };
    try {
      return await known.config;
    } catch (cause) {
      known = null;
      throw new ApiError('issuer.provider-away', { cause: safe(cause), retryAfterSeconds: 30 });
    }
  };
}

async function identityFrom(
  config: client.Configuration,
  settings: OidcSettings,
  url: URL,
  checks: client.AuthorizationCodeGrantChecks,
): Promise<Identity> {
  let told: Readonly<Record<string, unknown>>;
  try {
    const tokens = await client.authorizationCodeGrant(config, url, { ...checks, idTokenExpected: true });
    const claims = tokens.claims();
    if (!claims) throw new ApiError('issuer.sign-in-refused');
    // A provider may tell the rest at its userinfo endpoint; what the signed token says counts more.
    const missing = Object.values(settings.claims).some((name) => claims[name] === undefined);
    const more =
      missing && config.serverMetadata().userinfo_endpoint
        ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
        : {};
    told = { ...more, ...claims };
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw isAway(cause)
      ? new ApiError('issuer.provider-away', { cause: safe(cause), retryAfterSeconds: 30 })
      : new ApiError('issuer.sign-in-refused', { cause: safe(cause) });
  }
  const text = (claim: string): string => {
    const value = told[claim];
    return typeof value === 'string' && value.length <= 120 ? value.trim() : '';
  };
  const { claims } = settings;
  const [person, name, familyName, birthDate] = [
    claims.person,
    claims.name,
    claims.familyName,
    claims.birthDate,
  ].map(text) as [string, string, string, string];
  if (person === '' || name === '' || familyName === '' || !isDate(birthDate))
    throw new ApiError('issuer.claims');
  return { person, name, familyName, birthDate, tag: '', nameEn: '', tagEn: '', asOf: null };
}

/** True where the provider was not reached or failed, so that trying again may help. */
function isAway(error: unknown): boolean {
  const { status, code, cause } = error as { status?: unknown; code?: unknown; cause?: unknown };
  if (typeof status === 'number') return status >= 500;
  if (code === 'OAUTH_TIMEOUT') return true;
  if (cause instanceof Response) return cause.status >= 500;
  return error instanceof TypeError && error.message === 'fetch failed';
}

/** The kind of a failure without what the provider said: its words may name a person. */
const safe = (error: unknown): Error => new Error(error instanceof Error ? error.name : 'unknown');
