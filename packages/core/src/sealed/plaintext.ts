import {
  type CborValue,
  concatBytes,
  decodeDeterministic,
  decodeFirst,
  encodeDeterministic,
  sha256,
  toHex,
  utf8Encode,
} from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { FormatName, Subject } from '../gate/types.ts';

/** Every subject is padded to this, so that the size of a box says nothing of its kind. */
export const PADDED_BYTES = 112;
/** Identifiers of foreign passes longer than this (UTF-8) are kept as their SHA-256. */
export const LONGEST_IDENTIFIER = 80;

function fieldsOf(subject: Subject): CborValue {
  switch (subject.kind) {
    case 'pass':
      return [1, subject.kid, subject.holderKey, subject.drawnAt, subject.lane, subject.signature];
    case 'foreign': {
      const identifier = utf8Encode(subject.identifier);
      return [
        2,
        subject.format,
        identifier.length > LONGEST_IDENTIFIER ? sha256(identifier) : subject.identifier,
      ];
    }
    case 'phone':
      return [3, subject.number];
    case 'safety-code':
      return [4, subject.code];
    case 'paper-pass':
      return [5, subject.kid, subject.handle];
    case 'sheet-line':
      return [6, subject.line];
  }
}

/** The padded plaintext of a subject. Throws `sealed.too-long` for a text that does not fit. */
export function subjectToPlaintext(subject: Subject): Uint8Array {
  const fields = encodeDeterministic(fieldsOf(subject));
  if (fields.length > PADDED_BYTES) {
    throw new MunjigiError(
      'sealed.too-long',
      `What is written about a guest fits into ${PADDED_BYTES} bytes: shorten it.`,
    );
  }
  return concatBytes(fields, new Uint8Array(PADDED_BYTES - fields.length));
}

const LIMITS = { maxBytes: PADDED_BYTES, maxDepth: 2 };
const FORMATS: readonly FormatName[] = ['entry-pass', 'hcert', 'shc', 'nzcp', 'ddcc', 'vds-nc', 'vc-jwt'];

/**
 * The subject of a padded plaintext. A foreign identifier that was hashed comes back as `sha256:` and hexadecimal.
 * Throws `sealed.open`.
 */
export function subjectFromPlaintext(plaintext: Uint8Array): Subject {
  const wrong = (cause?: unknown) =>
    new MunjigiError('sealed.open', 'The box opens, but its content is not a subject.', { cause });
  if (plaintext.length !== PADDED_BYTES) throw wrong();
  let fields: CborValue;
  try {
    const { rest } = decodeFirst(plaintext, LIMITS);
    const end = plaintext.length - rest;
    if (plaintext.subarray(end).some((byte) => byte !== 0)) throw wrong();
    fields = decodeDeterministic(plaintext.slice(0, end), LIMITS);
  } catch (cause) {
    throw wrong(cause);
  }
  const subject = Array.isArray(fields) ? subjectOf(fields) : null;
  if (subject === null) throw wrong();
  return subject;
}

function subjectOf(fields: readonly CborValue[]): Subject | null {
  const [kind, a, b, c, d, e] = fields;
  const bytes = (value: unknown, min: number, max = min): value is Uint8Array =>
    value instanceof Uint8Array && value.length >= min && value.length <= max;
  if (kind === 1 && fields.length === 6) {
    if (!bytes(a, 1, 2) || !bytes(b, 33) || typeof c !== 'number' || (d !== 0 && d !== 1) || !bytes(e, 64))
      return null;
    return { kind: 'pass', kid: a, holderKey: b, drawnAt: c, lane: d, signature: e };
  }
  if (kind === 2 && fields.length === 3) {
    const format = FORMATS.find((name) => name === a);
    if (format === undefined) return null;
    if (bytes(b, 32)) return { kind: 'foreign', format, identifier: `sha256:${toHex(b)}` };
    return typeof b === 'string' ? { kind: 'foreign', format, identifier: b } : null;
  }
  if (kind === 5 && fields.length === 3) {
    return bytes(a, 1, 2) && bytes(b, 16) ? { kind: 'paper-pass', kid: a, handle: b } : null;
  }
  if (fields.length !== 2 || typeof a !== 'string') return null;
  if (kind === 3) return { kind: 'phone', number: a };
  if (kind === 4) return { kind: 'safety-code', code: a };
  return kind === 6 ? { kind: 'sheet-line', line: a } : null;
}
