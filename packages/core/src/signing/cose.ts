import { type CborValue, decodeDeterministic, encodeDeterministic, utf8Encode } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { sigStructure as toBeSigned } from './sig-structure.ts';
import type { Crypto, Signer } from './types.ts';

const ES256 = -7;

/**
 * The kinds of document that a body signs. The kind is the external_aad, so that a signature over one can never be shown
 * as another (a receipt as a notice, say).
 */
export type DocumentKind =
  | 'bundle'
  | 'now'
  | 'root'
  | 'clock'
  | 'batch'
  | 'receipt'
  | 'gate'
  | 'delegation'
  | 'successor'
  | 'possession'
  | 'export'
  | 'trouble'
  | 'release'
  | 'opening'
  | 'resolution'
  | 'line'
  | 'head'
  | 'cosignature'
  | 'notified'
  | 'message'
  | 'answer'
  | 'statement'
  | 'observation'
  | 'status'
  | 'poster';

const contextOf = (kind: DocumentKind) => utf8Encode(`MJ1 ${kind}`);

/**
 * Signs a document: deterministic, untagged COSE_Sign1 with protected {1: -7, 4: kid}. `kid` names the key in the table
 * of whoever verifies.
 */
export async function signDocument(
  kind: DocumentKind,
  payload: CborValue,
  signer: Signer,
  kid: Uint8Array,
): Promise<Uint8Array> {
  const header = encodeDeterministic(
    new Map<number, CborValue>([
      [1, ES256],
      [4, kid],
    ]),
  );
  const body = encodeDeterministic(payload);
  const signature = await signer.sign(toBeSigned(header, contextOf(kind), body));
  return encodeDeterministic([header, new Map(), body, signature]);
}

/** A document taken apart, nothing verified. */
export interface ParsedDocument {
  readonly kid: Uint8Array;
  readonly payload: CborValue;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/** Takes a document apart. Throws `signing.structure` (or an encoding error for broken CBOR). */
export function parseDocument(kind: DocumentKind, bytes: Uint8Array, maxBytes = 4_000_000): ParsedDocument {
  const limits = { maxBytes, maxDepth: 24 };
  const outer = decodeDeterministic(bytes, limits);
  const wrong = () =>
    new MunjigiError('signing.structure', `A signed ${kind} is COSE_Sign1 with ES256 and a key id.`);
  if (!Array.isArray(outer) || outer.length !== 4) throw wrong();
  const [header, unprotected, body, signature] = outer as unknown[];
  if (!(header instanceof Uint8Array) || !(unprotected instanceof Map) || unprotected.size !== 0)
    throw wrong();
  if (!(body instanceof Uint8Array) || !(signature instanceof Uint8Array) || signature.length !== 64)
    throw wrong();
  const fields = decodeDeterministic(header, limits);
  if (!(fields instanceof Map) || fields.size !== 2 || fields.get(1) !== ES256) throw wrong();
  const kid = fields.get(4);
  if (!(kid instanceof Uint8Array)) throw wrong();
  return {
    kid,
    payload: decodeDeterministic(body, limits),
    toBeSigned: toBeSigned(header, contextOf(kind), body),
    signature,
  };
}

/**
 * Verifies a document and returns its payload. `keyOf` answers the SPKI of a key id, or undefined.
 * Throws `signing.structure`, `signing.unknown-key` or `signing.signature`.
 */
export async function openDocument(
  kind: DocumentKind,
  bytes: Uint8Array,
  keyOf: (kid: Uint8Array) => Uint8Array | undefined,
  crypto: Crypto,
): Promise<CborValue> {
  const parsed = parseDocument(kind, bytes);
  const key = keyOf(parsed.kid);
  if (key === undefined)
    throw new MunjigiError('signing.unknown-key', `The ${kind} is signed by a key that is not known here.`);
  if (!(await crypto.verify('ES256', key, parsed.toBeSigned, parsed.signature))) {
    throw new MunjigiError('signing.signature', `The signature of the ${kind} does not match.`);
  }
  return parsed.payload;
}
