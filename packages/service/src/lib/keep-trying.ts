const FIRST_MS = 500;
const MOST_MS = 30_000;

/** Work that goes on in the background until it is done, and again from time to time. */
export interface KeptTrying {
  /** Soon, since there is something new. */
  nudge(): void;
  close(): void;
}

export interface Trying {
  /** Answers false where something still waits for somebody else. */
  readonly work: () => Promise<boolean>;
  readonly firstMs: number;
  readonly everyMs: number;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Does a piece of work every `everyMs`. Where it throws or something waits, it is tried again after half a second, then after
 * twice as long each time, up to half a minute. It never runs twice at once.
 */
export function keepTrying({ work, firstMs, everyMs, onTrouble }: Trying): KeptTrying {
  let timer: NodeJS.Timeout | null = null;
  let pause = FIRST_MS;
  let running = false;
  let again = false;
  let closed = false;
  const later = (ms: number): void => {
    if (timer) clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void run(), ms).unref();
  };
  const run = async (): Promise<void> => {
    running = true;
    again = false;
    const done = await work().catch((error: unknown) => {
      if (!closed) onTrouble(error);
      return false;
    });
    running = false;
    if (again) return later(0);
    if (done) pause = FIRST_MS;
    later(done ? everyMs : Math.min(pause, everyMs));
    if (!done) pause = Math.min(MOST_MS, pause * 2);
  };
  later(firstMs);
  return {
    nudge: () => {
      pause = FIRST_MS;
      again = true;
      if (!running) later(0);
    },
    close: () => {
      closed = true;
      if (timer) clearTimeout(timer);
    },
  };
}
