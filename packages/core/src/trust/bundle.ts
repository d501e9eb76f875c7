import { type CborValue, encodeDeterministic, sha256 } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { FormatName } from '../gate/types.ts';
import { type Crypto, openDocument, parseDocument } from '../signing/index.ts';
import { fieldReader } from './fields.ts';
import { partsFrom, partsPayload } from './parts.ts';
import { delegateOf } from './root.ts';
import type { Bundle, DayKey, ForeignEntry, IssuerEntry, Root } from './types.ts';

const read = fieldReader('trust.structure', 'trust bundle');
const FORMATS: readonly FormatName[] = ['entry-pass', 'hcert', 'shc', 'nzcp', 'ddcc', 'vds-nc', 'vc-jwt'];
const MAX_BYTES = 4_000_000;
/** Bundles of the first version have thirteen fields; what comes after the parts is for readers to come. */
const MOST_FIELDS = 32;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** The payload of a bundle (docs/protocol/bundle.cddl). */
export const bundlePayload = (bundle: Bundle): CborValue => [
  1,
  bundle.rootVersion,
  bundle.sequence,
  bundle.issuedAt,
  bundle.expiresAt,
  bundle.issuers.map(
    (i): CborValue => [i.kid, i.issuer, i.publicKey, i.usage, i.from, i.until, i.withdrawn, i.canary],
  ),
  bundle.foreign.map(
    (f): CborValue => [f.format, f.keyId, f.algorithm, f.spki, f.country, f.usage, f.from, f.until],
  ),
  new Map(Object.entries(bundle.withdrawn).map(([format, hashes]): [string, CborValue] => [format, hashes])),
  bundle.dayKeys.map((d): CborValue => [d.keyId, d.day, d.spare, d.publicKey]),
  bundle.registerKeys.map((k): CborValue => [k.kid, k.publicKey]),
  [bundle.endpoints.register, bundle.endpoints.mirrors],
  JSON.stringify(bundle.pack ?? null),
  bundle.logHead,
  ...(bundle.parts ? [partsPayload(bundle.parts)] : []),
];

const issuer = (value: CborValue): IssuerEntry => {
  const [kid, name, publicKey, usage, from, until, withdrawn, canary] = read.array(value, 'an issuer', 8);
  return {
    kid: read.bytes(kid, 'kid of an issuer', 1, 2),
    issuer: read.text(name, 'name of an issuer'),
    publicKey: read.bytes(publicKey, 'key of an issuer', 65),
    usage: read.word(usage, 'usage of an issuer', ['pass', 'specimen']),
    from: read.uint(from, 'from of an issuer'),
    until: read.uint(until, 'until of an issuer'),
    withdrawn: read.flag(withdrawn, 'withdrawn of an issuer'),
    canary: read.text(canary, 'canary of an issuer', 600),
  };
};

const foreign = (value: CborValue): ForeignEntry => {
  const [format, keyId, algorithm, spki, country, usage, from, until] = read.array(value, 'a foreign key', 8);
  return {
    format: read.word(format, 'format of a foreign key', FORMATS),
    keyId: read.text(keyId, 'id of a foreign key'),
    algorithm: read.word(algorithm, 'algorithm of a foreign key', ['ES256', 'PS256']),
    spki: read.bytes(spki, 'a foreign key', 40, 1200),
    country: read.text(country, 'country of a foreign key'),
    usage: read.orNull(usage, (list) =>
      read.array(list, 'usage of a foreign key', 0, 8).map((word) => read.text(word, 'usage', 20)),
    ),
    from: read.orNull(from, (n) => read.uint(n, 'from of a foreign key')),
    until: read.orNull(until, (n) => read.uint(n, 'until of a foreign key')),
  };
};

const dayKey = (value: CborValue): DayKey => {
  const [keyId, day, spare, publicKey] = read.array(value, 'a day key', 4);
  const date = read.text(day, 'day of a day key', 10);
  if (!DAY.test(date)) throw read.wrong('day of a day key is YYYY-MM-DD');
  return {
    keyId: read.uint(keyId, 'id of a day key', 1, 0xffffffff),
    day: date,
    spare: read.flag(spare, 'spare of a day key'),
    publicKey: read.bytes(publicKey, 'a day key', 65),
  };
};

function withdrawn(value: CborValue | undefined): Bundle['withdrawn'] {
  const out: Partial<Record<FormatName, readonly Uint8Array[]>> = {};
  for (const [key, hashes] of read.map(value, 'withdrawn')) {
    const format = read.word(key, 'format of a withdrawal list', FORMATS);
    out[format] = read
      .array(hashes, 'a withdrawal list', 0, 100_000)
      .map((hash) => read.bytes(hash, 'a withdrawn hash', 16));
  }
  return out;
}

function packOf(value: CborValue | undefined): unknown {
  try {
    return JSON.parse(read.text(value, 'pack', MAX_BYTES));
  } catch (error) {
    throw error instanceof MunjigiError ? error : read.wrong('the pack is JSON');
  }
}

function fromPayload(payload: CborValue): Bundle {
  const [
    document,
    rootVersion,
    sequence,
    issuedAt,
    expiresAt,
    issuers,
    foreigns,
    lists,
    dayKeys,
    registerKeys,
    endpoints,
    pack,
    logHead,
    parts,
  ] = read.array(payload, 'thirteen fields or more', 13, MOST_FIELDS);
  const [register, mirrors] = read.array(endpoints, 'endpoints', 2);
  const address = (value: CborValue) => read.text(value, 'an address', 500);
  return {
    version: read.version(document),
    rootVersion: read.uint(rootVersion, 'root-version', 1, 0xffffffff),
    sequence: read.uint(sequence, 'sequence', 1),
    issuedAt: read.uint(issuedAt, 'issued-at'),
    expiresAt: read.uint(expiresAt, 'expires-at'),
    issuers: read.array(issuers, 'issuers', 1, 64).map(issuer),
    foreign: read.array(foreigns, 'foreign keys', 0, 20_000).map(foreign),
    withdrawn: withdrawn(lists),
    dayKeys: read.array(dayKeys, 'day keys', 0, 400).map(dayKey),
    registerKeys: read.array(registerKeys, 'register keys', 0, 8).map((item) => {
      const [kid, publicKey] = read.array(item, 'a register key', 2);
      return {
        kid: read.bytes(kid, 'kid of a register key', 1, 8),
        publicKey: read.bytes(publicKey, 'a register key', 65),
      };
    }),
    endpoints: {
      register: read.array(register, 'addresses of the register', 0, 16).map(address),
      mirrors: read.array(mirrors, 'addresses of mirrors', 0, 16).map(address),
    },
    pack: packOf(pack),
    logHead: read.orNull(logHead, (bytes) => read.bytes(bytes, 'log-head', 1, 64)),
    ...(parts === undefined ? {} : { parts: partsFrom(parts) }),
  };
}

/** A verified bundle with the digest of its document: what `now` and every batch name it by. */
export interface OpenedBundle {
  readonly bundle: Bundle;
  readonly digest: Uint8Array;
}

/**
 * Verifies a bundle under the root in use. With `at` (pessimistic seconds) it must still be in force; without, as when a
 * device reads back what it keeps, its age is left to the ladder.
 * Throws `trust.structure`, `trust.signature`, `trust.root` (of another root version), `trust.expired`.
 */
export async function openBundle(
  bytes: Uint8Array,
  root: Root,
  crypto: Crypto,
  at?: number,
): Promise<OpenedBundle> {
  const bundle = fromPayload(await openDelegated('bundle', bytes, root, crypto));
  if (bundle.rootVersion !== root.version)
    throw new MunjigiError('trust.root', 'This bundle belongs to another version of the root.');
  const delegate = delegateOf(root, parseDocument('bundle', bytes).kid)!;
  if (bundle.issuedAt < delegate.from || bundle.issuedAt > delegate.until) {
    throw new MunjigiError('trust.expired', 'The bundle was signed outside the time that its key serves.');
  }
  if (at !== undefined && (bundle.expiresAt < at || delegate.until < at)) {
    throw new MunjigiError('trust.expired', 'This bundle has run out: fetch a newer one.');
  }
  return { bundle, digest: sha256(bytes) };
}

/** A document of the authority, signed by a delegate of the root. Throws `trust.signature` where it is not. */
export async function openDelegated(
  kind: 'bundle' | 'now' | 'clock' | 'notified' | 'status',
  bytes: Uint8Array,
  root: Root,
  crypto: Crypto,
): Promise<CborValue> {
  try {
    return await openDocument(kind, bytes, (kid) => delegateOf(root, kid)?.spki, crypto);
  } catch (error) {
    if (
      error instanceof MunjigiError &&
      (error.code === 'signing.unknown-key' || error.code === 'signing.signature')
    ) {
      throw new MunjigiError(
        'trust.signature',
        `The ${kind} is not signed by a key of the root: keep the one in use.`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** Bytes of the payload, for whoever compares two bundles. */
export const encodeBundle = (bundle: Bundle): Uint8Array => encodeDeterministic(bundlePayload(bundle));

/**
 * Reads a bundle whose file somebody vouches for with their own hand, as in `munjigi check --trust`: its signature is not
 * looked at. A device never does this. Throws `trust.structure` or `signing.structure`.
 */
export const readVouchedBundle = (bytes: Uint8Array): Bundle =>
  fromPayload(parseDocument('bundle', bytes).payload);
