import { type CborValue, encodeDeterministic, equalBytes, sha256, toHex } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { type Crypto, spkiFromPoint } from '../signing/index.ts';
import { countSigners, parseManySigned, signerKid } from './cose-sign.ts';
import { fieldReader } from './fields.ts';
import type { Root } from './types.ts';

const read = fieldReader('trust.structure', 'root document');
const MOST = 16;
/** A bundle key serves at most this long (protocol A8). */
export const DELEGATE_SECONDS = 90 * 86_400;

/** The payload of a root document (docs/protocol/root.cddl). */
export const rootPayload = (root: Root): CborValue => [
  1,
  root.version,
  root.threshold,
  root.keys,
  root.delegates.map((d): CborValue => [d.publicKey, d.from, d.until]),
  root.issuedAt,
];

/** Reads the payload of a root document, whoever signed it. Throws `trust.structure`. */
export function readRootPayload(payload: CborValue): Root {
  const [document, version, threshold, keys, delegates, issuedAt] = read.array(payload, 'six fields', 6);
  read.version(document);
  const points = read
    .array(keys, 'keys', 1, MOST)
    .map((key) => read.bytes(key, 'a key is a 65-byte point', 65));
  if (new Set(points.map(toHex)).size !== points.length) throw read.wrong('a key stands there twice');
  return {
    version: read.uint(version, 'version', 1, 0xffffffff),
    threshold: read.uint(threshold, 'the threshold is between 1 and the number of keys', 1, points.length),
    keys: points,
    delegates: read.array(delegates, 'delegates', 1, MOST).map((item) => {
      const [publicKey, from, until] = read.array(item, 'a delegate', 3);
      const start = read.uint(from, 'from');
      return {
        publicKey: read.bytes(publicKey, 'a delegate key', 65),
        from: start,
        until: read.uint(until, 'a delegate serves at most 90 days', start, start + DELEGATE_SECONDS),
      };
    }),
    issuedAt: read.uint(issuedAt, 'issued-at'),
  };
}

/** The digest by which a root is pinned: over its payload, whoever signed it. */
export const rootDigest = (bytes: Uint8Array): Uint8Array => sha256(parseManySigned(bytes).body);

/** What the device knows of the root already: the digest given at enrolment, or the root it has in use. */
export interface PinnedRoot {
  readonly digest?: Uint8Array;
  readonly root?: Root;
}

/**
 * Verifies a root document: signed by its own threshold, and by the threshold of the root in use where there is one.
 * Throws `trust.structure`; `trust.root` for too few signatures or another root than the pinned one; `trust.rollback` for
 * an older one.
 */
export async function openRoot(bytes: Uint8Array, crypto: Crypto, pinned: PinnedRoot = {}): Promise<Root> {
  const signed = parseManySigned(bytes);
  const root = readRootPayload(signed.payload);
  if (pinned.digest && !equalBytes(sha256(signed.body), pinned.digest)) {
    throw new MunjigiError(
      'trust.root',
      'This is not the root that the device was enrolled with: enrol it again with its owner.',
    );
  }
  if ((await countSigners(signed, root.keys, crypto)) < root.threshold) {
    throw new MunjigiError(
      'trust.root',
      `A root document needs ${root.threshold} signatures of its own keys.`,
    );
  }
  const old = pinned.root;
  if (!old) return root;
  if (root.version < old.version)
    throw new MunjigiError('trust.rollback', 'This root document is older than the one in use.');
  if (root.version === old.version) {
    if (!equalBytes(sha256(signed.body), digestOf(old))) {
      throw new MunjigiError(
        'trust.root',
        'Two different root documents carry one version: keep the one in use and raise an alarm.',
      );
    }
    return root;
  }
  if ((await countSigners(signed, old.keys, crypto)) < old.threshold) {
    throw new MunjigiError(
      'trust.root',
      'A new root document is signed by the threshold of the old one too.',
    );
  }
  return root;
}

const digestOf = (root: Root) => sha256(encodeDeterministic(rootPayload(root)));

/** SPKI arrays of delegates by their point, so that a platform imports each key once. */
const spkis = new WeakMap<Uint8Array, Uint8Array>();

/** The delegate of a key id, for whoever verifies documents of the authority. */
export function delegateOf(
  root: Root,
  kid: Uint8Array,
): { readonly spki: Uint8Array; readonly from: number; readonly until: number } | undefined {
  const delegate = root.delegates.find(({ publicKey }) => equalBytes(signerKid(publicKey), kid));
  if (!delegate) return undefined;
  let spki = spkis.get(delegate.publicKey);
  if (!spki) {
    spki = spkiFromPoint(delegate.publicKey);
    spkis.set(delegate.publicKey, spki);
  }
  return { spki, from: delegate.from, until: delegate.until };
}
