import { toBase64url } from '@munjigi/core/encoding';
import { openPoster, type Poster, posterKeysOf, sealVisit } from '@munjigi/core/poster';
import type { Calendar } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { Bundle } from '@munjigi/core/trust';
import { randomBytes, randomShare } from '../storage/random.ts';
import { waitAfterFailure } from '../sync/backoff.ts';
import { Doors } from '../sync/doors.ts';
import { callServer, ServerError } from '../sync/server.ts';
import type { HolderStore } from './holder-store.ts';
import type { KeptVisit } from './types.ts';

/** Between two visits of one phone, so that nobody reads from their arrival that they were one person's. */
const APART_MS = 60_000;
const APART_LEAST_MS = 5_000;
/**
 * A register that is put back from a backup has lost what phones told it since, and cannot know of it. So each visit is told once more,
 * a day later, give or take four hours: what a backup of less than twenty hours ago has taken away comes back.
 */
const AGAIN_MS = 20 * 3_600_000;
const AGAIN_SPREAD_MS = 8 * 3_600_000;
/** What a register will never take, however often it is told. */
const NEVER = new Set(['register.poster-ended', 'register.poster-time']);

/** Why a visit was not written: no pass of this phone lives, or the rules here have no key of that day. */
export type NotWritten = 'no-pass' | 'no-key';

export interface VisitParts {
  readonly store: Pick<
    HolderStore,
    'proofOfVisit' | 'addVisit' | 'visits' | 'visitTold' | 'visitDone' | 'visitRefused'
  >;
  readonly crypto: Crypto;
  /** Front doors of the register. */
  readonly doors: () => readonly string[];
  /** Told when what waits here has changed. */
  readonly onChange?: () => void;
  /** After how long a visit that the register has is told once more (milliseconds); about a day where nothing is said. */
  readonly againMs?: () => number;
}

/**
 * Visits that this phone wrote itself by a venue's poster: kept until the register has them for good, sent one by one. Nothing that
 * goes out is another visit's: each has a number of its own and travels without cookies.
 */
export class Visits {
  readonly #doors = new Doors(randomBytes(16));
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sending: Promise<void> | null = null;
  #failures = 0;
  #failingSinceMs = 0;
  #closed = false;

  constructor(private readonly parts: VisitParts) {}

  /** The poster of a code that was scanned; needs no network. Throws what `openPoster` throws. */
  read(code: Uint8Array, bundle: Bundle): Promise<Poster> {
    return openPoster(code, posterKeysOf(bundle), this.parts.crypto);
  }

  /** Seals a visit and keeps it, with its line in the diary; it is on the disk when this resolves. `now` in seconds. */
  async write(
    code: Uint8Array,
    poster: Poster,
    bundle: Bundle,
    calendar: Calendar,
    now: number,
  ): Promise<KeptVisit | NotWritten> {
    const { store } = this.parts;
    const at = Math.floor(now);
    const subject = await store.proofOfVisit(at);
    if (!subject) return 'no-pass';
    const sealed = await sealVisit({ poster, subject, at, bundle, calendar, ekm: randomBytes(32) });
    if (!sealed) return 'no-key';
    const visit: KeptVisit = {
      visit: toBase64url(randomBytes(16)),
      code: toBase64url(code),
      at,
      dayKeyId: sealed.dayKeyId,
      box: toBase64url(sealed.box),
      refused: false,
      again: null,
    };
    await store.addVisit(visit, poster.name);
    this.parts.onChange?.();
    return visit;
  }

  /** Sends what waits or is due once more, the first at once and each other a while later. Many may ask: it is done once. */
  send(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#sending ??= this.#next().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  /** The network is back: what failed is tried again at once. Visits stay apart all the same. */
  back(): Promise<void> {
    if (this.#failures > 0 && this.#timer) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    return this.send();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #next(): Promise<void> {
    if (this.#timer) return;
    const now = Date.now();
    const kept = (await this.parts.store.visits()).filter(({ refused }) => !refused);
    const due = kept.filter(({ again }) => again !== null && again <= now);
    const waiting = [...kept.filter(({ again }) => again === null), ...due];
    const first = waiting[0];
    if (!first) return;
    const wait = await this.#sendOne(first);
    if (!this.#closed && (wait > 0 || waiting.length > 1)) this.#soon(wait);
  }

  #soon(waitMs: number): void {
    const apart = APART_LEAST_MS + randomShare() * (APART_MS - APART_LEAST_MS);
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        void this.send();
      },
      Math.max(waitMs, apart),
    );
  }

  /** Milliseconds until it is worth trying again; 0 where this one is done with. */
  async #sendOne({ refused: _, again, ...told }: KeptVisit): Promise<number> {
    const { store, doors, onChange, againMs = aboutADay } = this.parts;
    try {
      await this.#doors.ask(
        doors(),
        (door) => callServer(`${door}/posters/visits`, told, { credentials: 'omit' }),
        true,
      );
      if (again === null) await store.visitTold(told.visit, Date.now() + againMs());
      else await store.visitDone(told.visit);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (!NEVER.has(error.code)) {
        const now = performance.now();
        if (this.#failures === 0) this.#failingSinceMs = now;
        this.#failures += 1;
        return waitAfterFailure(
          this.#failures,
          now - this.#failingSinceMs,
          error.retryAfterSeconds,
          randomShare,
        );
      }
      if (again === null) await store.visitRefused(told.visit);
      else await store.visitDone(told.visit);
    }
    this.#failures = 0;
    onChange?.();
    return 0;
  }
}

const aboutADay = (): number => AGAIN_MS + randomShare() * AGAIN_SPREAD_MS;
