import { equalBytes } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { Crypto } from '@munjigi/core/signing';
import {
  type Bundle,
  compareBundles,
  compareNow,
  compileTrust,
  type Inspect,
  isUrgent,
  type Now,
  openBundle,
  openClock,
  openNow,
  openRoot,
  type Root,
  refuseTwoFaces,
  type StoryClock,
  selfTest,
  storyAt,
  type Trust,
} from '@munjigi/core/trust';
import { fetchCandidate, isExercise } from './candidate.ts';
import type { DocumentSource } from './documents.ts';
import type { KeptTrust, TrustKeep } from './kept-trust.ts';
import { type LogSight, sightOf, watchLog } from './log-watch.ts';
import { bundleSlot } from './slot.ts';

/** Everything in use at one moment: swapped as a whole. */
export interface TrustInUse {
  readonly root: Root;
  readonly bundle: Bundle;
  readonly digest: Uint8Array;
  readonly trust: Trust;
  readonly now: Now | null;
  readonly clock: StoryClock | null;
  /** The public log as far as this device has seen it. */
  readonly log: LogSight;
  /** Seconds of the last signed word that this bundle is the newest. */
  readonly confirmedAt: number;
}

/** What a refresh did. `problem` is the code of the rule by which something fetched was refused; the old stays in use. */
export interface Refreshed {
  readonly reached: boolean;
  readonly changed: boolean;
  readonly problem: string | null;
}

export interface BundleStoreParts {
  readonly keep: TrustKeep;
  readonly source: DocumentSource;
  readonly crypto: Crypto;
  readonly inspect: Inspect;
  /** Tries what else the device needs of a bundle (its pack); throws where it is no good. */
  readonly tryOut?: (bundle: Bundle) => void;
  /** Pessimistic seconds of the device's clock. */
  readonly at: () => number;
  /** Mirrors that are asked before a bundle names others. */
  readonly mirrors: readonly string[];
  /** The machine's clock in milliseconds, against which a played clock is told. */
  readonly realMs?: () => number;
  /** Draws the moment at which a new bundle is fetched (`bundleSlot`); without it, that is at once. */
  readonly random?: () => number;
  /** False for a `now` that cannot be understood with this bundle: then a newer one is urgent. */
  readonly understands?: (bundle: Bundle, now: Now) => boolean;
}

/**
 * The last known good root, bundle and `now` of a device. What is fetched is verified, compared and tried on canary passes
 * before it replaces anything: an empty, unsigned, older, halved or failing bundle never does.
 */
export class BundleStore {
  #inUse: TrustInUse | null = null;
  #kept: KeptTrust | null = null;
  /** The second at which a bundle is fetched that was heard of. */
  #slot: number | null = null;
  #running: Promise<Refreshed> | null = null;

  constructor(private readonly parts: BundleStoreParts) {}

  get current(): TrustInUse | null {
    return this.#inUse;
  }

  /** Reads back what the device keeps; false where there is nothing (or nothing that still verifies). */
  async load(): Promise<boolean> {
    const kept = await this.parts.keep.load();
    if (!kept) return false;
    try {
      const { crypto } = this.parts;
      const root = await openRoot(kept.root, crypto);
      const { bundle, digest } = await openBundle(kept.bundle, root, crypto);
      const now = kept.now && (await openNow(kept.now, root, crypto));
      const clock = kept.clock && isExercise(bundle) ? await openClock(kept.clock, root, crypto) : null;
      const log = await sightOf(kept.log, bundle, crypto);
      const confirming = kept.confirming ? await openNow(kept.confirming, root, crypto) : now;
      const confirmedAt = confirmedBy(confirming, { bundle, digest });
      this.#inUse = { root, bundle, digest, trust: compileTrust(bundle), now, clock, log, confirmedAt };
      this.#kept = kept;
      this.#slot = kept.slot ?? null;
      return true;
    } catch (error) {
      if (isMunjigiError(error)) return false;
      throw error;
    }
  }

  /** Asks the mirrors. One at a time: who asks meanwhile gets the same answer. */
  refresh(): Promise<Refreshed> {
    this.#running ??= this.#refresh().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /**
   * Age of the rules in seconds, counted from the last signed word that they are the newest: the last `now` that named this
   * bundle, or the bundle itself. Null without rules.
   */
  ageSeconds(): number | null {
    const use = this.#inUse;
    return use && Math.max(0, this.parts.at() - use.confirmedAt);
  }

  async #refresh(): Promise<Refreshed> {
    const mirrors = [...new Set([...this.parts.mirrors, ...(this.#inUse?.bundle.endpoints.mirrors ?? [])])];
    const nowBytes = await this.parts.source.fetch('now', mirrors);
    if (!nowBytes) return { reached: false, changed: false, problem: null };
    try {
      return { reached: true, changed: await this.#take(nowBytes, mirrors), problem: null };
    } catch (error) {
      if (!isMunjigiError(error)) throw error;
      return { reached: true, changed: false, problem: error.code };
    }
  }

  /** Swaps in what is newer and good; true where something was. Throws the rule by which it is refused. */
  async #take(nowBytes: Uint8Array, mirrors: readonly string[]): Promise<boolean> {
    const { crypto, source, keep, inspect, tryOut, realMs = Date.now } = this.parts;
    const old = this.#inUse;
    const known = old && this.#kept && { ...old, bytes: this.#kept };
    const found = await fetchCandidate(
      nowBytes,
      known,
      (name, wanted) => source.fetch(name, mirrors, wanted),
      crypto,
      (said, hasNewRoot) => this.#isDue(said, hasNewRoot),
    );
    if (!found) return false;
    if (!found.waits) this.#slot = null;
    const { root, bundle, digest, bytes } = found;

    const newerClock = !old?.clock || (found.clock?.sequence ?? 0) > old.clock.sequence;
    const clock = !isExercise(bundle) ? null : newerClock ? found.clock : old.clock;
    const at = clock ? storyAt(clock, realMs()) / 1000 : this.parts.at();
    const sameBundle = bundle === old?.bundle;
    const trust = sameBundle ? old.trust : compileTrust(bundle);
    if (!sameBundle) {
      await openBundle(bytes.bundle, root, crypto, at);
      if (compareBundles(old?.bundle ?? null, bundle, at) === 'same') refuseTwoFaces('bundle');
      await selfTest(bundle, trust, crypto, inspect);
      tryOut?.(bundle);
    }
    const newerNow = compareNow(old?.now ?? null, found.now, at) === 'take';
    if (!newerNow && this.#kept?.now && !equalBytes(this.#kept.now, nowBytes))
      refuseTwoFaces('document of what counts now');
    const now = newerNow ? found.now : (old?.now ?? found.now);
    const log = await watchLog(
      this.#kept?.log,
      { bundle, now },
      () => source.fetch('log-head', mirrors),
      crypto,
    );
    const confirming = found.waits ? this.#confirming() : null;
    const next: KeptTrust = {
      ...bytes,
      confirming,
      slot: this.#slot,
      now: newerNow ? bytes.now : (this.#kept?.now ?? bytes.now),
      clock: !clock ? null : newerClock ? bytes.clock : (this.#kept?.clock ?? null),
      log: log.kept,
    };
    if (this.#kept && sameDocuments(this.#kept, next)) return false;
    await keep.save(next);
    this.#kept = next;
    const confirmedAt = found.waits ? old!.confirmedAt : confirmedBy(now, { bundle, digest });
    this.#inUse = { root, bundle, digest, trust, now, clock, log: log.sight, confirmedAt };
    return true;
  }

  /** True when the moment has come to fetch the bundle that a `now` names; draws the moment where none was. */
  #isDue(now: Now, hasNewRoot: boolean): boolean {
    const { random, understands, at } = this.parts;
    const use = this.#inUse;
    if (!random || !use || isExercise(use.bundle)) return true;
    const urgent = hasNewRoot || isUrgent(now) || understands?.(use.bundle, now) === false;
    this.#slot = bundleSlot(this.#slot, at(), urgent, random);
    if (this.#slot > at()) return false;
    // Where no mirror has it yet, it is asked for again soon, and not with every look.
    this.#slot = bundleSlot(null, at(), true, random);
    return true;
  }

  /** The `now` that last named the bundle in use, as it came. */
  #confirming(): Uint8Array | null {
    const use = this.#inUse!;
    const isNamed = use.now && equalBytes(use.now.bundle.digest, use.digest);
    return isNamed ? this.#kept!.now : (this.#kept!.confirming ?? null);
  }
}

/** When a bundle was last said to be the newest, in seconds: by its own date, or by a `now` that names it. */
const confirmedBy = (now: Now | null, { bundle, digest }: { bundle: Bundle; digest: Uint8Array }): number =>
  now && equalBytes(now.bundle.digest, digest) ? Math.max(bundle.issuedAt, now.issuedAt) : bundle.issuedAt;

const same = (a: Uint8Array | null, b: Uint8Array | null): boolean => (a && b ? equalBytes(a, b) : a === b);
const sameDocuments = (a: KeptTrust, b: KeptTrust): boolean =>
  same(a.root, b.root) &&
  same(a.bundle, b.bundle) &&
  same(a.now, b.now) &&
  same(a.clock, b.clock) &&
  same(a.confirming ?? null, b.confirming ?? null) &&
  (a.slot ?? null) === (b.slot ?? null) &&
  same(a.log?.head ?? null, b.log?.head ?? null) &&
  (a.log?.alarm ?? null) === (b.log?.alarm ?? null);
