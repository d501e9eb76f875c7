import type { Head } from '@munjigi/core/chain';
import type { Counted, DegradedChecks, Unreachable, UnreachableSpan } from '@munjigi/core/statement';
import { countsNow } from './counted-meanwhile.ts';
import { MOST_SPANS, NO_CHECKS, type Wrote } from './wrote-since.ts';

/** Hours in which something did not answer, as this device keeps them until they are too old. */
export interface Episode {
  /** Seconds, by the device's best clock; the first of them is the episode's name. */
  readonly from: number;
  /** Null while something does not answer. */
  readonly to: number | null;
  readonly spans: readonly UnreachableSpan[];
  /** Up to where the chain was confirmed when it began; null where it was not at all. `chain` is its name. */
  readonly before: Head | null;
  readonly chain: string;
  /** Guests let in without an entry of their own: on days that record nothing, or because the device had no room. */
  readonly unrecorded: DegradedChecks;
  readonly notSaved: number;
  /** How often each of the pack's kinds of proof was seen by eye; absent in episodes from before they were counted. */
  readonly seen?: Readonly<Record<string, number>>;
  /** What counted when it began, and what was published meanwhile, each from when this device held it on. */
  readonly counted: readonly Counted[];
  /** What the chain said when it ended: entries may be forgotten later. */
  readonly wrote: Wrote | null;
}

/** How far a chain is confirmed. */
export interface Confirmed {
  /** The chain's name. */
  readonly name: string;
  readonly head: Head | null;
  /** Seconds; null where nothing waits. */
  readonly waitingSince: number | null;
}

/** The part of a device's storage that episodes need. */
export interface EpisodeKeep {
  setting<T>(name: string): Promise<T | undefined>;
  setSetting(name: string, value: unknown): Promise<void>;
}

const NAME = 'degraded-hours';
/** Shorter than this, nobody asks. */
const SHORTEST_SECONDS = 60;
/** What fails again so soon is the same disturbance. */
const SAME_SECONDS = 300;

/**
 * Keeps when register and mirrors did not answer, so that a venue can state it later. Counts and times only. What cannot be kept
 * is left out: nothing here ever holds up a guest, and nothing throws.
 */
export class DegradedHours {
  #episodes: Promise<readonly Episode[]>;
  /** What counts by the newest signed note. */
  #counts: Counted | null = null;

  constructor(
    private readonly keep: EpisodeKeep,
    /** Up to where the register had confirmed the chain that is written now, and when the first entry after it was made. */
    private readonly confirmed: () => Promise<Confirmed>,
    /** What the chain says of the entries since a counter; null where another chain is written now. */
    private readonly wrote: (episode: Pick<Episode, 'before' | 'chain'>) => Promise<Wrote | null>,
    private readonly onChange: (episodes: readonly Episode[]) => void = () => {},
  ) {
    this.#episodes = keep
      .setting<readonly Episode[]>(NAME)
      .then((kept) => (kept ?? []).map(withList))
      .catch(() => []);
    void this.#episodes.then(onChange);
  }

  /** Newest first; those that ended sooner than a minute after they began are left out. */
  async list(): Promise<readonly Episode[]> {
    return (await this.#episodes).filter(({ from, to }) => to === null || to - from >= SHORTEST_SECONDS);
  }

  /** Whether something answered when it was last asked, at an instant in seconds. */
  asked(what: Unreachable, answered: boolean, at: number): Promise<void> {
    return this.#change(async (episodes) => {
      const [newest, ...older] = episodes;
      const open = newest?.spans.find((span) => span.what === what && span.to === null);
      if (answered) {
        if (!newest || !open) return episodes;
        const spans = newest.spans.map((span) =>
          span === open ? { ...span, to: Math.max(at, span.from) } : span,
        );
        if (spans.some(({ to }) => to === null)) return [{ ...newest, spans }, ...older];
        const to = Math.max(...spans.map((span) => span.to ?? at));
        return [{ ...newest, spans, to, wrote: await this.wrote(newest) }, ...older];
      }
      if (open) return episodes;
      const goesOn =
        newest !== undefined &&
        newest.spans.length < MOST_SPANS &&
        at >= newest.from &&
        (newest.to === null || at - newest.to < SAME_SECONDS);
      if (goesOn) {
        const spans = [...newest.spans, { what, from: at, to: null }];
        return [{ ...newest, to: null, wrote: null, spans }, ...older];
      }
      const { name, head, waitingSince } = await this.confirmed();
      // The guest whose entry found nobody listening came a moment before that was known.
      const from =
        waitingSince === null || waitingSince < at - SAME_SECONDS ? at : Math.min(at, waitingSince);
      const begun: Episode = {
        from,
        to: null,
        spans: [{ what, from, to: null }],
        before: head,
        chain: name,
        unrecorded: NO_CHECKS,
        notSaved: 0,
        counted: this.#counts ? [{ ...this.#counts, from }] : [],
        wrote: null,
      };
      return [begun, ...episodes];
    });
  }

  /** A guest was let in and has no entry. */
  letIn(check: keyof DegradedChecks, why: 'unrecorded' | 'not-saved'): Promise<void> {
    return this.#whileOpen((episode) => ({
      ...episode,
      unrecorded: { ...episode.unrecorded, [check]: episode.unrecorded[check] + 1 },
      notSaved: episode.notSaved + (why === 'not-saved' ? 1 : 0),
    }));
  }

  /**
   * Staff saw a proof of this kind. It is counted here alone: an entry and a statement hold no kind of proof. An entry that is
   * cancelled later stays counted.
   */
  saw(kind: string): Promise<void> {
    return this.#whileOpen((episode) => ({
      ...episode,
      seen: { ...episode.seen, [kind]: (episode.seen?.[kind] ?? 0) + 1 },
    }));
  }

  /** What counts by the newest signed note, at an instant in seconds (`from`). */
  counts(now: Counted): Promise<void> {
    this.#counts = now;
    return this.#whileOpen((episode) => {
      const counted = countsNow(episode.counted, now);
      return counted === episode.counted ? episode : { ...episode, counted };
    });
  }

  /** Forgets what ended before an instant (seconds). */
  expire(before: number): Promise<void> {
    return this.#change(async (episodes) => {
      const kept = episodes.filter(({ to }) => to === null || to >= before);
      return kept.length === episodes.length ? episodes : kept;
    });
  }

  #whileOpen(work: (episode: Episode) => Episode): Promise<void> {
    return this.#change(async (episodes) => {
      const [newest, ...older] = episodes;
      if (newest?.to !== null) return episodes;
      const next = work(newest);
      return next === newest ? episodes : [next, ...older];
    });
  }

  /** One change after the other; kept before it is told. */
  #change(work: (episodes: readonly Episode[]) => Promise<readonly Episode[]>): Promise<void> {
    const next = this.#episodes.then(async (episodes) => {
      const changed = await work(episodes).catch(() => episodes);
      if (changed === episodes) return episodes;
      await this.keep.setSetting(NAME, changed).catch(() => {});
      this.onChange(changed);
      return changed;
    });
    this.#episodes = next;
    return next.then(() => {});
  }
}

/** An episode that was kept before what counted had its times. */
function withList(
  episode: Episode | (Omit<Episode, 'counted'> & { counted: Omit<Counted, 'from'> | null }),
): Episode {
  const { counted, ...rest } = episode;
  if (counted === null) return { ...rest, counted: [] };
  return { ...rest, counted: 'notice' in counted ? [{ ...counted, from: rest.from }] : counted };
}
