import { pixelsOf } from '@munjigi/ui/elements';
import { CodeReader } from '../worker/code-reader.ts';
import type { FrameRead } from '../worker/reader.worker.ts';

const LONGEST_SIDE = 1280;
const LONGEST_OF_FILE = 2400;
/** Between the end of one reading and the next frame. */
const PAUSE_MS = 40;

/** Takes frames of a stream, one after the other, and hands on what the reader finds in them. */
export class Frames {
  readonly #video = document.createElement('video');
  readonly #canvas = document.createElement('canvas');
  #reader: CodeReader | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly onRead: (read: FrameRead) => void) {
    this.#video.playsInline = true;
    this.#video.muted = true;
    this.#video.autoplay = true;
  }

  start(stream: MediaStream): void {
    this.#video.srcObject = stream;
    void this.#video.play().catch(() => {});
    if (!this.#timer) this.#again();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#video.srcObject = null;
  }

  /** The codes in a picture file. */
  async readFile(file: Blob): Promise<FrameRead> {
    const bitmap = await createImageBitmap(file);
    const image = pixelsOf(bitmap, bitmap, LONGEST_OF_FILE, document.createElement('canvas'));
    bitmap.close();
    for (;;) {
      const reading = this.#codes().read(image);
      if (reading) return reading;
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }

  #again(): void {
    this.#timer = setTimeout(() => void this.#frame(), PAUSE_MS);
  }

  async #frame(): Promise<void> {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width > 0 && this.#video.readyState >= 2) {
      const read = await this.#codes().read(
        pixelsOf(this.#video, { width, height }, LONGEST_SIDE, this.#canvas),
      );
      if (read && this.#timer) this.onRead(read);
    }
    if (this.#timer) this.#again();
  }

  #codes(): CodeReader {
    this.#reader ??= new CodeReader();
    return this.#reader;
  }
}
