import { type CborValue, decodeDeterministic, encodeDeterministic, equalBytes } from '../encoding/index.ts';
import { isMunjigiError, MunjigiError } from '../errors.ts';
import { type Crypto, type Signer, spkiFromPoint, toBeSigned } from '../signing/index.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import { leafHash, rootOfInclusion, type TreeState } from './tree.ts';

/**
 * Receipts of inclusion: COSE Receipts (RFC 9942) with the profile RFC9162_SHA256. Header labels after its IANA section:
 * 395 vds, 396 vdp; value 1 names the RFC 9162 tree, proof type -1 an inclusion proof. The payload is the root, detached,
 * so that whoever checks has to compute it; the external_aad is empty, as the RFC has it.
 */
const ALG = 1;
const KID = 4;
const VDS = 395;
const VDP = 396;
const RFC9162_SHA256 = 1;
const INCLUSION = -1;
/** Ours: [origin, size]. The RFC leaves the size of the tree unsigned, and a root alone names no log. */
const TREE = -65537;
const ES256 = -7;
const NOTHING = new Uint8Array(0);

const read = fieldReader('log.receipt', 'log receipt');
const LIMITS = { maxBytes: 4096, maxDepth: 8 };

/** Where a line stands in a tree. */
export interface InclusionProof {
  readonly size: number;
  /** From 0. */
  readonly index: number;
  readonly path: readonly Uint8Array[];
}

/** Signs a receipt over the root of a tree of the log `origin`, with the proof that leads to it. */
export async function signLogReceipt(
  origin: string,
  root: Uint8Array,
  { size, index, path }: InclusionProof,
  signer: Signer,
): Promise<Uint8Array> {
  const header = encodeDeterministic(
    new Map<number, CborValue>([
      [ALG, ES256],
      [KID, signerKid(signer.publicKey)],
      [VDS, RFC9162_SHA256],
      [TREE, [origin, size]],
    ]),
  );
  const proof = encodeDeterministic([size, index, [...path]]);
  const unprotected = new Map([[VDP, new Map([[INCLUSION, [proof]]])]]);
  const signature = await signer.sign(toBeSigned(header, NOTHING, root));
  return encodeDeterministic([header, unprotected, null, signature]);
}

interface Parts extends InclusionProof {
  readonly origin: string;
  readonly header: Uint8Array;
  readonly kid: Uint8Array;
  readonly signature: Uint8Array;
}

function partsOf(receipt: Uint8Array): Parts {
  const [header, unprotected, payload, signature] = read.array(
    decodeDeterministic(receipt, LIMITS),
    'COSE_Sign1',
    4,
  );
  const headerBytes = read.bytes(header, 'protected header', 1, 200);
  const fields = read.map(decodeDeterministic(headerBytes, LIMITS), 'protected header');
  if (fields.size !== 4 || fields.get(ALG) !== ES256 || fields.get(VDS) !== RFC9162_SHA256)
    throw read.wrong('its header names ES256 and the tree of RFC 9162');
  if (payload !== null) throw read.wrong('its payload is detached');
  const proofs = read.map(unprotected, 'unprotected header');
  const kinds = read.map(proofs.get(VDP), 'proofs');
  if (proofs.size !== 1 || kinds.size !== 1) throw read.wrong('it holds one kind of proof');
  const [proof] = read.array(kinds.get(INCLUSION), 'one proof of inclusion', 1);
  const [size, index, path] = read.array(
    decodeDeterministic(read.bytes(proof, 'proof', 1, 3000), LIMITS),
    'size, index and path',
    3,
  );
  const [origin, signedSize] = read.array(fields.get(TREE), 'the tree that was signed', 2);
  if (signedSize !== size) throw read.wrong('its proof is for the size that was signed');
  return {
    origin: read.text(origin, 'origin', 100),
    header: headerBytes,
    kid: read.bytes(fields.get(KID), 'kid', 8),
    signature: read.bytes(signature, 'signature', 64),
    size: read.uint(size, 'size', 1),
    index: read.uint(index, 'index'),
    path: read.array(path, 'path', 0, 64).map((hash) => read.bytes(hash, 'a hash of the path', 32)),
  };
}

/** What a receipt proves: the line stands at `index` of the tree with that size and root. */
export interface Included extends TreeState {
  readonly origin: string;
  readonly index: number;
}

/**
 * Verifies a receipt for exactly these bytes of a line. Throws `log.receipt`, or an encoding error for broken CBOR.
 * @param logKey 65-byte point
 */
export async function openLogReceipt(
  receipt: Uint8Array,
  line: Uint8Array,
  logKey: Uint8Array,
  crypto: Crypto,
): Promise<Included> {
  const { origin, header, kid, signature, size, index, path } = partsOf(receipt);
  const wrong = () =>
    new MunjigiError('log.receipt', 'This receipt does not prove that the log holds this line.');
  if (!equalBytes(kid, signerKid(logKey))) throw wrong();
  const root = rootOfInclusion(leafHash(line), index, size, path);
  if (root === null) throw wrong();
  const signed = toBeSigned(header, NOTHING, root);
  if (!(await crypto.verify('ES256', spkiFromPoint(logKey), signed, signature))) throw wrong();
  return { origin, index, size, root };
}

/** True where the receipt proves that the log holds exactly this line; false for everything else. */
export async function verifyLogReceipt(
  receipt: Uint8Array,
  line: Uint8Array,
  logKey: Uint8Array,
  crypto: Crypto,
): Promise<boolean> {
  try {
    await openLogReceipt(receipt, line, logKey, crypto);
    return true;
  } catch (error) {
    if (isMunjigiError(error)) return false;
    throw error;
  }
}
