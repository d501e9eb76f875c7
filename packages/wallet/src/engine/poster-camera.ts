import { pixelsOf } from '@munjigi/ui/elements';
import { type ReadonlySignal, signal } from '@preact/signals';
import type { PictureRead, PictureToRead } from '../worker/reader.worker.ts';
import ReaderWorker from '../worker/reader.worker.ts?worker';

export type CameraState = 'off' | 'opening' | 'on' | 'refused' | 'missing';

export interface PosterCamera {
  readonly state: ReadonlySignal<CameraState>;
  readonly stream: ReadonlySignal<MediaStream | null>;
  open(): Promise<void>;
  close(): void;
  /** The codes in a picture file; none where it is no picture. */
  readFile(file: Blob): Promise<readonly string[]>;
}

const WANTED = { width: { ideal: 1280 }, height: { ideal: 960 }, facingMode: { ideal: 'environment' } };
const LONGEST_SIDE = 1280;
const LONGEST_OF_FILE = 2400;
/** Between the end of one reading and the next frame. */
const PAUSE_MS = 120;

/** The phone's camera while a poster is looked for, and what is read in its picture. Nothing of a picture is kept. */
export function openPosterCamera(onRead: (texts: readonly string[]) => void): PosterCamera {
  const state = signal<CameraState>('off');
  const stream = signal<MediaStream | null>(null);
  const video = document.createElement('video');
  video.playsInline = true;
  video.muted = true;
  const canvas = document.createElement('canvas');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  const read = codeReader();

  const look = async () => {
    if (!wanted) return;
    const { videoWidth: width, videoHeight: height } = video;
    if (width > 0 && video.readyState >= 2) {
      const texts = await read(pixelsOf(video, { width, height }, LONGEST_SIDE, canvas));
      if (wanted && texts.length > 0) onRead(texts);
    }
    if (wanted) timer = setTimeout(look, PAUSE_MS);
  };
  const drop = () => {
    clearTimeout(timer);
    for (const track of stream.peek()?.getTracks() ?? []) track.stop();
    stream.value = null;
    video.srcObject = null;
  };

  return {
    state,
    stream,
    async open() {
      if (wanted) return;
      wanted = true;
      state.value = 'opening';
      try {
        const opened = await navigator.mediaDevices.getUserMedia({ audio: false, video: WANTED });
        if (!wanted) {
          for (const track of opened.getTracks()) track.stop();
          return;
        }
        stream.value = opened;
        video.srcObject = opened;
        await video.play().catch(() => undefined);
        state.value = 'on';
        void look();
      } catch (error) {
        wanted = false;
        const name = error instanceof DOMException ? error.name : '';
        state.value = name === 'NotAllowedError' || name === 'SecurityError' ? 'refused' : 'missing';
      }
    },
    close() {
      wanted = false;
      drop();
      state.value = 'off';
    },
    async readFile(file) {
      const picture = await createImageBitmap(file).catch(() => null);
      if (!picture) return [];
      const pixels = pixelsOf(picture, picture, LONGEST_OF_FILE, canvas);
      picture.close();
      return read(pixels);
    },
  };
}

/** Reads pictures beside the screen, one after the other; the reader begins with the first. */
function codeReader(): (image: ImageData) => Promise<readonly string[]> {
  let worker: Worker | null = null;
  let id = 0;
  let line: Promise<unknown> = Promise.resolve();
  const readOne = (image: ImageData) =>
    new Promise<readonly string[]>((done) => {
      worker ??= new ReaderWorker();
      id += 1;
      const asked = id;
      worker.onmessage = ({ data }: MessageEvent<PictureRead>) => data.id === asked && done(data.texts);
      const picture: PictureToRead = {
        id: asked,
        width: image.width,
        height: image.height,
        pixels: image.data.buffer as ArrayBuffer,
      };
      worker.postMessage(picture, [picture.pixels]);
    });
  return (image) => {
    const next = line.then(() => readOne(image));
    line = next;
    return next;
  };
}
