import type { CborValue } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { Crypto } from '../signing/index.ts';
import { openDelegated } from './bundle.ts';
import { fieldReader } from './fields.ts';
import type { Now, Root } from './types.ts';

const read = fieldReader('trust.structure', 'document of what counts now');
/** So small that telling every gate within two minutes is affordable. */
export const MAX_NOW_BYTES = 1024;
/** A parameter that no text names. */
const URGENT = 'urgent';

/** The payload of a `now` (docs/protocol/now.cddl). */
export const nowPayload = (now: Now): CborValue => [
  1,
  now.sequence,
  now.issuedAt,
  now.validFrom,
  now.validUntil,
  now.notice,
  new Map(Object.entries(now.parameters)),
  now.status,
  now.obligation,
  [now.bundle.rootVersion, now.bundle.sequence, now.bundle.digest],
  now.logHead,
];

/** Throws `trust.structure` for a `now` over 1 kB. */
export function assertNowSize(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_NOW_BYTES) {
    throw new MunjigiError(
      'trust.structure',
      `A signed now has at most ${MAX_NOW_BYTES} bytes: its texts belong into the bundle.`,
    );
  }
  return bytes;
}

function parameters(value: CborValue | undefined): Now['parameters'] {
  const out: Record<string, string | number> = {};
  for (const [key, item] of read.map(value, 'parameters')) {
    if (typeof item !== 'string' && !(typeof item === 'number' && Number.isSafeInteger(item)))
      throw read.wrong('a parameter is text or a whole number');
    out[read.text(key, 'name of a parameter')] = item;
  }
  return out;
}

/** True where a `now` says that the bundle it names withdraws what the one before it trusted: devices fetch it within a minute. */
export const isUrgent = ({ parameters }: Now): boolean => parameters[URGENT] === 1;
/** The same, as the authority says it. */
export const urgently = (parameters: Now['parameters']): Now['parameters'] => ({
  ...parameters,
  [URGENT]: 1,
});

/** Verifies a `now` under the root in use. Throws `trust.structure` or `trust.signature`. */
export async function openNow(bytes: Uint8Array, root: Root, crypto: Crypto): Promise<Now> {
  assertNowSize(bytes);
  const [
    document,
    sequence,
    issuedAt,
    validFrom,
    validUntil,
    notice,
    values,
    status,
    obligation,
    bundle,
    logHead,
  ] = read.array(await openDelegated('now', bytes, root, crypto), 'eleven fields', 11);
  const [rootVersion, bundleSequence, digest] = read.array(bundle, 'bundle', 3);
  return {
    version: read.version(document),
    sequence: read.uint(sequence, 'sequence', 1),
    issuedAt: read.uint(issuedAt, 'issued-at'),
    validFrom: read.uint(validFrom, 'valid-from'),
    validUntil: read.uint(validUntil, 'valid-until'),
    notice: read.orNull(notice, (id) => read.text(id, 'notice')),
    parameters: parameters(values),
    status: read.word(status, 'status', ['provisional', 'confirmed']),
    obligation: read.text(obligation, 'obligation'),
    bundle: {
      rootVersion: read.uint(rootVersion, 'root version of the bundle', 1, 0xffffffff),
      sequence: read.uint(bundleSequence, 'sequence of the bundle', 1),
      digest: read.bytes(digest, 'digest of the bundle', 32),
    },
    logHead: read.orNull(logHead, (head) => read.bytes(head, 'log-head', 1, 64)),
  };
}
