import {
  base45Decode,
  base45Encode,
  type CborValue,
  decodeDeterministic,
  encodeDeterministic,
} from '../encoding/index.ts';
import { type Crypto, compressPoint } from '../signing/index.ts';
import { fieldReader } from '../trust/fields.ts';
import { type Delegation, LONGEST_NAME, openDelegation } from './delegation.ts';
import { MAX_DELEGATION_BYTES } from './signed-by.ts';

const read = fieldReader('delegation.structure', 'joining code');

/** What a new tablet shows: its key and the name it goes by. */
export const REQUEST_PREFIX = 'MJR:';
/** What the owner's phone shows back: the signed delegation, and the key that signed it. */
export const ANSWER_PREFIX = 'MJD:';

export interface JoinRequest {
  /** 33-byte compressed point. */
  readonly gateKey: Uint8Array;
  readonly name: string;
}

/** Largest code that is read at all, in characters. */
const LONGEST = 2400;

const toText = (prefix: string, value: CborValue): string =>
  prefix + base45Encode(encodeDeterministic(value));

function fromText(prefix: string, text: string, count: number): readonly CborValue[] {
  if (!text.startsWith(prefix) || text.length > LONGEST) throw read.wrong(`it begins with ${prefix}`);
  const value = decodeDeterministic(base45Decode(text, prefix.length), {
    maxBytes: MAX_DELEGATION_BYTES + 128,
    maxDepth: 4,
  });
  return read.array(value, `${count} fields`, count);
}

/** The code of a new gate that asks to be let in. Throws `delegation.structure`. */
export function joinRequestText({ gateKey, name }: JoinRequest): string {
  if (gateKey.length !== 33) throw read.wrong('gate-key has 33 bytes');
  if (name === '' || name.length > LONGEST_NAME) throw read.wrong(`name has 1 to ${LONGEST_NAME} characters`);
  return toText(REQUEST_PREFIX, [1, gateKey, name]);
}

/** Reads the code of a new gate; its key is on the curve. Throws `delegation.structure` or an encoding error. */
export function readJoinRequest(text: string, crypto: Crypto): JoinRequest {
  const [version, gateKey, name] = fromText(REQUEST_PREFIX, text, 3);
  read.version(version);
  const key = read.bytes(gateKey, 'gate-key', 33);
  if (pointOf(key, crypto) === null) throw read.wrong('gate-key is a compressed P-256 point');
  const called = read.text(name, 'name', LONGEST_NAME);
  if (called === '') throw read.wrong('name is not empty');
  return { gateKey: key, name: called };
}

/** The code that answers a request: the signed delegation and the 65-byte point of the key that signed it. */
export const joinAnswerText = (delegation: Uint8Array, owner: Uint8Array): string =>
  toText(ANSWER_PREFIX, [1, delegation, compressPoint(owner)]);

/**
 * Reads the answer, and verifies that the key in it signed the delegation. That the key is an owner's device of the venue only
 * the register can tell: until it has, what the gate writes is marked.
 * Throws `delegation.structure`, `signing.structure`, `signing.signature` or an encoding error.
 */
export async function readJoinAnswer(
  text: string,
  crypto: Crypto,
): Promise<{ delegation: Delegation; signed: Uint8Array; owner: Uint8Array }> {
  const [version, signed, owner] = fromText(ANSWER_PREFIX, text, 3);
  read.version(version);
  const bytes = read.bytes(signed, 'delegation', 1, MAX_DELEGATION_BYTES);
  const point = pointOf(read.bytes(owner, 'owner key', 33), crypto);
  if (point === null) throw read.wrong('owner key is a compressed P-256 point');
  return { delegation: await openDelegation(bytes, point, crypto), signed: bytes, owner: point };
}

function pointOf(key: Uint8Array, crypto: Crypto): Uint8Array | null {
  const [sign] = key;
  return sign === 2 || sign === 3 ? crypto.decompress(key.subarray(1), sign === 3) : null;
}
