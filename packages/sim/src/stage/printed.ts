import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** Pixels for a point. */
const SCALE = 2;
const A4 = { width: 596, height: 842 };

/** Pixels as a canvas has them: four bytes each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** The filled boxes of a printed page as a picture: what a camera sees of its code. */
export function drawnBoxes(pdf: Uint8Array): Picture {
  const [width, height] = [A4.width * SCALE, A4.height * SCALE];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  const text = Buffer.from(pdf).toString('latin1');
  for (const [, ...sides] of text.matchAll(/^(\S+) (\S+) (\S+) (\S+) re(?: f)?$/gm)) {
    const [x, y, wide, high] = sides.map((side) => Number(side) * SCALE) as [number, number, number, number];
    const top = height - y - high;
    for (let row = Math.round(top); row < Math.round(top + high); row++)
      for (let column = Math.round(x); column < Math.round(x + wide); column++)
        data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
  }
  return { width, height, data };
}

let reader: Promise<unknown> | null = null;

/** Texts of the QR codes in a picture: its pixels, or a file such as PNG. */
export async function readCodes(picture: Picture | Uint8Array): Promise<string[]> {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  reader ??= Promise.resolve(
    prepareZXingModule({
      overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer },
      fireImmediately: true,
    }),
  );
  await reader;
  const found = await readBarcodes(picture as Parameters<typeof readBarcodes>[0], {
    formats: ['QRCode'],
    tryHarder: true,
  });
  return found.map((code) => code.text);
}
