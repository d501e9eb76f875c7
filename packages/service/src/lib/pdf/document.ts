import { createHash } from 'node:crypto';
import { Subset } from './subset.ts';
import type { TrueType } from './true-type.ts';

/** Points in a millimetre. */
const MM = 72 / 25.4;
const A4 = { width: 210, height: 297 } as const;

/** A document to be printed: A4, black on white, one font in two weights. */
export interface PrintOptions {
  readonly title: string;
  readonly language: string;
  /** When it is said to have been made. */
  readonly madeMs: number;
  readonly fonts: Readonly<Record<Weight, TrueType>>;
}

export type Weight = 'plain' | 'strong';

export interface TextStyle {
  /** Points. */
  readonly size: number;
  readonly weight?: Weight;
  /** Where `x` stands in the line; `start` where nothing is said. */
  readonly align?: 'start' | 'middle' | 'end';
}

const WEIGHTS: readonly Weight[] = ['plain', 'strong'];
const number = (value: number): string => String(Math.round(value * 1000) / 1000);
const hex = (value: number): string => value.toString(16).padStart(4, '0');

/**
 * Writes PDF 1.7 by itself: the same pages give the same bytes on every machine, so nothing is compressed. Fonts are embedded with the
 * glyphs that are used, and what is written can be searched and read aloud. Lengths are millimetres from the upper left corner.
 */
export class PrintedDocument {
  readonly #pages: string[] = [];
  readonly #subsets: Readonly<Record<Weight, Subset>>;
  /** What each new glyph stands for. */
  readonly #characters: Readonly<Record<Weight, Map<number, number>>> = {
    plain: new Map(),
    strong: new Map(),
  };

  constructor(private readonly options: PrintOptions) {
    const { plain, strong } = options.fonts;
    this.#subsets = { plain: new Subset(plain), strong: new Subset(strong) };
  }

  /** Begins a page; everything drawn afterwards stands on it. */
  page(): this {
    this.#pages.push('');
    return this;
  }

  /** How wide a text is, in millimetres. */
  widthOf(text: string, { size, weight = 'plain' }: TextStyle): number {
    const font = this.options.fonts[weight];
    const units = [...text].reduce((sum, char) => sum + font.widthOf(font.glyphOf(char.codePointAt(0)!)), 0);
    return ((units / font.unitsPerEm) * size) / MM;
  }

  /** One line of text whose base line is at `y`. */
  text(text: string, x: number, y: number, style: TextStyle): this {
    const { size, weight = 'plain', align = 'start' } = style;
    const shift = { start: 0, middle: 0.5, end: 1 }[align] * this.widthOf(text, style);
    const glyphs = [...text.normalize('NFC')].map((char) => {
      const codePoint = char.codePointAt(0)!;
      const glyph = this.#subsets[weight].numberOf(codePoint);
      if (!this.#characters[weight].has(glyph)) this.#characters[weight].set(glyph, codePoint);
      return hex(glyph);
    });
    const place = `${number((x - shift) * MM)} ${number((A4.height - y) * MM)}`;
    return this.#draw(
      `BT /F${WEIGHTS.indexOf(weight)} ${number(size)} Tf ${place} Td <${glyphs.join('')}> Tj ET`,
    );
  }

  /** Lines of text that keep inside a width, broken between words; answers the base line after the last one. */
  paragraph(
    text: string,
    x: number,
    y: number,
    width: number,
    style: TextStyle & { readonly leading: number },
  ): number {
    let line = '';
    let at = y;
    for (const word of text.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && this.widthOf(longer, style) > width) {
        this.text(line, x, at, style);
        at += style.leading;
        line = word;
      } else line = longer;
    }
    if (line !== '') this.text(line, x, at, style);
    return at + style.leading;
  }

  /** A line from one point to another. */
  line(x1: number, y1: number, x2: number, y2: number, width = 0.2): this {
    const at = (x: number, y: number) => `${number(x * MM)} ${number((A4.height - y) * MM)}`;
    return this.#draw(`${number(width * MM)} w ${at(x1, y1)} m ${at(x2, y2)} l S`);
  }

  /** The outline of a box. */
  box(x: number, y: number, width: number, height: number, stroke = 0.3): this {
    const sides = [x * MM, (A4.height - y - height) * MM, width * MM, height * MM].map(number).join(' ');
    return this.#draw(`${number(stroke * MM)} w ${sides} re S`);
  }

  /** Boxes filled with black, such as the modules of a code. */
  fill(
    boxes: readonly {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }[],
  ): this {
    const paths = boxes.map(({ x, y, width, height }) =>
      [x * MM, (A4.height - y - height) * MM, width * MM, height * MM].map(number).join(' '),
    );
    return this.#draw(`${paths.map((path) => `${path} re`).join('\n')} f`);
  }

  #draw(operators: string): this {
    const last = this.#pages.length - 1;
    if (last < 0) throw new Error('A page has to begin first.');
    this.#pages[last] += `${operators}\n`;
    return this;
  }

  /** The whole file. */
  toBytes(): Uint8Array {
    const objects: Buffer[] = [];
    const add = (body: string | Buffer): number => objects.push(Buffer.from(body as string, 'latin1'));
    const stream = (content: Buffer, more = ''): number =>
      add(
        Buffer.concat([
          Buffer.from(`<< /Length ${content.length}${more} >>\nstream\n`),
          content,
          Buffer.from('\nendstream'),
        ]),
      );
    const fonts = WEIGHTS.map((weight) => this.#font(weight, add, stream));
    const resources = `<< /Font << ${fonts.map((id, i) => `/F${i} ${id} 0 R`).join(' ')} >> >>`;
    const contents = this.#pages.map((page) => stream(Buffer.from(page, 'latin1')));
    const tree = objects.length + contents.length + 1;
    const size = `${number(A4.width * MM)} ${number(A4.height * MM)}`;
    const pages = contents.map((id) =>
      add(
        `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${size}] /Resources ${resources} /Contents ${id} 0 R >>`,
      ),
    );
    add(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((id) => `${id} 0 R`).join(' ')}] >>`);
    const { title, language, madeMs } = this.options;
    const catalog = add(
      `<< /Type /Catalog /Pages ${tree} 0 R /Lang (${language}) /ViewerPreferences << /DisplayDocTitle true >> >>`,
    );
    const made = new Date(madeMs).toISOString().replace(/[-:T]/g, '').slice(0, 14);
    const info = add(`<< /Title ${textString(title)} /Producer (Munjigi) /CreationDate (D:${made}Z) >>`);
    return assemble(objects, `/Root ${catalog} 0 R /Info ${info} 0 R`);
  }

  /** One weight of the font, as a CID font whose codes are its glyphs. */
  #font(
    weight: Weight,
    add: (body: string) => number,
    stream: (content: Buffer, more?: string) => number,
  ): number {
    const subset = this.#subsets[weight];
    const { font } = subset;
    const per = (units: number): string => number((units * 1000) / font.unitsPerEm);
    const file = subset.toFile();
    const embedded = stream(file, ` /Length1 ${file.length}`);
    const name = `/MUNJIG+Text-${weight}`;
    const box = font.box.map(per).join(' ');
    const descriptor = add(
      `<< /Type /FontDescriptor /FontName ${name} /Flags 4 /FontBBox [${box}] /ItalicAngle 0 /Ascent ${per(font.ascent)} ` +
        `/Descent ${per(font.descent)} /CapHeight ${per(font.ascent)} /StemV 80 /FontFile2 ${embedded} 0 R >>`,
    );
    const widths = subset.glyphs.map((glyph) => per(font.widthOf(glyph))).join(' ');
    const descendant = add(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont ${name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) ` +
        `/Supplement 0 >> /FontDescriptor ${descriptor} 0 R /CIDToGIDMap /Identity /DW 1000 /W [0 [${widths}]] >>`,
    );
    const unicode = stream(Buffer.from(toUnicode(this.#characters[weight]), 'latin1'));
    return add(
      `<< /Type /Font /Subtype /Type0 /BaseFont ${name} /Encoding /Identity-H /DescendantFonts [${descendant} 0 R] ` +
        `/ToUnicode ${unicode} 0 R >>`,
    );
  }
}

/** A text outside the pages: UTF-16 with its mark. */
const textString = (text: string): string =>
  `<feff${[...Array(text.length).keys()].map((i) => hex(text.charCodeAt(i))).join('')}>`;

/** Most lines of one block of a map. */
const BLOCK = 100;

function toUnicode(characters: ReadonlyMap<number, number>): string {
  const lines = [...characters].map(([glyph, codePoint]) => `<${hex(glyph)}> <${hex(codePoint)}>`);
  const blocks: string[] = [];
  for (let i = 0; i < lines.length; i += BLOCK) {
    const some = lines.slice(i, i + BLOCK);
    blocks.push(`${some.length} beginbfchar\n${some.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def /CMapName /Munjigi def /CMapType 2 def',
    '1 begincodespacerange <0000> <ffff> endcodespacerange',
    ...blocks,
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}

function assemble(objects: readonly Buffer[], trailer: string): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let at = parts[0]!.length;
  const offsets = objects.map((body, i) => {
    const whole = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    const offset = at;
    parts.push(whole);
    at += whole.length;
    return offset;
  });
  const id = createHash('sha256').update(Buffer.concat(parts)).digest('hex').slice(0, 32);
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} ${trailer} ` +
        `/ID [<${id}> <${id}>] >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return new Uint8Array(Buffer.concat(parts));
}
