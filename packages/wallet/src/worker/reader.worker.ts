import { prepareZXingModule, purgeZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmAddress from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** A picture for the reader: pixels as they come from a canvas. */
export interface PictureToRead {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: ArrayBuffer;
}

export interface PictureRead {
  readonly id: number;
  readonly texts: readonly string[];
}

/** The reader's program comes from the app's own files, which the service worker keeps: a poster is read without any network. */
const prepare = () =>
  prepareZXingModule({ overrides: { locateFile: () => wasmAddress }, fireImmediately: true });
prepare();

self.onmessage = async ({ data }: MessageEvent<PictureToRead>) => {
  const image = new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height);
  self.postMessage({ id: data.id, texts: await read(image) } satisfies PictureRead);
};

async function read(image: ImageData): Promise<string[]> {
  try {
    const found = await readBarcodes(image, {
      formats: ['QRCode'],
      tryHarder: true,
      tryRotate: true,
      tryDownscale: true,
      maxNumberOfSymbols: 3,
    });
    return found.filter(({ isValid }) => isValid).map(({ text }) => text);
  } catch {
    // A picture that brought the reader down leaves it unusable: the next one gets a fresh reader.
    purgeZXingModule();
    prepare();
    return [];
  }
}
