import { drawnBoxes as pictured } from '@munjigi/sim/stage';
import { PNG } from 'pngjs';

export { readCodes } from '@munjigi/sim/stage';

/** The filled boxes of a printed page as a picture (PNG): what a camera sees of its code. */
export function drawnBoxes(pdf: Uint8Array): Uint8Array {
  const { width, height, data } = pictured(pdf);
  const png = new PNG({ width, height });
  png.data = Buffer.from(data);
  return new Uint8Array(PNG.sync.write(png));
}
