import type { CameraState } from '../model.ts';

type OnState = (state: CameraState['state'], torch: boolean | null) => void;

interface LampTrack {
  getCapabilities?(): MediaTrackCapabilities & { readonly torch?: boolean };
}

const REMEMBERED = 'munjigi-gate:camera';
const WANTED = { width: { ideal: 1280 }, height: { ideal: 960 } };

/**
 * The camera of a shift: opened once, and again when the phone took it away. On a stage the picture comes from the page that
 * shows the demonstration; everything behind it is the same.
 */
export class Camera {
  #stream: MediaStream | null = null;
  #wanted = false;
  #lit: boolean | null = null;

  constructor(
    private readonly onState: OnState,
    private readonly onStream: (stream: MediaStream | null) => void,
    private readonly stage: (() => MediaStream) | null = null,
  ) {
    document.addEventListener('visibilitychange', () => {
      const dead =
        !this.#stream?.active ||
        this.#stream.getVideoTracks().some((t) => t.readyState === 'ended' || t.muted);
      if (this.#wanted && document.visibilityState === 'visible' && dead) void this.open();
    });
  }

  get stream(): MediaStream | null {
    return this.#stream;
  }

  /** Opens the camera used last, else the one that looks away from the screen. Never throws: it tells the state instead. */
  async open(deviceId: string | null = remembered()): Promise<void> {
    this.#wanted = true;
    this.#drop();
    this.onState('opening', null);
    try {
      const stream = this.stage ? this.stage() : await this.#ask(deviceId);
      if (!this.#wanted) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.#use(stream);
    } catch (error) {
      const name = error instanceof DOMException ? error.name : '';
      this.onState(name === 'NotAllowedError' || name === 'SecurityError' ? 'refused' : 'missing', null);
    }
  }

  close(): void {
    this.#wanted = false;
    this.#drop();
    this.onState('off', null);
  }

  /** The next camera of this device; it is remembered. */
  async next(): Promise<void> {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(
      ({ kind }) => kind === 'videoinput',
    );
    const current = this.#stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const after =
      cameras[(cameras.findIndex(({ deviceId }) => deviceId === current) + 1) % Math.max(1, cameras.length)];
    if (!after || after.deviceId === current) return;
    remember(after.deviceId);
    await this.open(after.deviceId);
  }

  async setTorch(on: boolean): Promise<void> {
    const track = this.#stream?.getVideoTracks()[0];
    if (!track || this.#lit === null) return;
    await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).then(
      () => {
        this.#lit = on;
      },
      () => {},
    );
    this.onState('on', this.#lit);
  }

  async #ask(deviceId: string | null): Promise<MediaStream> {
    const { mediaDevices } = navigator;
    const away = () =>
      mediaDevices.getUserMedia({ audio: false, video: { ...WANTED, facingMode: { ideal: 'environment' } } });
    if (!deviceId) return away();
    return mediaDevices
      .getUserMedia({ audio: false, video: { ...WANTED, deviceId: { exact: deviceId } } })
      .catch(away);
  }

  #use(stream: MediaStream): void {
    this.#stream = stream;
    const track = stream.getVideoTracks()[0];
    this.#lit = (track as LampTrack | undefined)?.getCapabilities?.().torch === true ? false : null;
    track?.addEventListener('ended', () => this.#lost(stream));
    track?.addEventListener('mute', () => this.#lost(stream));
    track?.addEventListener('unmute', () => {
      if (this.#stream === stream) this.onState('on', this.#lit);
    });
    this.onStream(stream);
    this.onState('on', this.#lit);
  }

  #lost(stream: MediaStream): void {
    if (this.#stream !== stream || !this.#wanted) return;
    this.onState('lost', null);
    if (
      document.visibilityState === 'visible' &&
      stream.getVideoTracks().every((t) => t.readyState === 'ended')
    )
      void this.open();
  }

  #drop(): void {
    const stream = this.#stream;
    this.#stream = null;
    if (!stream) return;
    for (const track of stream.getTracks()) track.stop();
    this.onStream(null);
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function remember(deviceId: string): void {
  try {
    localStorage.setItem(REMEMBERED, deviceId);
  } catch {
    // Storage is closed: the choice lasts for the page.
  }
}
