import { type Poster, posterIn } from '@munjigi/core/poster';
import { admission, type Policy } from '@munjigi/core/rules';
import { SPREAD_MS, spread, type Visits } from '@munjigi/offline';
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Holder } from '../holder.ts';
import type { Visiting, Wallet } from '../model.ts';
import { posterOfAddress } from './poster-address.ts';
import { openPosterCamera } from './poster-camera.ts';
import type { Ticker } from './ticker.ts';

export interface VisitingParts {
  readonly holder: Holder;
  readonly visits: Visits;
  readonly policy: ReadonlySignal<Policy | null>;
  readonly ticker: Ticker;
  readonly timeOf: (seconds: number) => string;
  /** Asks the mirrors once. */
  readonly refreshRules: () => Promise<void>;
  /** The diary has a new line. */
  readonly onWritten: () => void;
  /** The phone's own camera opened a poster's code in this page. */
  readonly onPoster: () => void;
}

export interface VisitingDesk {
  /** What the screens see and call of it. */
  readonly forScreens: Pick<
    Wallet,
    'visiting' | 'visitsHere' | 'posterCamera' | 'scanPoster' | 'enterByPoster'
  >;
  readonly visiting: ReadonlySignal<Visiting>;
  /** Takes what a camera read, or what an address holds. False where there is no poster's code in it. */
  take(text: string): Promise<boolean>;
  /** Looks for a poster anew. */
  again(): void;
  /** Counts what waits, and sends it. */
  refresh(): Promise<void>;
  close(): void;
}

/** Coming in by a venue's poster: reading it, one tap, and the screen for the door. No step of it needs a network. */
export function openVisiting(parts: VisitingParts): VisitingDesk {
  const { holder, visits, policy, ticker, timeOf, refreshRules, onWritten, onPoster } = parts;
  const visiting = signal<Visiting>({ state: 'looking' });
  const waiting = signal({ count: 0, refused: 0 });
  let found: { readonly code: Uint8Array; readonly poster: Poster } | null = null;
  let busy = false;

  const fail = (why: Extract<Visiting, { state: 'problem' }>['why']) => {
    found = null;
    visiting.value = { state: 'problem', why };
  };
  const opened = async (code: Uint8Array): Promise<Poster | null> => {
    const use = holder.rules.current;
    return use && visits.read(code, use.bundle);
  };
  const take = async (text: string): Promise<boolean> => {
    const code = posterIn(text);
    if (!code) return false;
    try {
      // A poster may be younger than the rules here.
      const poster =
        (await opened(code).catch(() => null)) ?? (await refreshRules().then(() => opened(code)));
      if (!poster) {
        fail('no-rules');
        return true;
      }
      const now = ticker.read() / 1000;
      const then = policy.peek() && admission(policy.peek()!, poster, now);
      if (then && !then.record) fail('not-wanted');
      else {
        found = { code, poster };
        visiting.value = { state: 'found', venue: poster.name };
      }
    } catch {
      fail('not-genuine');
    }
    return true;
  };
  const camera = openPosterCamera((texts) => {
    if (visiting.peek().state !== 'looking') return;
    void (async () => {
      for (const text of texts) if (await take(text)) return camera.close();
    })();
  });

  const count = async () => {
    const kept = (await holder.store.visits()).filter(({ again }) => again === null);
    const refused = kept.filter((one) => one.refused).length;
    waiting.value = { count: kept.length - refused, refused };
    const shown = visiting.peek();
    if (shown.state === 'written' && !shown.sent && !kept.some(({ visit }) => visit === shown.visit))
      visiting.value = { ...shown, sent: true };
  };
  const refresh = async () => {
    await count();
    await visits.send().catch(() => undefined);
    await count();
  };
  // The network came back for a whole town.
  const back = spread(
    () =>
      void visits
        .back()
        .catch(() => undefined)
        .then(count),
    () => (policy.peek()?.exercise ? 1_000 : SPREAD_MS.back),
  );
  addEventListener('online', back.soon);
  const addressed = () => {
    const address = posterOfAddress();
    if (address !== null) void take(address).then((isPoster) => isPoster && onPoster());
  };
  addEventListener('hashchange', addressed);

  const scanPoster = async (file: Blob): Promise<void> => {
    const texts = await camera.readFile(file);
    for (const text of texts) if (await take(text)) return camera.close();
    fail('no-code');
  };
  const enterByPoster = async (): Promise<void> => {
    const use = holder.rules.current;
    const pack = policy.peek();
    if (!found || !use || !pack || busy) return;
    busy = true;
    try {
      const { code, poster } = found;
      const now = ticker.read() / 1000;
      const written = await visits.write(code, poster, use.bundle, pack.calendar, now);
      if (typeof written === 'string') return fail(written);
      found = null;
      const { visit, at } = written;
      visiting.value = {
        state: 'written',
        venue: poster.name,
        time: timeOf(at),
        visit,
        sent: false,
      };
      onWritten();
      void refresh();
    } catch {
      // Storage that fails: nothing may be shown to the door as written.
      fail('not-kept');
    } finally {
      busy = false;
    }
  };

  return {
    forScreens: { visiting, visitsHere: waiting, posterCamera: camera, scanPoster, enterByPoster },
    visiting,
    take,
    again() {
      found = null;
      visiting.value = { state: 'looking' };
    },
    refresh,
    close() {
      camera.close();
      back.stop();
      removeEventListener('online', back.soon);
      removeEventListener('hashchange', addressed);
      visits.close();
    },
  };
}
