import type { Speak } from '@munjigi/offline';
import type { FrameRead } from '../worker/reader.worker.ts';
import { Camera } from './camera.ts';
import { Frames } from './frames.ts';
import type { GateSignals } from './gate-signals.ts';
import { stageCamera } from './stage.ts';

const SAY_AGAIN_MS = 4_000;

/** What the gate sees: camera, frames and the codes in them. */
export class Sight {
  readonly camera: Camera;
  readonly #frames: Frames;
  #saidTwoMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly signals: GateSignals,
    private readonly speak: Speak,
    private readonly language: () => 'ko' | 'en',
    private readonly onCode: (text: string) => void,
    private readonly onJoinCode: (text: string) => void,
  ) {
    this.#frames = new Frames((read) => this.#seen(read));
    this.camera = new Camera(
      (state, torch) => {
        signals.camera.value = { ...signals.camera.peek(), state, torch };
      },
      (stream) => {
        signals.stream.value = stream;
        if (stream) this.#frames.start(stream);
        else this.#frames.stop();
      },
      stageCamera(),
    );
  }

  /** The different codes in a picture file; none where it is no picture. */
  async readFile(file: Blob): Promise<readonly string[]> {
    return (await this.#frames.readFile(file).catch(() => null))?.texts ?? [];
  }

  #seen({ texts, dark }: FrameRead): void {
    const { camera, view } = this.signals;
    const seen = texts.length > 1 ? 'two' : texts.length === 1 ? 'code' : dark ? 'dark' : 'waiting';
    if (camera.peek().seen !== seen) camera.value = { ...camera.peek(), seen };
    if (texts.length > 1 && performance.now() - this.#saidTwoMs > SAY_AGAIN_MS) {
      this.#saidTwoMs = performance.now();
      this.speak.say('two-codes', this.language());
    }
    const [only] = texts;
    const page = view.peek().name;
    if (texts.length === 1 && only && (page === 'join' || page === 'let-in')) this.onJoinCode(only);
    // Only where guests are looked at: while staff type or read a card, the camera says nothing.
    const { name } = view.peek();
    if (texts.length === 1 && only && (name === 'scan' || name === 'verdict')) this.onCode(only);
  }
}
