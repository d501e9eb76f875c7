/** The little of a signal that is read across windows. */
export interface Readable<T> {
  readonly value: T;
  peek(): T;
  subscribe(tell: (value: T) => void): () => void;
}

/** What the gate shows of itself on a stage (`window.munjigiGate`, see the gate's model). */
export interface StageGate {
  readonly view: Readable<{
    readonly name: string;
    readonly decision?: { readonly verdict: string; readonly record: boolean };
  }>;
  /** Its clock, ticking; null where it is not trusted. */
  readonly nowMs: Readable<number | null>;
  readonly waiting: Readable<number>;
  readonly confirmed: Readable<number>;
  readonly lastEntry: Readable<{ readonly counter: number; readonly record: string } | null>;
  readonly language: { value: 'ko' | 'en' };
  /** The hours in which it reached nobody, and their signed codes. */
  readonly statements?: {
    readonly episodes: Readable<readonly { readonly from: number }[]>;
    readonly read: Readable<object | false | null>;
    make(from: number): Promise<string | null>;
  };
  show(view: 'scan' | 'statements'): void;
  startShift(): Promise<void>;
}

/** What the wallet lets a stage ask (`window.munjigiWallet`, see the wallet's stage). */
export interface StageWallet {
  readonly look: { readonly language: { value: 'ko' | 'en' } };
  readonly ready: Promise<void>;
  /** The wallet of that person, enrolled if it was not; resolves when the code stands. */
  show(viewOrPerson: string): Promise<void>;
  textNow(): string | null;
  refresh(): Promise<void>;
}

type StageWindow = Window & { readonly munjigiGate?: StageGate; readonly munjigiWallet?: StageWallet };

const windowOf = (frame: HTMLIFrameElement | null): StageWindow | null =>
  (frame?.contentWindow as StageWindow | null) ?? null;

export const gateIn = (frame: HTMLIFrameElement | null): StageGate | null =>
  windowOf(frame)?.munjigiGate ?? null;
export const walletIn = (frame: HTMLIFrameElement | null): StageWallet | null =>
  windowOf(frame)?.munjigiWallet ?? null;

/** The canvas in which the wallet draws its code, where one with a code stands. */
export function codeCanvasIn(frame: HTMLIFrameElement | null): HTMLCanvasElement | null {
  const canvas =
    windowOf(frame)?.document.querySelector<HTMLCanvasElement>('canvas[data-munjigi="code"]') ?? null;
  return canvas && canvas.width > 0 ? canvas : null;
}

/** Tells a device that it may look for something new now, as a browser does when a network comes back. */
export function nudge(frame: HTMLIFrameElement | null): void {
  const window = windowOf(frame);
  if (!window) return;
  void window.munjigiWallet?.refresh().catch(() => {});
  window.dispatchEvent(new (window as unknown as typeof globalThis).Event('online'));
}

/** Calls `found` with the device as soon as the frame has one; again after each reload. Returns how to end it. */
export function onDevice<T>(
  frame: HTMLIFrameElement,
  read: (frame: HTMLIFrameElement) => T | null,
  found: (device: T) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known: T | null = null;
  const look = () => {
    clearTimeout(timer);
    const device = read(frame);
    if (device && device !== known) {
      known = device;
      found(device);
    }
    timer = setTimeout(look, 150);
  };
  look();
  return () => clearTimeout(timer);
}

/** Empties what the stage's devices kept from an earlier run. Other devices of this browser are left alone. */
export async function forgetDevices(isOurs: (name: string) => boolean): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name && isOurs(name) ? [name] : []));
  await Promise.all(
    names.map(
      (name) =>
        new Promise<void>((done) => {
          const wish = indexedDB.deleteDatabase(name);
          wish.onsuccess = wish.onerror = wish.onblocked = () => done();
        }),
    ),
  );
}
