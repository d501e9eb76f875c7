import { type CborValue, encodeDeterministic, sha256 } from '../encoding/index.ts';
import { type Crypto, openDocument, parseDocument, type Signer, signDocument } from '../signing/index.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import type { HandleSet, Opening, Release, Resolution } from './types.ts';

type Kind = 'release' | 'opening' | 'resolution';
type KeyOf = (kid: Uint8Array) => Uint8Array | undefined;

const MOST_SETS = 64;
const read = fieldReader('case.structure', 'document of a case');

const sign = (kind: Kind, payload: CborValue, signer: Signer) =>
  signDocument(kind, payload, signer, signerKid(signer.publicKey));

/** The hash of a signed document of a case: over its payload, since a signature can be re-shaped without its key. */
export const documentHash = (kind: Kind, bytes: Uint8Array): Uint8Array =>
  sha256(encodeDeterministic(parseDocument(kind, bytes, 16_384).payload));

const releaseFields = (one: Release): CborValue[] => [
  one.caseHash,
  one.count,
  one.without,
  one.cancelled,
  one.keyMissing,
  one.moved,
  one.root,
  one.at,
];

/** Signs a release by the register's line key. Without sheets it is what every version reads. */
export const signRelease = (one: Release, signer: Signer): Promise<Uint8Array> =>
  sign('release', one.sheets ? [2, ...releaseFields(one), one.sheets] : [1, ...releaseFields(one)], signer);

/** Verifies a release. Throws `case.structure` or a `signing` error. */
export async function openRelease(bytes: Uint8Array, keyOf: KeyOf, crypto: Crypto): Promise<Release> {
  const payload = await openDocument('release', bytes, keyOf, crypto);
  const hasSheets = Array.isArray(payload) && payload[0] === 2;
  const f = read.array(payload, 'nine fields, or ten', hasSheets ? 10 : 9);
  if (!hasSheets) read.version(f[0]);
  return {
    caseHash: read.bytes(f[1], 'case-hash', 32),
    count: read.uint(f[2], 'count'),
    without: read.uint(f[3], 'without'),
    cancelled: read.uint(f[4], 'cancelled'),
    keyMissing: read.uint(f[5], 'key-missing'),
    moved: read.uint(f[6], 'moved'),
    root: read.bytes(f[7], 'root', 32),
    at: read.uint(f[8], 'at'),
    ...(hasSheets ? { sheets: read.uint(f[9], 'sheets', 1) } : {}),
  };
}

/** Signs an opening by the authority's line key. */
export const signOpening = (one: Opening, signer: Signer): Promise<Uint8Array> =>
  sign(
    'opening',
    [
      1,
      one.releaseHash,
      one.salt,
      one.sets.map(({ issuer, count, root }): CborValue => [issuer, count, root]),
      one.direct,
      one.apart,
      one.keyMissing,
      one.moved,
      one.at,
    ],
    signer,
  );

const handleSetOf = (value: CborValue): HandleSet => {
  const [issuer, count, root] = read.array(value, 'a set of handles', 3);
  return {
    issuer: read.text(issuer, 'issuer', 64),
    count: read.uint(count, 'count of handles', 1),
    root: read.bytes(root, 'root of handles', 32),
  };
};

/** Verifies an opening. Throws `case.structure` or a `signing` error. */
export async function openOpening(bytes: Uint8Array, keyOf: KeyOf, crypto: Crypto): Promise<Opening> {
  const f = read.array(await openDocument('opening', bytes, keyOf, crypto), 'nine fields', 9);
  read.version(f[0]);
  const sets = read.array(f[3], 'sets of handles', 0, MOST_SETS).map(handleSetOf);
  if (sets.some(({ issuer }, i) => i > 0 && !(sets[i - 1]!.issuer < issuer)))
    throw read.wrong('sets are in order of their issuers, each once');
  return {
    releaseHash: read.bytes(f[1], 'release-hash', 32),
    salt: read.bytes(f[2], 'salt', 16),
    sets,
    direct: read.uint(f[4], 'direct'),
    apart: read.uint(f[5], 'apart'),
    keyMissing: read.uint(f[6], 'key-missing'),
    moved: read.uint(f[7], 'moved'),
    at: read.uint(f[8], 'at'),
  };
}

/** Signs a resolution by the issuer's line key. */
export const signResolution = (one: Resolution, signer: Signer): Promise<Uint8Array> =>
  sign('resolution', [1, one.openingHash, one.issuer, one.asked, one.found, one.at], signer);

/** Verifies a resolution. Throws `case.structure` or a `signing` error. */
export async function openResolution(bytes: Uint8Array, keyOf: KeyOf, crypto: Crypto): Promise<Resolution> {
  const f = read.array(await openDocument('resolution', bytes, keyOf, crypto), 'six fields', 6);
  read.version(f[0]);
  return {
    openingHash: read.bytes(f[1], 'opening-hash', 32),
    issuer: read.text(f[2], 'issuer', 64),
    asked: read.uint(f[3], 'asked'),
    found: read.uint(f[4], 'found'),
    at: read.uint(f[5], 'at'),
  };
}
