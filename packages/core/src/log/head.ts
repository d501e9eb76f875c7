import { type CborValue, decodeDeterministic, encodeDeterministic } from '../encoding/index.ts';
import { type Crypto, openDocument, type Signer, signDocument, spkiFromPoint } from '../signing/index.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import type { TreeState } from './tree.ts';

const read = fieldReader('log.structure', 'log head');

/** What a log said of its tree: how many lines, the root over them, and when (seconds). */
export interface LogHead extends TreeState {
  /** Name of the log: two logs are never compared. */
  readonly origin: string;
  readonly at: number;
}

const payloadOf = ({ origin, size, root, at }: LogHead): CborValue => [1, origin, size, root, at];

function headFrom(payload: CborValue): LogHead {
  const [version, origin, size, root, at] = read.array(payload, 'five fields', 5);
  read.version(version);
  return {
    origin: read.text(origin, 'origin', 100),
    size: read.uint(size, 'size'),
    root: read.bytes(root, 'root', 32),
    at: read.uint(at, 'at'),
  };
}

/** Signs a head by the log's key (docs/protocol/log.cddl). */
export const signHead = (head: LogHead, signer: Signer): Promise<Uint8Array> =>
  signDocument('head', payloadOf(head), signer, signerKid(signer.publicKey));

/** Signs the same head by a body that has checked it against the last one it signed. */
export const cosignHead = (head: LogHead, signer: Signer): Promise<Uint8Array> =>
  signDocument('cosignature', payloadOf(head), signer, signerKid(signer.publicKey));

const keyFor = (points: readonly Uint8Array[]) => (kid: Uint8Array) => {
  const point = points.find((one) => signerKid(one).every((byte, i) => byte === kid[i]) && kid.length === 8);
  return point && spkiFromPoint(point);
};

/**
 * Verifies a head under the log's key (65-byte point). Throws `log.structure`, `signing.structure`,
 * `signing.unknown-key` or `signing.signature`.
 */
export const openHead = async (bytes: Uint8Array, logKey: Uint8Array, crypto: Crypto): Promise<LogHead> =>
  headFrom(await openDocument('head', bytes, keyFor([logKey]), crypto));

/** Verifies a cosignature under one of a body's line keys; throws like `openHead`. */
export const openCosignature = async (
  bytes: Uint8Array,
  lineKeys: readonly Uint8Array[],
  crypto: Crypto,
): Promise<LogHead> => headFrom(await openDocument('cosignature', bytes, keyFor(lineKeys), crypto));

/** The short form that `now` and bundle carry in `logHead`: at most 64 bytes, signed by what it stands in. */
export const compactHead = ({ size, root, at }: Omit<LogHead, 'origin'>): Uint8Array =>
  encodeDeterministic([size, root, at]);

/** Reads the short form. Throws `log.structure` or an encoding error. */
export function readCompactHead(bytes: Uint8Array): Omit<LogHead, 'origin'> {
  const [size, root, at] = read.array(
    decodeDeterministic(bytes, { maxBytes: 64, maxDepth: 2 }),
    'three fields',
    3,
  );
  return {
    size: read.uint(size, 'size'),
    root: read.bytes(root, 'root', 32),
    at: read.uint(at, 'at'),
  };
}

/** A head with what others signed under it, as it travels. */
export interface CosignedHead {
  readonly head: Uint8Array;
  readonly cosignatures: readonly Uint8Array[];
}

/** The file `log-head.cose` of a mirror. */
export const encodeCosigned = ({ head, cosignatures }: CosignedHead): Uint8Array =>
  encodeDeterministic([1, head, [...cosignatures]]);

/** Reads a cosigned head; nothing is verified. Throws `log.structure` or an encoding error. */
export function readCosigned(bytes: Uint8Array): CosignedHead {
  const [version, head, cosignatures] = read.array(
    decodeDeterministic(bytes, { maxBytes: 16_384, maxDepth: 4 }),
    'a cosigned head',
    3,
  );
  read.version(version);
  return {
    head: read.bytes(head, 'head', 1, 1024),
    cosignatures: read
      .array(cosignatures, 'cosignatures', 0, 16)
      .map((one) => read.bytes(one, 'a cosignature', 1, 1024)),
  };
}
