import type { FrameRead, FrameToRead } from './reader.worker.ts';
import ReaderWorker from './reader.worker.ts?worker';

/** Reads pictures beside the screen, so that a slow frame never holds up a tap. One picture at a time. */
export class CodeReader {
  readonly #worker: Worker = new ReaderWorker();
  #id = 0;
  #waiting: { readonly id: number; readonly done: (read: FrameRead) => void } | null = null;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FrameRead>) => {
      if (data.id !== this.#waiting?.id) return;
      const { done } = this.#waiting;
      this.#waiting = null;
      done(data);
    };
  }

  /** The codes of a picture, or null where another one is still being read. */
  read(image: ImageData): Promise<FrameRead> | null {
    if (this.#waiting) return null;
    this.#id += 1;
    const frame: FrameToRead = {
      id: this.#id,
      width: image.width,
      height: image.height,
      pixels: image.data.buffer as ArrayBuffer,
    };
    return new Promise((done) => {
      this.#waiting = { id: frame.id, done };
      this.#worker.postMessage(frame, [frame.pixels]);
    });
  }
}
