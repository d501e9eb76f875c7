import { putByteString } from '../encoding/byte-string.ts';
import { MunjigiError } from '../errors.ts';
import { ALG_AND_KID, CNF, ENTRY, MAX_BYTES } from './layout.ts';

/** What a pass says, not yet looked at: the lint reads it back from the bytes. */
export interface PassFields {
  readonly kid: Uint8Array;
  readonly expiresAt: number;
  /** 65 bytes of a live pass's key, or 16 bytes that name a paper pass. */
  readonly form: { readonly holderKey: Uint8Array } | { readonly handle: Uint8Array };
  /** [class, hint, ? until] */
  readonly entry: readonly number[];
}

/** A pass whose signature is still 64 zero bytes, at its end. `header` and `claims` are views of `bytes`. */
export interface UnsignedPass {
  readonly bytes: Uint8Array;
  readonly header: Uint8Array;
  readonly claims: Uint8Array;
}

/** Where a pass is put together: nothing is awaited meanwhile. */
const desk = new Uint8Array(MAX_BYTES);
/** Behind the head of the outer array and of the header's byte string. */
const HEADER_AT = 2;

/**
 * Writes a pass as `layout.ts` draws it: the same bytes as core deterministic CBOR of its structure, in one pass and with one
 * array. Throws `pass.claims` for what the layout has no room for.
 */
export function writePass({ kid, expiresAt, form, entry }: PassFields): UnsignedPass {
  if (kid.length < 1 || kid.length > 2) throw refused('The key id has 1 or 2 bytes.');
  desk[0] = 0x84;
  desk[1] = 0x40 | (ALG_AND_KID.length + 1 + kid.length);
  desk.set(ALG_AND_KID, HEADER_AT);
  const headerEnd = putByteString(desk, HEADER_AT + ALG_AND_KID.length, kid);
  desk[headerEnd] = 0xa0;
  // Claims are longer than 23 bytes and shorter than 256: the head of their byte string is 58 and their length.
  const claimsAt = headerEnd + 3;
  desk[claimsAt] = 0xa3;
  desk[claimsAt + 1] = 0x04;
  let at = putForm(putUint(claimsAt + 2, expiresAt), form);
  desk.set(ENTRY, at);
  at += ENTRY.length;
  desk[at++] = 0x80 | entry.length;
  for (const value of entry) at = putUint(at, value);
  desk[headerEnd + 1] = 0x58;
  desk[headerEnd + 2] = at - claimsAt;
  const bytes = new Uint8Array(at + 66);
  bytes.set(desk.subarray(0, at));
  bytes[at] = 0x58;
  bytes[at + 1] = 0x40;
  return { bytes, header: bytes.subarray(HEADER_AT, headerEnd), claims: bytes.subarray(claimsAt, at) };
}

const refused = (rule: string) => new MunjigiError('pass.claims', rule);

function putForm(at: number, form: PassFields['form']): number {
  if ('handle' in form) {
    if (form.handle.length !== 16) throw refused('The handle has 16 bytes.');
    desk[at] = 0x07;
    return putByteString(desk, at + 1, form.handle);
  }
  const { holderKey } = form;
  desk[at] = 0x08;
  desk.set(CNF, at + 1);
  desk.set(holderKey.subarray(1, 33), at + 1 + CNF.length);
  const end = at + 33 + CNF.length;
  desk[end] = 0x22;
  desk[end + 1] = 0xf4 + (holderKey[64]! & 1);
  return end + 2;
}

/** A whole number in its shortest form. */
function putUint(at: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw refused('The numbers of a pass are whole, from 0 up to 2^53.');
  if (value < 24) {
    desk[at] = value;
    return at + 1;
  }
  const size = value < 256 ? 1 : value < 65536 ? 2 : value < 2 ** 32 ? 4 : 8;
  desk[at] = size === 1 ? 24 : size === 2 ? 25 : size === 4 ? 26 : 27;
  for (let i = size, rest = value; i > 0; i--, rest = Math.floor(rest / 256)) desk[at + i] = rest % 256;
  return at + 1 + size;
}
