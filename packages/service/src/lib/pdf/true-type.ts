/** A TrueType font, read as far as printing needs it: which glyph stands for a character, how wide it is, and its outline. */
export interface TrueType {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly box: readonly [number, number, number, number];
  /** The glyph of a code point; 0 is the one for what the font does not have. */
  glyphOf(codePoint: number): number;
  /** Advance width in units of the em. */
  widthOf(glyph: number): number;
  outlineOf(glyph: number): Buffer;
  /** A whole table, or nothing where there is none. */
  table(tag: string): Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Reads a font file. Throws where it is no TrueType font with a Unicode map. */
export function readTrueType(file: Uint8Array): TrueType {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const tables = new Map<string, Buffer>();
  for (let i = 0; i < bytes.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    const [offset, length] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
    tables.set(bytes.toString('latin1', at, at + 4), bytes.subarray(offset, offset + length));
  }
  const table = (tag: string): Buffer => tables.get(tag) ?? NOTHING;
  const [head, hhea, hmtx, loca, glyf] = ['head', 'hhea', 'hmtx', 'loca', 'glyf'].map((tag) => {
    const found = tables.get(tag);
    if (!found) throw new Error(`The font has no table ${tag}: it is no TrueType font.`);
    return found;
  }) as [Buffer, Buffer, Buffer, Buffer, Buffer];
  const isLong = head.readInt16BE(50) === 1;
  const start = (glyph: number): number =>
    isLong ? loca.readUInt32BE(glyph * 4) : loca.readUInt16BE(glyph * 2) * 2;
  const widths = hhea.readUInt16BE(34);
  return {
    unitsPerEm: head.readUInt16BE(18),
    ascent: hhea.readInt16BE(4),
    descent: hhea.readInt16BE(6),
    box: [head.readInt16BE(36), head.readInt16BE(38), head.readInt16BE(40), head.readInt16BE(42)],
    glyphOf: unicodeMap(table('cmap')),
    widthOf: (glyph) => hmtx.readUInt16BE(Math.min(glyph, widths - 1) * 4),
    outlineOf: (glyph) => glyf.subarray(start(glyph), start(glyph + 1)),
    table,
  };
}

/** The map of the basic plane (format 4 of `cmap`): what people write in. */
function unicodeMap(cmap: Buffer): (codePoint: number) => number {
  for (let i = 0; cmap.length > 0 && i < cmap.readUInt16BE(2); i++) {
    const at = cmap.readUInt32BE(8 + 8 * i);
    const [platform, encoding] = [cmap.readUInt16BE(4 + 8 * i), cmap.readUInt16BE(6 + 8 * i)];
    const isUnicode = platform === 0 || (platform === 3 && encoding === 1);
    if (isUnicode && cmap.readUInt16BE(at) === 4) return segments(cmap.subarray(at));
  }
  throw new Error('The font has no Unicode map.');
}

function segments(map: Buffer): (codePoint: number) => number {
  const doubled = map.readUInt16BE(6);
  const [ends, starts, deltas, ranges] = [14, 16 + doubled, 16 + 2 * doubled, 16 + 3 * doubled] as const;
  return (codePoint) => {
    for (let i = 0; codePoint <= 0xffff && i < doubled; i += 2) {
      if (map.readUInt16BE(ends + i) < codePoint) continue;
      const from = map.readUInt16BE(starts + i);
      if (from > codePoint) return 0;
      const delta = map.readUInt16BE(deltas + i);
      const range = map.readUInt16BE(ranges + i);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = map.readUInt16BE(ranges + i + range + 2 * (codePoint - from));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
