import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { freePort } from './ports.ts';

/** Somebody at whose page people sign in, by OpenID Connect (authorization code with PKCE), on this machine. */
export interface IdentityProvider {
  readonly address: string;
  /** What an issuer is told of it: its entry in the file of providers. */
  readonly settings: object;
  /** False: it answers nobody. */
  up: boolean;
  close(): Promise<void>;
}

const PAGE = 'http://127.0.0.1/wallet';
const CLIENT = 'wallet';
const LONGEST_SECONDS = 300;
const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts a provider of a name that vouches for whoever asks. */
export async function startIdentityProvider(name: string): Promise<IdentityProvider> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: name };
  const codes = new Map<string, { readonly nonce: string; readonly challenge: string }>();
  let people = 0;

  const tokens = (form: URLSearchParams): object | null => {
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || verifier !== code.challenge) return null;
    people += 1;
    const at = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: address, aud: CLIENT, sub: `${name}-${people}`, nonce: code.nonce },
      ...{ iat: at, exp: at + LONGEST_SECONDS },
      ...{ name: '김하늘', family_name: '김', birthdate: '1988-03-12' },
    };
    const signed = `${b64({ alg: 'RS256', kid: name })}.${b64(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), keys.privateKey).toString('base64url');
    return {
      access_token: randomBytes(16).toString('hex'),
      token_type: 'Bearer',
      id_token: `${signed}.${signature}`,
    };
  };
  /** Whoever opens the page is signed in, and sent back to the wallet. */
  const signedIn = (asked: URLSearchParams, response: ServerResponse): void => {
    const code = randomBytes(16).toString('hex');
    codes.set(code, {
      nonce: asked.get('nonce') ?? '',
      challenge: asked.get('code_challenge') ?? '',
    });
    const back = new URLSearchParams({ code, state: asked.get('state') ?? '' });
    response.writeHead(302, { location: `${PAGE}?${back}` }).end();
  };
  const server: Server = createServer((request, response) => {
    if (!provider.up) return void request.socket.destroy();
    const { pathname, searchParams } = new URL(request.url ?? '/', address);
    const answer = (value: object | null): void => {
      response.writeHead(value ? 200 : 400, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value ?? { error: 'invalid_grant' }));
    };
    if (pathname === '/authorize') return signedIn(searchParams, response);
    if (pathname === '/jwks') return answer({ keys: [jwk] });
    if (pathname === '/.well-known/openid-configuration')
      return answer({
        issuer: address,
        authorization_endpoint: `${address}/authorize`,
        token_endpoint: `${address}/token`,
        jwks_uri: `${address}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      });
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => answer(tokens(new URLSearchParams(body))));
  });
  const provider: IdentityProvider = {
    address,
    settings: {
      name,
      title: { ko: name, en: name },
      issuer: address,
      clientId: CLIENT,
      redirectUri: PAGE,
    },
    up: true,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return provider;
}
