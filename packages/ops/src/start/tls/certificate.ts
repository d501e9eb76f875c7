import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, boolean, integer, octets, oid, sequence, setOf, time, tlv, utf8 } from './der.ts';

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;

export interface Issued {
  readonly key: KeyObject;
  readonly der: Buffer;
}

export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const nameOf = (commonName: string): Buffer => sequence(setOf(sequence(oid('2.5.4.3'), utf8(commonName))));
const extension = (id: string, value: Buffer, critical: boolean): Buffer =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));

function certificate(fields: {
  subject: string;
  issuer: string;
  key: KeyObject;
  signer: KeyObject;
  from: Date;
  days: number;
  extensions: readonly Buffer[];
}): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const body = sequence(
    tlv(0xa0, integer(Uint8Array.of(2))),
    integer(serial),
    ECDSA_SHA256,
    nameOf(fields.issuer),
    sequence(time(fields.from), time(new Date(fields.from.getTime() + fields.days * DAY_MS))),
    nameOf(fields.subject),
    createPublicKey(fields.key).export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...fields.extensions)),
  );
  return sequence(body, ECDSA_SHA256, bits(sign('sha256', body, fields.signer)));
}

/** Networks that no certificate authority in the world serves, and this machine: all that ours may ever speak for. */
const PRIVATE_NETWORKS: readonly (readonly [string, string])[] = [
  ['127.0.0.0', '255.0.0.0'],
  ['10.0.0.0', '255.0.0.0'],
  ['172.16.0.0', '255.240.0.0'],
  ['192.168.0.0', '255.255.0.0'],
  ['169.254.0.0', '255.255.0.0'],
  ['100.64.0.0', '255.192.0.0'],
];
const octetsOf = (ipv4: string): Buffer => Buffer.from(ipv4.split('.').map(Number));
/** True for an address of this machine or of a private network: any other belongs to the open internet. */
export const isPrivate = (address: string): boolean =>
  isIPv4(address) &&
  PRIVATE_NETWORKS.some(([network, mask]) => {
    const [a, n, m] = [octetsOf(address), octetsOf(network), octetsOf(mask)];
    return a.every((byte, i) => (byte & m[i]!) === n[i]);
  });
const LOOPBACK6 = Buffer.concat([Buffer.alloc(15), Buffer.of(1)]);

/** A certificate authority for this machine alone: name constraints keep it from speaking for any other place. */
export function makeAuthority(commonName: string, names: readonly string[], from: Date): Issued {
  const key = newKey();
  const permitted = [
    ...names.map((name) => sequence(tlv(0x82, Buffer.from(name, 'ascii')))),
    ...PRIVATE_NETWORKS.map(([network, mask]) => sequence(tlv(0x87, octetsOf(network), octetsOf(mask)))),
    sequence(tlv(0x87, LOOPBACK6, Buffer.alloc(16, 0xff))),
  ];
  const der = certificate({
    subject: commonName,
    issuer: commonName,
    key,
    signer: key,
    from,
    days: 825,
    extensions: [
      extension('2.5.29.19', sequence(boolean(true), integer(Uint8Array.of(0))), true),
      extension('2.5.29.15', bits(Uint8Array.of(0b0000_0110), 1), true),
      extension('2.5.29.30', sequence(tlv(0xa0, ...permitted)), true),
    ],
  });
  return { key, der };
}

/** A server certificate for names and private IPv4 addresses of this machine; other addresses are left out. */
export function makeServerCertificate(
  authority: { readonly commonName: string; readonly key: KeyObject },
  names: readonly string[],
  addresses: readonly string[],
  from: Date,
): Issued {
  const key = newKey();
  const others = sequence(
    ...names.map((name) => tlv(0x82, Buffer.from(name, 'ascii'))),
    ...addresses.filter(isPrivate).map((address) => tlv(0x87, octetsOf(address))),
    tlv(0x87, LOOPBACK6),
  );
  const der = certificate({
    subject: names[0] ?? 'localhost',
    issuer: authority.commonName,
    key,
    signer: authority.key,
    from,
    days: 397,
    extensions: [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', bits(Uint8Array.of(0b1000_0000), 7), true),
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')), false),
      extension('2.5.29.17', others, false),
    ],
  });
  return { key, der };
}

export const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
