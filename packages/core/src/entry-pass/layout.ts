import { MunjigiError } from '../errors.ts';

/**
 * The wire layout of our own pass, after its prefix and base45. Everything is core deterministic CBOR, so the layout can be
 * read as what it is: fixed bytes with a few holes.
 *
 *     MJ1          = [pass-live, presentation] / [pass-paper]
 *     pass         = [bstr {1: -7, 4: kid}, {}, bstr claims, sig]
 *     live-claims  = {4: exp, 8: {1: {1: 2, -1: 1, -2: x, -3: y-is-odd}}, -65537: entry}
 *     paper-claims = {4: exp, 7: handle, -65537: entry}
 *     entry        = [class, hint, ? until]
 *     presentation = [bstr {1: -7}, {}, bstr [drawnAt, lane], sig]
 */
export const PREFIX = 'MJ1:';
export const MAX_BYTES = 300;
export const ENTRY_CLAIM = -65537;

/** What the bytes say, field rules not yet looked at. Byte fields are views of the input. */
export interface PassLayout {
  readonly kid: Uint8Array;
  /** Protected header and claims as they were signed. */
  readonly header: Uint8Array;
  readonly claims: Uint8Array;
  readonly signature: Uint8Array;
  readonly expiresAt: number;
  /** Of a live pass: the holder key. */
  readonly holder: { readonly x: Uint8Array; readonly yIsOdd: boolean } | null;
  /** Of a paper pass: its handle. */
  readonly handle: Uint8Array | null;
  readonly admissionClass: number;
  readonly hint: number;
  readonly until: number | null;
}

/** The visitor's part: drawn now, signed by the key that the pass names. */
export interface PresentationLayout {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly drawnAt: number;
  readonly lane: 0 | 1;
}

const ALG = Uint8Array.of(0xa1, 0x01, 0x26);
export const ALG_AND_KID = Uint8Array.of(0xa2, 0x01, 0x26, 0x04);
/** Behind the 8 of the claim: {1: {1: 2, -1: 1, -2: 32 bytes … */
export const CNF = Uint8Array.of(0xa1, 0x01, 0xa4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 0x20);
export const ENTRY = Uint8Array.of(0x3a, 0x00, 0x01, 0x00, 0x00);

/** Reads fixed bytes and holes, and stops at the first deviation. */
class Cursor {
  private at = 0;
  private end: number;

  constructor(private readonly bytes: Uint8Array) {
    this.end = bytes.length;
    if (this.end > MAX_BYTES) this.fail(`it is longer than ${MAX_BYTES} bytes`);
  }

  fail(what: string): never {
    throw new MunjigiError('pass.structure', `The pass does not follow the layout of MJ1: ${what}.`);
  }

  byte(): number {
    if (this.at >= this.end) this.fail('it is cut short');
    return this.bytes[this.at++]!;
  }

  one(expected: number, what: string): void {
    if (this.byte() !== expected) this.fail(what);
  }

  fixed(expected: Uint8Array, what: string): void {
    const { bytes, at } = this;
    if (at + expected.length > this.end) this.fail('it is cut short');
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) this.fail(what);
    this.at = at + expected.length;
  }

  take(length: number): Uint8Array {
    const { at } = this;
    if (at + length > this.end) this.fail('it is cut short');
    this.at = at + length;
    return this.bytes.subarray(at, at + length);
  }

  /** A whole number in its shortest form, at most 2^53. */
  uint(what: string): number {
    const first = this.byte();
    if (first < 24) return first;
    const size = first === 24 ? 1 : first === 25 ? 2 : first === 26 ? 4 : first === 27 ? 8 : 0;
    if (size === 0) this.fail(`${what} is no whole number`);
    let n = 0;
    for (let i = 0; i < size; i++) n = n * 256 + this.byte();
    const least = size === 1 ? 24 : size === 2 ? 256 : size === 4 ? 65536 : 2 ** 32;
    if (n < least || n > Number.MAX_SAFE_INTEGER) this.fail(`${what} is not a number in its shortest form`);
    return n;
  }

  /** The length of a byte string, in its shortest form. */
  length(what: string): number {
    const first = this.byte();
    if (first >= 0x40 && first < 0x58) return first - 0x40;
    const n = first === 0x58 ? this.byte() : 0;
    if (n < 24) this.fail(`${what} is no byte string in its shortest form`);
    return n;
  }

  /** Steps into a byte string: answers its bytes; nothing reads past its end until `leave`. */
  enter(what: string): Uint8Array {
    const inside = this.take(this.length(what));
    this.at -= inside.length;
    this.end = this.at + inside.length;
    return inside;
  }

  /** Steps out again; the whole inside must have been read. */
  leave(what: string): void {
    if (this.at !== this.end) this.fail(`${what} holds more than it may`);
    this.end = this.bytes.length;
  }

  signature(): Uint8Array {
    if (this.byte() !== 0x58 || this.byte() !== 0x40) this.fail('a signature has 64 bytes');
    return this.take(64);
  }

  done(): void {
    if (this.at !== this.end) this.fail('bytes follow its end');
  }
}

const KNOWN = 'the claims are not exactly the three that are known';
const KEY = 'the holder key is not a compressed P-256 key';

function readPass(cursor: Cursor): PassLayout {
  cursor.one(0x84, 'the pass is no untagged COSE_Sign1');
  const header = cursor.enter('the protected header');
  cursor.fixed(ALG_AND_KID, 'the protected header is not {1: -7, 4: kid}');
  const size = cursor.length('the key id');
  if (size < 1 || size > 2) cursor.fail('the key id has 1 or 2 bytes');
  const kid = cursor.take(size);
  cursor.leave('the protected header');
  cursor.one(0xa0, 'the unprotected header is not empty');

  const claims = cursor.enter('the claims');
  cursor.one(0xa3, KNOWN);
  cursor.one(0x04, KNOWN);
  const expiresAt = cursor.uint('exp');
  const form = cursor.byte();
  let holder: PassLayout['holder'] = null;
  let handle: Uint8Array | null = null;
  if (form === 0x07) {
    cursor.one(0x50, 'the handle has 16 bytes');
    handle = cursor.take(16);
  } else if (form === 0x08) {
    cursor.fixed(CNF, KEY);
    const x = cursor.take(32);
    cursor.one(0x22, KEY);
    const parity = cursor.byte();
    if (parity !== 0xf4 && parity !== 0xf5) cursor.fail(KEY);
    holder = { x, yIsOdd: parity === 0xf5 };
  } else cursor.fail(KNOWN);
  cursor.fixed(ENTRY, KNOWN);
  const fields = cursor.byte();
  if (fields !== 0x82 && fields !== 0x83) cursor.fail('the entry claim is [class, hint, ? until]');
  const admissionClass = cursor.uint('the class');
  const hint = cursor.uint('the hint');
  const until = fields === 0x83 ? cursor.uint('the end of the class') : null;
  cursor.leave('the claims');

  const signature = cursor.signature();
  return { kid, header, claims, signature, expiresAt, holder, handle, admissionClass, hint, until };
}

function readPresentation(cursor: Cursor): PresentationLayout {
  cursor.one(0x84, 'the presentation is no untagged COSE_Sign1');
  const header = cursor.enter('the protected header of the presentation');
  cursor.fixed(ALG, 'the protected header of the presentation is not {1: -7}');
  cursor.leave('the protected header of the presentation');
  cursor.one(0xa0, 'the unprotected header of the presentation is not empty');
  const payload = cursor.enter('the drawing');
  cursor.one(0x82, 'the drawing is not [drawnAt, lane]');
  const drawnAt = cursor.uint('drawnAt');
  const lane = cursor.byte();
  if (lane !== 0 && lane !== 1) cursor.fail('the lane is 0 or 1');
  cursor.leave('the drawing');
  const signature = cursor.signature();
  return { header, payload, signature, drawnAt, lane };
}

/** Reads a pass alone, live or paper, as an issuer signs it. Throws `pass.structure`, saying what deviates. */
export function readPassLayout(bytes: Uint8Array): PassLayout {
  const cursor = new Cursor(bytes);
  const pass = readPass(cursor);
  cursor.done();
  return pass;
}

/** Reads what a code holds: a live pass with its presentation, or a paper pass alone. Throws `pass.structure`. */
export function readCodeLayout(bytes: Uint8Array): {
  readonly pass: PassLayout;
  readonly presentation: PresentationLayout | null;
} {
  const cursor = new Cursor(bytes);
  const size = cursor.byte();
  if (size !== 0x81 && size !== 0x82) cursor.fail('it is not [pass, presentation] or [pass]');
  const pass = readPass(cursor);
  const presentation = size === 0x82 ? readPresentation(cursor) : null;
  cursor.done();
  if ((presentation === null) !== (pass.holder === null)) {
    cursor.fail('a pass with a holder key comes with a presentation, a paper pass without');
  }
  return { pass, presentation };
}
