import { PNG } from 'pngjs';

/** Pixels for a point. */
const SCALE = 2;
const A4 = { width: 596, height: 842 };

/** The filled boxes of a printed page as a picture (PNG): what a camera sees of its code. */
export function drawnBoxes(pdf: Uint8Array): Uint8Array {
  const png = new PNG({ width: A4.width * SCALE, height: A4.height * SCALE });
  png.data.fill(255);
  const text = Buffer.from(pdf).toString('latin1');
  for (const [, ...sides] of text.matchAll(/^(\S+) (\S+) (\S+) (\S+) re(?: f)?$/gm)) {
    const [x, y, width, height] = sides.map((side) => Number(side) * SCALE) as [
      number,
      number,
      number,
      number,
    ];
    const top = png.height - y - height;
    for (let row = Math.round(top); row < Math.round(top + height); row++)
      for (let column = Math.round(x); column < Math.round(x + width); column++)
        png.data.fill(0, (row * png.width + column) * 4, (row * png.width + column) * 4 + 3);
  }
  return new Uint8Array(PNG.sync.write(png));
}
