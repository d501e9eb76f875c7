// Draws the app icons of the gate from our mark: `node tools/pictures/make-icons.mjs`. No browser needed: the mark is a
// frame of straight lines and a disc, sampled sixteen times a pixel.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';

const TARGET = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'packages',
  'gate',
  'public',
  'icons',
);
const INK = [0x1c, 0x1f, 0x1d];
const PAPER = [0xf4, 0xf6, 0xf3];
const SAMPLES = 4;

/** True inside the mark, in its own 24 units: a door frame that stands open, and the one who comes in. */
function inMark(x, y) {
  if (Math.hypot(x - 12, y - 14) <= 4) return true;
  const outer = x >= 1.5 && x <= 22.5 && y >= 1.5 && y <= 22.5;
  const inner = x > 4.5 && x < 19.5 && y > 4.5 && y < 19.5;
  const opening = y >= 19.5 && x > 7 && x < 17;
  const under = y > 4.5 && y < 19.5 && x > 4.5 && x < 19.5;
  return outer && !inner && !opening && !under;
}

/** True inside a square of side 1 with round corners. */
function inTile(x, y, radius) {
  const dx = Math.max(radius - x, x - (1 - radius), 0);
  const dy = Math.max(radius - y, y - (1 - radius), 0);
  return Math.hypot(dx, dy) <= radius;
}

function icon(side, { radius, share }) {
  const png = new PNG({ width: side, height: side });
  const unit = (side * share) / 24;
  const edge = (side - unit * 24) / 2;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let tile = 0;
      let mark = 0;
      for (let j = 0; j < SAMPLES; j++) {
        for (let i = 0; i < SAMPLES; i++) {
          const px = x + (i + 0.5) / SAMPLES;
          const py = y + (j + 0.5) / SAMPLES;
          if (!inTile(px / side, py / side, radius)) continue;
          tile++;
          if (inMark((px - edge) / unit, (py - edge) / unit)) mark++;
        }
      }
      const at = (y * side + x) * 4;
      for (let c = 0; c < 3; c++)
        png.data[at + c] = tile === 0 ? 0 : Math.round((PAPER[c] * mark + INK[c] * (tile - mark)) / tile);
      png.data[at + 3] = Math.round((255 * tile) / SAMPLES ** 2);
    }
  }
  return PNG.sync.write(png, { colorType: 6 });
}

mkdirSync(TARGET, { recursive: true });
const icons = [
  ['icon-192.png', 192, { radius: 0.2, share: 0.6 }],
  ['icon-512.png', 512, { radius: 0.2, share: 0.6 }],
  ['icon-maskable-512.png', 512, { radius: 0, share: 0.5 }],
  ['apple-touch-icon.png', 180, { radius: 0, share: 0.56 }],
];
for (const [name, side, shape] of icons) {
  const bytes = icon(side, shape);
  writeFileSync(join(TARGET, name), bytes);
  console.log(`${name}  ${bytes.length} bytes`);
}
const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><title>Munjigi</title><rect width="96" height="96" rx="19" fill="#1c1f1d"/>' +
  '<g transform="translate(19.2 19.2) scale(2.4)"><path d="M7 21H3V3h18v18h-4" fill="none" stroke="#f4f6f3" stroke-width="3"/>' +
  '<circle cx="12" cy="14" r="4" fill="#f4f6f3"/></g></svg>\n';
writeFileSync(join(TARGET, 'icon.svg'), svg);
