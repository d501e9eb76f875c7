import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A call as a provider tells of it. */
export interface TestCall {
  readonly callId: string;
  readonly calledNumber: string;
  readonly callerNumber: string;
  readonly at: number;
}

/** A telephone provider: its keys, and deliveries as it signs them. */
export interface TestProvider {
  readonly name: string;
  /** Body and headers of a delivery; `odd` changes what was signed or is sent. */
  deliver(call: object, at: number, odd?: Odd): { body: string; headers: Record<string, string> };
}

export interface Odd {
  /** The body that is sent in place of the one that was signed. */
  readonly body?: string;
  readonly timestamp?: string;
  readonly signature?: string;
}

/** Two providers in a service's data folder, one that shares a secret and one that has a key. */
export function writeProviders(data: string): { hmac: TestProvider; ecdsa: TestProvider } {
  mkdirSync(data, { recursive: true });
  const secret = randomBytes(24).toString('base64');
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(data, 'tel-a.secret'), `${secret}\n`, { mode: 0o600 });
  writeFileSync(join(data, 'tel-b.pem'), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(
    join(data, 'call-providers.json'),
    JSON.stringify([
      { name: 'tel-a', scheme: 'hmac-sha256', secretFiles: ['tel-a.secret'] },
      { name: 'tel-b', scheme: 'ecdsa-p256-sha256', publicKeyFiles: ['tel-b.pem'] },
    ]),
  );
  const provider = (name: string, signed: (bytes: Buffer) => Buffer): TestProvider => ({
    name,
    deliver(call, at, odd = {}) {
      const body = JSON.stringify(call);
      const timestamp = String(at);
      const signature = signed(Buffer.from(`${timestamp}.${body}`)).toString('base64');
      return {
        body: odd.body ?? body,
        headers: {
          'content-type': 'application/json',
          'webhook-timestamp': odd.timestamp ?? timestamp,
          'webhook-signature': odd.signature ?? signature,
        },
      };
    },
  });
  return {
    hmac: provider('tel-a', (bytes) => createHmac('sha256', secret).update(bytes).digest()),
    ecdsa: provider('tel-b', (bytes) => sign('sha256', bytes, pair.privateKey)),
  };
}
