import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { type CborValue, encodeDeterministic } from '@munjigi/core/encoding';
import { makePrivateKey, publicPoint } from '@munjigi/service/crypto';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** What an authenticator or the page around it may do wrong. */
export interface Oddities {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly challenge?: string;
  /** User verified; true where nothing is said. */
  readonly verified?: boolean;
  readonly present?: boolean;
  /** The key may be copied to other devices (backup-eligible). */
  readonly synced?: boolean;
  /** Signature counter; 0 where nothing is said. */
  readonly counter?: number;
}

/** A passkey in software, which makes the very bytes that a browser hands over (WebAuthn Level 3 §6). */
export class TestAuthenticator {
  readonly id = new Uint8Array(randomBytes(32));
  readonly point: Uint8Array | null;
  private readonly key: KeyObject;
  private readonly cose: Uint8Array;
  userHandle: string | null = null;

  constructor(algorithm: 'ES256' | 'RS256' = 'ES256') {
    if (algorithm === 'RS256') {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const { n, e } = privateKey.export({ format: 'jwk' }) as { n: string; e: string };
      this.key = privateKey;
      this.point = null;
      this.cose = cbor([
        [1, 3],
        [3, -257],
        [-1, Buffer.from(n, 'base64url')],
        [-2, Buffer.from(e, 'base64url')],
      ]);
      return;
    }
    const secret = makePrivateKey();
    this.point = publicPoint(secret);
    const [x, y] = [this.point.slice(1, 33), this.point.slice(33)];
    this.key = createPrivateKey({
      format: 'jwk',
      key: { kty: 'EC', crv: 'P-256', d: text(secret), x: text(x), y: text(y) },
    });
    this.cose = cbor([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, x],
      [-3, y],
    ]);
  }

  /** What `navigator.credentials.create(options)` answers, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: options travel as JSON of the standard
  create(options: any, origin: string, odd: Oddities = {}) {
    this.userHandle = options.user.id;
    const data = this.authenticatorData(odd.rpId ?? options.rp.id, odd, true);
    const clientData = this.clientData('webauthn.create', options.challenge, origin, odd);
    return {
      id: text(this.id),
      rawId: text(this.id),
      type: 'public-key' as const,
      response: {
        clientDataJSON: text(clientData),
        attestationObject: text(
          cbor([
            ['fmt', 'none'],
            ['attStmt', new Map()],
            ['authData', data],
          ]),
        ),
        transports: ['usb'],
      },
      clientExtensionResults: {},
    };
  }

  /** What `navigator.credentials.get(options)` answers, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: options travel as JSON of the standard
  get(options: any, origin: string, odd: Oddities = {}) {
    const data = this.authenticatorData(odd.rpId ?? options.rpId, odd, false);
    const clientData = this.clientData('webauthn.get', options.challenge, origin, odd);
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.key);
    return {
      id: text(this.id),
      rawId: text(this.id),
      type: 'public-key' as const,
      response: {
        clientDataJSON: text(clientData),
        authenticatorData: text(data),
        signature: text(signature),
        ...(this.userHandle ? { userHandle: this.userHandle } : {}),
      },
      clientExtensionResults: {},
    };
  }

  private authenticatorData(rpId: string, odd: Oddities, withKey: boolean): Uint8Array {
    const { present = true, verified = true, synced = false, counter = 0 } = odd;
    const flags = (present ? 1 : 0) | (verified ? 4 : 0) | (synced ? 8 : 0) | (withKey ? 0x40 : 0);
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(counter, 1);
    if (!withKey) return Buffer.concat([sha256(rpId), head]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    return Buffer.concat([sha256(rpId), head, Buffer.alloc(16), length, this.id, this.cose]);
  }

  private clientData(type: string, challenge: string, origin: string, odd: Oddities): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: odd.type ?? type,
        challenge: odd.challenge ?? challenge,
        origin: odd.origin ?? origin,
        crossOrigin: odd.crossOrigin ?? false,
      }),
    );
  }
}

const cbor = (fields: readonly (readonly [number | string, CborValue])[]): Uint8Array =>
  encodeDeterministic(
    new Map(fields.map(([key, value]) => [key, value instanceof Buffer ? new Uint8Array(value) : value])),
  );
