import type { TrueType } from './true-type.ts';

/** Bits of a component of a composite glyph (OpenType, `glyf`). */
const WORDS = 0x0001;
const SCALE = 0x0008;
const MORE = 0x0020;
const TWO_SCALES = 0x0040;
const TWO_BY_TWO = 0x0080;

/** Where the numbers of other glyphs stand in the outline of a composite one; none in an outline of its own. */
function componentsOf(outline: Buffer): number[] {
  if (outline.length === 0 || outline.readInt16BE(0) >= 0) return [];
  const places: number[] = [];
  for (let at = 10, more = true; more; ) {
    const flags = outline.readUInt16BE(at);
    places.push(at + 2);
    more = (flags & MORE) !== 0;
    const scales = flags & SCALE ? 2 : flags & TWO_SCALES ? 4 : flags & TWO_BY_TWO ? 8 : 0;
    at += 4 + (flags & WORDS ? 4 : 2) + scales;
  }
  return places;
}

/** Some glyphs of a font, numbered anew in the order in which they are asked for. */
export class Subset {
  readonly #numbers = new Map<number, number>([[0, 0]]);

  constructor(readonly font: TrueType) {}

  /** The glyphs in order of their new numbers. */
  get glyphs(): readonly number[] {
    return [...this.#numbers.keys()];
  }

  /** The new number of a character's glyph. */
  numberOf(codePoint: number): number {
    return this.#add(this.font.glyphOf(codePoint));
  }

  #add(glyph: number): number {
    const known = this.#numbers.get(glyph);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(glyph, number);
    return number;
  }

  /** A font file with these glyphs alone: what a printer needs, and no map from characters. */
  toFile(): Buffer {
    const { font } = this;
    const outlines: Buffer[] = [];
    // Parts of composite glyphs join at the end while the list is walked through.
    for (let i = 0; i < this.#numbers.size; i++) {
      const outline = Buffer.from(font.outlineOf(this.glyphs[i]!));
      for (const at of componentsOf(outline)) outline.writeUInt16BE(this.#add(outline.readUInt16BE(at)), at);
      outlines.push(padded(outline));
    }
    const { glyphs } = this;
    const loca = Buffer.alloc(4 * (glyphs.length + 1));
    outlines.reduce(
      (at, outline, i) => loca.writeUInt32BE(at + outline.length, 4 * (i + 1)) && at + outline.length,
      0,
    );
    const hmtx = Buffer.alloc(4 * glyphs.length);
    glyphs.forEach((glyph, i) => {
      hmtx.writeUInt16BE(font.widthOf(glyph), 4 * i);
      const outline = font.outlineOf(glyph);
      // The side bearing is where the outline begins.
      hmtx.writeInt16BE(outline.length === 0 ? 0 : outline.readInt16BE(2), 4 * i + 2);
    });
    const head = Buffer.from(font.table('head'));
    head.writeUInt32BE(0, 8);
    head.writeInt16BE(1, 50);
    const hhea = Buffer.from(font.table('hhea'));
    hhea.writeUInt16BE(glyphs.length, 34);
    const maxp = Buffer.from(font.table('maxp'));
    maxp.writeUInt16BE(glyphs.length, 4);
    const hinting = ['cvt ', 'fpgm', 'prep']
      .map((tag) => [tag, font.table(tag)] as const)
      .filter(([, table]) => table.length > 0);
    return fontFile([
      ...hinting,
      ['glyf', Buffer.concat(outlines)],
      ['head', head],
      ['hhea', hhea],
      ['hmtx', hmtx],
      ['loca', loca],
      ['maxp', maxp],
    ]);
  }
}

const padded = (table: Buffer): Buffer =>
  table.length % 4 === 0 ? table : Buffer.concat([table, Buffer.alloc(4 - (table.length % 4))]);

function checksum(table: Buffer): number {
  let sum = 0;
  for (let at = 0; at < table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0;
  return sum;
}

function fontFile(tables: readonly (readonly [string, Buffer])[]): Buffer {
  const sorted = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  const power = 2 ** Math.floor(Math.log2(sorted.length));
  const directory = Buffer.alloc(12 + 16 * sorted.length);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(sorted.length, 4);
  directory.writeUInt16BE(16 * power, 6);
  directory.writeUInt16BE(Math.log2(power), 8);
  directory.writeUInt16BE(16 * (sorted.length - power), 10);
  let at = directory.length;
  const bodies = sorted.map(([tag, table], i) => {
    const body = padded(table);
    const entry = 12 + 16 * i;
    directory.write(tag, entry, 'latin1');
    directory.writeUInt32BE(checksum(body), entry + 4);
    directory.writeUInt32BE(at, entry + 8);
    directory.writeUInt32BE(table.length, entry + 12);
    at += body.length;
    return body;
  });
  return Buffer.concat([directory, ...bodies]);
}
