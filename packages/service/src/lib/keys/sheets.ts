import { createHash } from 'node:crypto';
import { decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { combine, split } from 'shamir-secret-sharing';
import { publicPoint } from '../../crypto/index.ts';
import { RecoveryRefused } from './recovery.ts';

/** Who keeps a sheet: two officers of the body, and a custodian outside of it. Any two of the three recover. */
export const HOLDERS = ['officer-1', 'officer-2', 'custodian'] as const;
export type Holder = (typeof HOLDERS)[number];
const NEEDED = 2;

/** One share of one body's recovery key of one week. */
export interface Sheet {
  readonly body: string;
  /** Monday, YYYY-MM-DD. */
  readonly week: string;
  readonly holder: Holder;
  readonly share: Uint8Array;
  /** First 8 bytes of SHA-256 of the recovery key's public point: sheets of one set name the same. */
  readonly set: Uint8Array;
}

const PREFIX = 'MJR1:';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const setOf = (publicKey: Uint8Array): Uint8Array => new Uint8Array(sha256(publicKey).subarray(0, 8));

function toBase32(bytes: Uint8Array): string {
  let [text, held, bits] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

function fromBase32(text: string): Uint8Array {
  const out: number[] = [];
  let [held, bits] = [0, 0];
  for (const char of text) {
    held = (held << 5) | ALPHABET.indexOf(char);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return Uint8Array.from(out);
}

/** Splits a private recovery key (32 bytes) into three sheets, of which any two give it back. */
export async function sheetsOf(
  body: string,
  week: string,
  privateKey: Uint8Array,
): Promise<readonly Sheet[]> {
  const shares = await split(privateKey, HOLDERS.length, NEEDED);
  const set = setOf(publicPoint(privateKey));
  return HOLDERS.map((holder, i) => ({ body, week, holder, share: shares[i]!, set }));
}

/** A sheet as one line of text, with a checksum (RFC 4648 base32 of deterministic CBOR): what its code holds. */
export function sheetText({ body, week, holder, share, set }: Sheet): string {
  const fields = encodeDeterministic([1, body, week, HOLDERS.indexOf(holder), share, set]);
  return PREFIX + toBase32(new Uint8Array([...fields, ...sha256(fields).subarray(0, 4)]));
}

/** Reads a sheet from its text, or from a page or file that holds one. Spaces and line breaks count for nothing. Throws `RecoveryRefused`. */
export function readSheet(text: string): Sheet {
  const wrong = () =>
    new RecoveryRefused(
      'This is no recovery sheet, or a letter of it was read wrongly: it begins with MJR1: and carries a checksum. Scan or type it once more.',
    );
  const found = /MJR1:([A-Z2-7\s]+)/.exec(text)?.[1]?.replace(/\s/g, '');
  if (!found) throw wrong();
  const bytes = fromBase32(found);
  const [fields, sum] = [bytes.subarray(0, -4), bytes.subarray(-4)];
  if (bytes.length < 20 || Buffer.compare(sha256(fields).subarray(0, 4), sum) !== 0) throw wrong();
  let read: unknown;
  try {
    read = decodeDeterministic(fields, { maxBytes: 256, maxDepth: 2 });
  } catch {
    throw wrong();
  }
  if (!Array.isArray(read) || read.length !== 6) throw wrong();
  const [version, body, week, holder, share, set] = read as unknown[];
  const isBytes = (value: unknown, size: number): value is Uint8Array =>
    value instanceof Uint8Array && value.length === size;
  if (version !== 1 || typeof body !== 'string' || typeof week !== 'string' || !isBytes(share, 33))
    throw wrong();
  const who = typeof holder === 'number' ? HOLDERS[holder] : undefined;
  if (!who || !isBytes(set, 8)) throw wrong();
  return { body, week, holder: who, share, set };
}

/**
 * Joins two sheets to the private recovery key of their week (32 bytes). Throws `RecoveryRefused` for one sheet alone, the
 * same sheet twice, and sheets of two bodies, weeks or sets.
 */
export async function joinSheets(body: string, sheets: readonly Sheet[]): Promise<Uint8Array> {
  const refuse = (why: string): never => {
    throw new RecoveryRefused(`${why} Nothing was changed.`);
  };
  const [first, second] = sheets;
  if (!first || !second) return refuse('One sheet alone recovers nothing: bring two of the three.');
  const other = sheets.find((sheet) => sheet.body !== body);
  if (other) return refuse(`A sheet is of the ${other.body} desk, and the ${body} desk is to be recovered.`);
  if (first.week !== second.week)
    return refuse(`The sheets are of two weeks, ${first.week} and ${second.week}: bring two of one week.`);
  if (first.holder === second.holder) return refuse('This is the same sheet twice: bring two of the three.');
  if (Buffer.compare(first.set, second.set) !== 0)
    return refuse('The sheets are of two sets that were made apart: bring two of one set.');
  const key = await combine([first.share, second.share]);
  if (key.length !== 32 || Buffer.compare(setOf(publicPoint(key)), first.set) !== 0)
    return refuse('The sheets do not give the key that they were made of.');
  return key;
}
