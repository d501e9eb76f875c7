import type { Mirror, Pages } from './mirror.ts';
import type { PlayedClock, Servers } from './servers/index.ts';
import type { ServiceCalls } from './service-calls.ts';
import { instantOf, type Story, type StoryNotice } from './story.ts';

export type Phase = 'fresh' | 'before' | 'stopped' | 'recovered';

/** What the page may know of the run. */
export interface Setup {
  readonly run: string;
  readonly venueId: number;
  readonly enrolmentCode: string;
  readonly venueName: string;
}

/** What the authority said of one minute. */
interface Said {
  readonly now: Buffer;
  readonly pages: Pages;
}

interface Signed extends Said {
  readonly clock: Buffer | null;
}

export interface DirectorParts {
  readonly servers: Servers;
  readonly calls: ServiceCalls;
  readonly mirror: Mirror;
  readonly story: Story | null;
  /** Name, kind and region of the demonstration's venue where there is no story. */
  readonly venue: { readonly name: string; readonly kind: string; readonly region: string };
  /** The account that owns the venue in its console, or null where there is none. */
  readonly owner?: () => Promise<string | null>;
}

const WHAT_IF_FLIPS = 8;
/** Real time after the click at which each notice of the outage is shown: the minutes between are left out. */
const SHOWN_AFTER_MS = [3500, 7000];
/** So long it is seen that everything runs to one server before the others are gone. */
const LED_MS = 2500;

/**
 * Plays the demonstration. The desk that signs notices stands in the processes that the story stops, since every server has all
 * three desks; so the documents of the outage are signed just before, kept back by the mirror, and shown
 * each at its moment. Nothing is signed here.
 */
export class Director {
  readonly #parts: DirectorParts;
  #phase: Phase = 'fresh';
  #setup: Setup | null = null;
  #whatIf = false;
  /** Documents signed ahead for the switch: what if, as it is, what if, … with rising sequence. */
  #flips: Said[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: DirectorParts) {
    this.#parts = parts;
  }

  get phase(): Phase {
    return this.#phase;
  }
  get setup(): Setup | null {
    return this.#setup;
  }
  get whatIf(): { readonly on: boolean; readonly possible: boolean } {
    const shown = this.#timers.size === 0 && (this.#phase !== 'stopped' || this.#flips.length > 0);
    const possible = this.#parts.story?.whatIf != null && shown;
    return { on: this.#whatIf, possible };
  }

  /** One thing at a time, in the order asked. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#work.then(work, work);
    this.#work = next.catch(() => {});
    return next;
  }

  /** From the start: the service runs, nothing is wrong, a venue of its own that no gate has joined yet. */
  begin(): Promise<Setup> {
    return this.#inTurn(async () => {
      const { servers, calls, mirror, story, venue } = this.#parts;
      this.#clearTimers();
      mirror.hold();
      await servers.settled();
      const at = story ? instantOf(story.begins) : null;
      if (servers.state === 'stopped') await servers.start(at === null ? null : clockAt(at));
      if (at !== null) await this.#setClock(at);
      await calls.publishNotice({ notice: null, status: 'confirmed' });
      const place = story ? { ...story.venue, name: story.venue.name.ko } : venue;
      // An owner whose account was ended owns nothing any more; the story goes on without one.
      const owner = await this.#parts.owner?.().catch(() => null);
      const { venueId, enrolmentCode } = await (owner
        ? calls.addVenue({ ...place, owner }).catch(() => calls.addVenue(place))
        : calls.addVenue(place));
      if (at !== null) await this.#setClock(at);
      mirror.follow();
      servers.startOthers();
      this.#setup = { run: String(venueId), venueId, enrolmentCode, venueName: place.name };
      this.#phase = 'before';
      this.#whatIf = false;
      this.#flips = [];
      return this.#setup;
    });
  }

  /**
   * The moment of the outage: everybody is led to one server, then the processes are killed, it last; the mirror goes on
   * showing what was signed.
   */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const { servers, mirror, story } = this.#parts;
      if (servers.state !== 'running') return;
      await servers.settled();
      if (servers.count > 1) {
        servers.leadToOne();
        await new Promise((done) => setTimeout(done, LED_MS));
        await servers.killIdle();
      }
      if (!story) {
        mirror.hold();
        await servers.kill();
        this.#phase = 'stopped';
        return;
      }
      mirror.hold();
      await this.#setClock(instantOf(story.outage.at));
      const begun = mirror.pushed('clock.cose');
      const ahead = [];
      for (const [i, notice] of story.outage.notices.entries()) {
        const afterMs = SHOWN_AFTER_MS[i] ?? 7000;
        ahead.push({ afterMs, signed: await this.#signAhead(notice, afterMs) });
      }
      const last = story.outage.notices.at(-1);
      this.#flips = [];
      if (story.whatIf && last) {
        await this.#setClock(instantOf(last.at));
        for (let i = 0; i < WHAT_IF_FLIPS; i++) {
          this.#flips.push(await this.#sign(i % 2 === 0 ? story.whatIf.notice : last));
        }
      }
      await servers.kill();
      if (begun) mirror.release('clock.cose', begun);
      this.#phase = 'stopped';
      this.#whatIf = false;
      for (const { afterMs, signed } of ahead) {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          this.#show(signed);
          if (signed.clock) mirror.release('clock.cose', signed.clock);
        }, afterMs);
        this.#timers.add(timer);
      }
    });
  }

  /** The repair: the servers start again on the data that they had. */
  recover(): Promise<void> {
    return this.#inTurn(async () => {
      const { servers, calls, mirror, story } = this.#parts;
      this.#clearTimers();
      if (servers.state === 'running') return;
      const at = story ? instantOf(story.recovery.notice.at) : null;
      await servers.start(at === null ? null : clockAt(at));
      if (story && at !== null) {
        await this.#setClock(at);
        await calls.publishNotice(story.recovery.notice);
        await this.#setClock(at);
      }
      mirror.follow();
      servers.startOthers();
      this.#phase = 'recovered';
      this.#whatIf = false;
      this.#flips = [];
    });
  }

  /** The switch "what if": another signed document about the same minute. */
  setWhatIf(on: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const { calls, story, servers } = this.#parts;
      if (!story?.whatIf || on === this.#whatIf) return;
      if (servers.state === 'running') {
        const back =
          this.#phase === 'recovered'
            ? story.recovery.notice
            : { notice: null, status: 'confirmed' as const };
        await calls.publishNotice(on ? story.whatIf.notice : back);
      } else {
        if (this.#timers.size > 0) return;
        const next = this.#flips.shift();
        if (!next) return;
        this.#show(next);
      }
      this.#whatIf = on;
    });
  }

  async #setClock(storyMs: number): Promise<void> {
    const { servers, calls } = this.#parts;
    await calls.setClock(storyMs);
    servers.remember(clockAt(storyMs));
  }

  /** Has a notice signed as of its minute, and the clock as it will stand when the notice is shown. */
  async #signAhead(notice: StoryNotice, afterMs: number): Promise<Signed> {
    const at = instantOf(notice.at);
    await this.#setClock(at);
    const said = await this.#sign(notice);
    await this.#setClock(at - afterMs);
    return { ...said, clock: this.#parts.mirror.pushed('clock.cose') };
  }

  /** Has a notice signed as of the minute that the service's clock shows. */
  async #sign(notice: StoryNotice): Promise<Said> {
    const { calls, mirror } = this.#parts;
    await calls.publishNotice(notice);
    const now = mirror.pushed('now.cose');
    if (!now) throw new Error('The authority pushed no document to the mirror.');
    return { now, pages: mirror.pushedPages() };
  }

  #show({ now, pages }: Said): void {
    this.#parts.mirror.release('now.cose', now);
    this.#parts.mirror.releasePages(pages);
  }

  /** Nothing more will be shown. */
  end(): void {
    this.#clearTimers();
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

const clockAt = (storyMs: number): PlayedClock => ({ storyMs, realMs: Date.now(), rate: 1 });
