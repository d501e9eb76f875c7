import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, purgeZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** What a picture came to. */
export type PictureReading = { readonly text: string } | { readonly codes: 'none' | 'several' };

const MAX_PIXELS = 64_000_000;
let prepared = false;

/** The reader's program is read from the disk beside it: nothing is fetched. */
function prepare(): void {
  if (prepared) return;
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const file = readFileSync(path);
  prepareZXingModule({
    overrides: {
      wasmBinary: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer,
    },
  });
  prepared = true;
}

const startsWith = (bytes: Uint8Array, ...head: number[]) => head.every((byte, i) => bytes[i] === byte);

/** True for PNG and JPEG, by their first bytes. */
export const isPicture = (bytes: Uint8Array): boolean =>
  startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) || startsWith(bytes, 0xff, 0xd8, 0xff);

/** Width times height as the file claims; null where it claims none. A tiny file can claim a picture that fills the memory. */
export function claimedPixels(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (startsWith(bytes, 0x89)) return bytes.length >= 24 ? view.getUint32(16) * view.getUint32(20) : null;
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return view.getUint16(at + 5) * view.getUint16(at + 7);
    }
    at += marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8) ? 2 : 2 + view.getUint16(at + 2);
  }
  return null;
}

/** Finds the one code in a picture: QR, Aztec, Data Matrix or PDF417. The same code twice counts as one. Never throws. */
export async function readPicture(bytes: Uint8Array): Promise<PictureReading> {
  const pixels = isPicture(bytes) ? claimedPixels(bytes) : null;
  if (pixels === null || pixels === 0 || pixels > MAX_PIXELS) return { codes: 'none' };
  prepare();
  try {
    const found = await readBarcodes(bytes, {
      formats: ['QRCode', 'Aztec', 'DataMatrix', 'PDF417'],
      tryHarder: true,
      tryRotate: true,
      tryInvert: true,
      tryDownscale: true,
      maxNumberOfSymbols: 8,
    });
    const texts = new Set(
      found.filter(({ isValid, text }) => isValid && text !== '').map(({ text }) => text),
    );
    const [text] = texts;
    return text !== undefined && texts.size === 1
      ? { text }
      : { codes: texts.size === 0 ? 'none' : 'several' };
  } catch {
    // A picture that brought the reader down leaves it unusable: the next one gets a fresh reader.
    purgeZXingModule();
    prepared = false;
    return { codes: 'none' };
  }
}
