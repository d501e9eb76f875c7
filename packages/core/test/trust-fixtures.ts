import type { Signer } from '../src/signing/index.ts';
import { type Bundle, type Now, type Root, signerKid } from '../src/trust/index.ts';
import { testKey } from './test-keys.ts';

/** One of each signed document, with the keys that sign them. */
export const [k1, k2, k3, k4, k5, delegate, spare, issuer, register, day] = [
  'root 1',
  'root 2',
  'root 3',
  'root 4',
  'root 5',
  'delegate',
  'delegate 2',
  'issuer',
  'register',
  'day',
].map((name) => testKey(`mj1 test ${name}`)) as unknown as Signer[] & { length: 10 };
export const pub = (key: Signer | undefined) => key!.publicKey;
export const AT = 1_641_430_800;
export const DAY = 86_400;
export const fill = (n: number, size = 32) => new Uint8Array(size).fill(n);

export const root: Root = {
  version: 1,
  threshold: 2,
  keys: [pub(k1), pub(k2), pub(k3)],
  delegates: [
    { publicKey: pub(delegate), from: AT - 10 * DAY, until: AT + 80 * DAY },
    { publicKey: pub(spare), from: AT - 10 * DAY, until: AT + 80 * DAY },
  ],
  issuedAt: AT - 10 * DAY,
};
export const bundle: Bundle = {
  version: 1,
  rootVersion: 1,
  sequence: 5,
  issuedAt: AT,
  expiresAt: AT + 14 * DAY,
  issuers: [
    {
      kid: Uint8Array.of(1),
      issuer: 'issuer',
      publicKey: pub(issuer),
      usage: 'pass',
      from: AT - DAY,
      until: AT + 90 * DAY,
      withdrawn: false,
      canary: 'MJ1:CANARY',
    },
  ],
  foreign: [
    {
      format: 'hcert',
      keyId: 'AAAAAAAAAAA=',
      algorithm: 'PS256',
      spki: fill(3, 294),
      country: 'NL',
      usage: ['v'],
      from: null,
      until: AT + DAY,
    },
  ],
  withdrawn: { hcert: [fill(7, 16)] },
  dayKeys: [
    { keyId: 1, day: '2022-01-06', spare: false, publicKey: pub(day) },
    { keyId: 2, day: '2022-01-03', spare: true, publicKey: pub(day) },
    { keyId: 3, day: '2022-01-10', spare: true, publicKey: pub(day) },
  ],
  registerKeys: [{ kid: signerKid(pub(register)), publicKey: pub(register) }],
  endpoints: { register: ['/api/register'], mirrors: ['/mirror'] },
  pack: { id: 'kr-2022', timeZone: 'Asia/Seoul', half: 0.5 },
  logHead: null,
};
export const now: Now = {
  version: 1,
  sequence: 9,
  issuedAt: AT,
  validFrom: AT,
  validUntil: AT + DAY,
  notice: 'register-down',
  parameters: { since: '14:00', count: 3 },
  status: 'provisional',
  obligation: 'usual',
  bundle: { rootVersion: 1, sequence: 5, digest: fill(1) },
  logHead: null,
};
