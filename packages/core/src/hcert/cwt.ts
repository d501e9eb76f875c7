import { type CborValue, decodeLenient } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { Algorithm } from '../signing/index.ts';

const LIMITS = { maxBytes: 65_536, maxDepth: 24 };
const ALGORITHMS: Readonly<Record<number, Algorithm>> = { [-7]: 'ES256', [-37]: 'PS256' };

type Fields = ReadonlyMap<number | string, CborValue>;

/** The COSE_Sign1 around a certificate: byte fields as they stood on the wire. */
export interface Envelope {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** From the protected header, else from the unprotected one; null where neither names a key. */
  readonly kid: Uint8Array | null;
  readonly algorithm: string | null;
}

/** What the issuer says around the certificate itself. Times are whole seconds. */
export interface Cwt {
  readonly issuer: string | null;
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly certificate: Fields | null;
}

const wrong = (what: string) =>
  new MunjigiError('hcert.structure', `An EU certificate is a CWT in COSE_Sign1: ${what}.`);
const fieldsOf = (value: CborValue | undefined): Fields | null =>
  value instanceof Map ? (value as Fields) : null;
const seconds = (value: CborValue | undefined) =>
  typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) : null;

/**
 * Takes the COSE_Sign1 apart as issuers really write it: with or without the tags 18 and 61, a protected header that is empty,
 * key id and algorithm in either header (the protected one wins). Throws `hcert.structure` or an encoding error.
 */
export function readEnvelope(bytes: Uint8Array): Envelope {
  return readUsualEnvelope(bytes) ?? readAnyEnvelope(bytes);
}

/** The length of a byte string whose head stands at `at`, and how long the head is: length * 4 + head; -1 for anything else. */
function stringAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first >= 0x40 && first < 0x58) return (first - 0x40) * 4 + 1;
  if (first === 0x58) return bytes[at + 1]! * 4 + 2;
  return first === 0x59 ? ((bytes[at + 1]! << 8) | bytes[at + 2]!) * 4 + 3 : -1;
}

/**
 * The way in which most issuers write it, read straight off the bytes: [h'{1: alg, 4: kid}', {}, payload, signature], the two
 * fields in either order. Null for every other way.
 */
function readUsualEnvelope(bytes: Uint8Array): Envelope | null {
  let at = bytes[0] === 0xd8 && bytes[1] === 0x3d ? 2 : 0;
  if (bytes[at] === 0xd2) at += 1;
  if (bytes[at++] !== 0x84) return null;
  const head = stringAt(bytes, at);
  if (head < 0) return null;
  const header = bytes.subarray(at + (head & 3), at + (head & 3) + (head >> 2));
  const fields = usualHeader(header);
  at += (head & 3) + (head >> 2);
  if (!fields || bytes[at++] !== 0xa0) return null;
  const body = stringAt(bytes, at);
  if (body < 0) return null;
  const payload = bytes.subarray(at + (body & 3), at + (body & 3) + (body >> 2));
  at += (body & 3) + (body >> 2);
  const tail = stringAt(bytes, at);
  if (tail < 0 || at + (tail & 3) + (tail >> 2) !== bytes.length) return null;
  return { header, payload, signature: bytes.subarray(at + (tail & 3)), ...fields };
}

function usualHeader(header: Uint8Array): Pick<Envelope, 'kid' | 'algorithm'> | null {
  if (header[0] !== 0xa2) return null;
  const kidFirst = header[1] === 4;
  const algAt = kidFirst ? header.length - (header[header.length - 1] === 0x26 ? 2 : 3) : 1;
  if (header[algAt] !== 1) return null;
  const algorithm =
    header[algAt + 1] === 0x26
      ? 'ES256'
      : header[algAt + 1] === 0x38 && header[algAt + 2] === 0x24
        ? 'PS256'
        : null;
  if (!algorithm) return null;
  const algEnd = algAt + (algorithm === 'ES256' ? 2 : 3);
  const kidAt = kidFirst ? 1 : algEnd;
  const kidEnd = kidFirst ? algAt : header.length;
  const length = header[kidAt + 1]! - 0x40;
  if (
    header[kidAt] !== 4 ||
    length < 0 ||
    length > 23 ||
    kidAt + 2 + length !== kidEnd ||
    (kidFirst && algEnd !== header.length)
  )
    return null;
  return { kid: header.subarray(kidAt + 2, kidEnd), algorithm };
}

function readAnyEnvelope(bytes: Uint8Array): Envelope {
  const outer = decodeLenient(withoutTags(bytes), LIMITS);
  if (!Array.isArray(outer) || outer.length !== 4) throw wrong('it has four parts');
  const [header, unprotected, payload, signature] = outer as CborValue[];
  if (
    !(header instanceof Uint8Array) ||
    !(payload instanceof Uint8Array) ||
    !(signature instanceof Uint8Array)
  )
    throw wrong('header, payload and signature are byte strings');
  const inner = header.length === 0 ? new Map<number, CborValue>() : fieldsOf(decodeLenient(header, LIMITS));
  const outside = fieldsOf(unprotected);
  if (!inner || !outside) throw wrong('its headers are maps');
  const kid = inner.get(4) ?? outside.get(4);
  const algorithm = inner.get(1) ?? outside.get(1);
  return {
    header,
    payload,
    signature,
    kid: kid instanceof Uint8Array ? kid : null,
    algorithm: typeof algorithm === 'number' ? (ALGORITHMS[algorithm] ?? `COSE ${algorithm}`) : null,
  };
}

/** Behind the tags of CWT (61) and COSE_Sign1 (18), where they stand; any other tag names another thing. */
function withoutTags(bytes: Uint8Array): Uint8Array {
  let at = 0;
  if (bytes[at] === 0xd8 && bytes[at + 1] === 0x3d) at += 2;
  if (bytes[at] === 0xd2) at += 1;
  if ((bytes[at] ?? 0) >> 5 === 6) throw wrong('it has the tags 61 and 18 or none');
  return at === 0 ? bytes : bytes.subarray(at);
}

/** Reads the CWT claims. `nbf` stands over `iat` as the earliest time. Throws `hcert.structure` or an encoding error. */
export function readCwt(payload: Uint8Array): Cwt {
  const claims = fieldsOf(decodeLenient(payload, LIMITS));
  if (!claims) throw wrong('its claims are a map');
  const issuer = claims.get(1);
  return {
    issuer: typeof issuer === 'string' ? issuer : null,
    notBefore: seconds(claims.get(5)) ?? seconds(claims.get(6)),
    notAfter: seconds(claims.get(4)),
    certificate: fieldsOf(fieldsOf(claims.get(-260))?.get(1)),
  };
}
