import { correction, generate } from 'lean-qr';
import { PNG } from 'pngjs';

type Pixels = { readonly width: number; readonly height: number; readonly data: Buffer };

/** A picture with codes side by side, or with none. */
export function picture(...texts: readonly string[]): Pixels {
  const codes = texts.map((text) => generate(text, { minCorrectionLevel: correction.L }));
  const scale = 4;
  const sizes = codes.map(({ size }) => (size + 8) * scale);
  const [width, height] = [sizes.reduce((sum, size) => sum + size, 0), Math.max(...sizes)];
  const data = Buffer.alloc(width * height * 4, 255);
  let left = 0;
  codes.forEach((code, index) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < sizes[index]!; x++) {
        if (code.get(Math.floor(x / scale) - 4, Math.floor(y / scale) - 4))
          data.fill(0, (y * width + left + x) * 4, (y * width + left + x) * 4 + 3);
      }
    }
    left += sizes[index]!;
  });
  return { width, height, data };
}
export const png = ({ width, height, data }: Pixels) =>
  PNG.sync.write(Object.assign(new PNG({ width, height }), { data }));

/** A cat, as far as a reader of codes can tell: fur, two ears, two eyes, whiskers. */
export function cat(): Pixels {
  const [width, height] = [320, 240];
  const data = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const face = Math.hypot(x - 160, y - 130) < 80;
      const ear = y < 90 && (Math.abs(x - 110) + (90 - y) < 40 || Math.abs(x - 210) + (90 - y) < 40);
      const eye = Math.hypot(x - 130, y - 115) < 12 || Math.hypot(x - 190, y - 115) < 12;
      const whisker = face && Math.abs(((y - 150) * 3 + Math.abs(x - 160)) % 17) < 2;
      const fur = 120 + ((x * 7919 + y * 104729) % 61);
      data.fill(eye || whisker ? 20 : face || ear ? fur : 230, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { width, height, data };
}
