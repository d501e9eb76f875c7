import { equalBytes } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { Crypto } from '@munjigi/core/signing';
import {
  type Bundle,
  compareBundles,
  compareNow,
  compileTrust,
  type Inspect,
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
}

/**
 * The last known good root, bundle and `now` of a device. What is fetched is verified, compared and tried on canary passes
 * before it replaces anything: an empty, unsigned, older, halved or failing bundle never does.
 */
export class BundleStore {
  #inUse: TrustInUse | null = null;
  #kept: KeptTrust | null = null;
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
      this.#inUse = { root, bundle, digest, trust: compileTrust(bundle), now, clock, log };
      this.#kept = kept;
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
   * Age of the rules in seconds, counted from the last signed word that they are the newest: the `now` that names this
   * bundle, or the bundle itself. Null without rules.
   */
  ageSeconds(): number | null {
    const use = this.#inUse;
    if (!use) return null;
    const confirmed = use.now && equalBytes(use.now.bundle.digest, use.digest) ? use.now.issuedAt : 0;
    return Math.max(0, this.parts.at() - Math.max(use.bundle.issuedAt, confirmed));
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
    const found = await fetchCandidate(nowBytes, known, (name) => source.fetch(name, mirrors), crypto);
    if (!found) return false;
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
    const next: KeptTrust = {
      ...bytes,
      now: newerNow ? bytes.now : (this.#kept?.now ?? bytes.now),
      clock: !clock ? null : newerClock ? bytes.clock : (this.#kept?.clock ?? null),
      log: log.kept,
    };
    if (this.#kept && sameDocuments(this.#kept, next)) return false;
    await keep.save(next);
    this.#kept = next;
    this.#inUse = { root, bundle, digest, trust, now, clock, log: log.sight };
    return true;
  }
}

const same = (a: Uint8Array | null, b: Uint8Array | null): boolean => (a && b ? equalBytes(a, b) : a === b);
const sameDocuments = (a: KeptTrust, b: KeptTrust): boolean =>
  same(a.root, b.root) &&
  same(a.bundle, b.bundle) &&
  same(a.now, b.now) &&
  same(a.clock, b.clock) &&
  same(a.log?.head ?? null, b.log?.head ?? null) &&
  (a.log?.alarm ?? null) === (b.log?.alarm ?? null);
