import { MunjigiError } from '../errors.ts';
import { isUtf8 } from './bytes.ts';

/** What a scan lets through. */
export interface ScanRules {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly allowIndefinite: boolean;
  readonly allowTags: boolean;
  readonly allowFloats: boolean;
}

/**
 * Walks CBOR without building anything: one well-formed item, no trailing bytes, depth and size within the limits, text in
 * well-formed UTF-8 (the decoder beneath turns bad UTF-8 into U+FFFD). A length larger than the input ends the walk at
 * once, so a bomb costs nothing. Throws `encoding.too-long` or `encoding.cbor`.
 */
export function scanCbor(bytes: Uint8Array, rules: ScanRules): void {
  if (bytes.length > rules.maxBytes) throw new MunjigiError('encoding.too-long', `At most ${rules.maxBytes} bytes are read.`);
  const wrong = (why: string) => new MunjigiError('encoding.cbor', `The bytes are not the CBOR that was expected: ${why}.`);
  let at = 0;

  const argument = (info: number): number => {
    if (info < 24) return info;
    const size = 1 << (info - 24);
    if (info > 27 || at + size > bytes.length) throw wrong('cut short');
    let n = 0;
    for (let i = 0; i < size; i++) n = n * 256 + bytes[at++]!;
    return n;
  };

  const item = (depth: number): boolean => {
    if (depth > rules.maxDepth) throw wrong(`nested deeper than ${rules.maxDepth}`);
    if (at >= bytes.length) throw wrong('cut short');
    const first = bytes[at++]!;
    const major = first >> 5;
    const info = first & 31;
    if (info === 31) {
      if (first === 0xff) return false;
      if (!rules.allowIndefinite || major < 2 || major > 5) throw wrong('indefinite length');
      while (item(depth + 1));
      return true;
    }
    if (major === 7) {
      if (info >= 25 && info <= 27 && !rules.allowFloats) throw wrong('floating point');
      argument(info);
      return true;
    }
    const n = argument(info);
    if (major === 2 || major === 3) {
      if (at + n > bytes.length) throw wrong('cut short');
      if (major === 3 && !isUtf8(bytes.subarray(at, at + n))) throw wrong('text is not UTF-8');
      at += n;
    } else if (major === 4 || major === 5) {
      const items = major === 5 ? n * 2 : n;
      if (items > bytes.length - at) throw wrong('cut short');
      for (let i = 0; i < items; i++) if (!item(depth + 1)) throw wrong('a break without a start');
    } else if (major === 6) {
      if (!rules.allowTags) throw wrong('a tag');
      if (!item(depth + 1)) throw wrong('a break without a start');
    }
    return true;
  };

  if (!item(0)) throw wrong('a break without a start');
  if (at !== bytes.length) throw wrong('bytes after the end');
}
