import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
// @ts-expect-error the library comes without types
import Provider from 'oidc-provider';

export const CLIENT = 'wallet-of-a-test';
export const SECRET = 'a client secret that is long enough for a test';

/** Changes the answer of the token endpoint on its way out. */
export type Tamper = (answer: Record<string, unknown>, tools: TokenTools) => void;

export interface TokenTools {
  /** Claims of a token. */
  claims(token: string): Record<string, unknown>;
  /** A token with these claims: signed by the provider's own key, by another one, or not at all. */
  token(claims: Record<string, unknown>, by?: 'own' | 'stranger' | 'none'): string;
}

/** A real identity provider on loopback, whose people sign in by naming themselves. */
export interface TestProvider {
  readonly issuer: string;
  tamper: Tamper | null;
  /** Claims of the one account. */
  claims: Record<string, unknown>;
  /** Goes through the provider's pages as a browser does; the query with which it comes back to the wallet. */
  signIn(address: string): Promise<string>;
  stop(): Promise<void>;
}

const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function tokenTools(kid: string, own: ReturnType<typeof generateKeyPairSync>['privateKey']): TokenTools {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return {
    claims: (token) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as never,
    token(claims, by = 'own') {
      if (by === 'none') return `${b64({ alg: 'none' })}.${b64(claims)}.`;
      const head = `${b64({ alg: 'RS256', kid })}.${b64(claims)}`;
      return `${head}.${sign('sha256', Buffer.from(head), (by === 'own' ? own : stranger) as never).toString('base64url')}`;
    },
  };
}

/** Starts the provider for a client whose page is `redirectUri`. */
export async function startProvider(redirectUri: string): Promise<TestProvider> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...keys.privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test-key' };
  let handle: (request: IncomingMessage, answer: ServerResponse) => void = () => {};
  const server: Server = createServer((request, answer) => handle(request, answer));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const test: TestProvider = {
    issuer,
    tamper: null,
    claims: { name: '김하늘', family_name: '김', birthdate: '1990-03-12' },
    signIn: (address) => browse(address, redirectUri),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  const provider = new Provider(issuer, {
    clients: [
      { client_id: CLIENT, client_secret: SECRET, redirect_uris: [redirectUri], response_types: ['code'] },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['a cookie key of a test'] },
    claims: { openid: ['sub'], profile: ['name', 'family_name', 'birthdate'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...test.claims }),
    }),
  });
  const tools = tokenTools('test-key', keys.privateKey);
  provider.use(async (context: { path: string; body: unknown }, next: () => Promise<void>) => {
    await next();
    if (context.path === '/token' && test.tamper && (context.body as { id_token?: string })?.id_token)
      test.tamper(context.body as Record<string, unknown>, tools);
  });
  const pages = provider.callback() as typeof handle;
  handle = (request, answer) => {
    if (!request.url?.startsWith('/interaction/')) return pages(request, answer);
    void finishInteraction(provider, request, answer);
  };
  return test;
}

/** Signs the one account in and consents to what is asked. */
async function finishInteraction(provider: Provider, request: IncomingMessage, answer: ServerResponse) {
  const { params, prompt, session } = await provider.interactionDetails(request, answer);
  if (prompt.name === 'login')
    return provider.interactionFinished(request, answer, { login: { accountId: 'account-7' } });
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  return provider.interactionFinished(request, answer, { consent: { grantId } });
}

/** Follows redirects with cookies until the wallet's page is reached. */
async function browse(address: string, redirectUri: string): Promise<string> {
  const cookies = new Map<string, string>();
  let at = address;
  for (let steps = 0; steps < 12; steps++) {
    const answer = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    const next = answer.headers.get('location');
    if (!next) throw new Error(`The provider stopped with ${answer.status}: ${await answer.text()}`);
    at = new URL(next, at).href;
    if (at.startsWith(redirectUri)) return new URL(at).search;
  }
  throw new Error('The provider goes round.');
}
