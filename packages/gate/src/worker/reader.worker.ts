import { prepareZXingModule, purgeZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmAddress from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { darkness } from './light.ts';

/** One frame for the reader: pixels as they come from a canvas. */
export interface FrameToRead {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: ArrayBuffer;
}

/** The different codes that a frame shows. */
export interface FrameRead {
  readonly id: number;
  readonly texts: readonly string[];
  readonly dark: boolean;
}

/** The reader's program comes from the app's own files, which the service worker keeps: nothing is fetched from elsewhere. */
const prepare = () =>
  prepareZXingModule({ overrides: { locateFile: () => wasmAddress }, fireImmediately: true });
prepare();

self.onmessage = async ({ data }: MessageEvent<FrameToRead>) => {
  const image = new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height);
  self.postMessage({ id: data.id, texts: await read(image), dark: darkness(image.data) } satisfies FrameRead);
};

async function read(image: ImageData): Promise<string[]> {
  try {
    const found = await readBarcodes(image, {
      formats: ['QRCode', 'Aztec', 'DataMatrix', 'PDF417'],
      tryHarder: true,
      tryRotate: true,
      tryInvert: true,
      tryDownscale: true,
      maxNumberOfSymbols: 3,
    });
    return [...new Set(found.filter(({ isValid, text }) => isValid && text !== '').map(({ text }) => text))];
  } catch {
    // A picture that brought the reader down leaves it unusable: the next one gets a fresh reader.
    purgeZXingModule();
    prepare();
    return [];
  }
}
