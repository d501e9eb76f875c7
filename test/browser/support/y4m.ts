import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';

const WIDTH = 640;
const HEIGHT = 480;
const HEADER = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
const FRAME = Buffer.from('FRAME\n');
const CHROMA = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);

/** A grey picture: one byte of brightness a pixel, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

/** Puts a picture in the middle of a grey camera frame, enlarged by whole pixels or shrunk so that it fits. */
export function cameraFrame(picture: GreyPicture, background = 96): Buffer {
  const frame = Buffer.alloc(WIDTH * HEIGHT, background);
  const fit = Math.min((WIDTH - 40) / picture.width, (HEIGHT - 40) / picture.height);
  const scale = fit >= 1 ? Math.floor(fit) : fit;
  const width = Math.floor(picture.width * scale);
  const height = Math.floor(picture.height * scale);
  const left = (WIDTH - width) >> 1;
  const top = (HEIGHT - height) >> 1;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / scale) * picture.width;
    for (let x = 0; x < width; x++) {
      frame[(top + y) * WIDTH + left + x] = picture.luma[row + Math.floor(x / scale)] ?? background;
    }
  }
  return frame;
}

/** Writes a camera file that the browser plays in a loop at ten frames a second. */
export function writeCameraFile(file: string, pictures: readonly GreyPicture[], framesEach = 10): void {
  const parts: Buffer[] = [HEADER];
  for (const picture of pictures) {
    const luma = cameraFrame(picture);
    for (let i = 0; i < framesEach; i++) parts.push(FRAME, luma, CHROMA);
  }
  writeFileSync(file, Buffer.concat(parts));
}

/** Overwrites every frame of a camera file in place (same size), while the browser plays it. */
export function showOnCamera(file: string, picture: GreyPicture, frames = 10): void {
  const luma = cameraFrame(picture);
  const handle = openSync(file, 'r+');
  const stride = FRAME.length + luma.length + CHROMA.length;
  for (let i = 0; i < frames; i++)
    writeSync(handle, luma, 0, luma.length, HEADER.length + i * stride + FRAME.length);
  closeSync(handle);
}
