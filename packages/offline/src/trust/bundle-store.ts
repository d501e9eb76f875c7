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
  type StoryClock,
  selfTest,
  storyAt,
  type Trust,
} from '@munjigi/core/trust';
import type { DocumentSource } from './documents.ts';
import type { KeptTrust, TrustKeep } from './kept-trust.ts';

/** Everything in use at one moment: swapped as a whole. */
export interface TrustInUse {
  readonly root: Root;
  readonly bundle: Bundle;
  readonly digest: Uint8Array;
  readonly trust: Trust;
  readonly now: Now | null;
  readonly clock: StoryClock | null;
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
}

const isExercise = (bundle: Bundle): boolean =>
  typeof bundle.pack === 'object' &&
  bundle.pack !== null &&
  'exercise' in bundle.pack &&
  bundle.pack.exercise === true;

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
      this.#inUse = {
        root,
        bundle,
        digest,
        trust: compileTrust(bundle),
        now: kept.now && (await openNow(kept.now, root, crypto)),
        clock: kept.clock && isExercise(bundle) ? await openClock(kept.clock, root, crypto) : null,
      };
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
    try {
      const changed = nowBytes ? await this.#take(nowBytes, mirrors) : false;
      return { reached: nowBytes !== null, changed, problem: null };
    } catch (error) {
      if (!isMunjigiError(error)) throw error;
      return { reached: nowBytes !== null, changed: false, problem: error.code };
    }
  }

  async #take(nowBytes: Uint8Array, mirrors: readonly string[]): Promise<boolean> {
    const { crypto, source, keep, inspect } = this.parts;
    const old = this.#inUse;
    const same = (a: Uint8Array | null | undefined, b: Uint8Array | null | undefined) =>
      a && b ? equalBytes(a, b) : a === b || (!a && !b);

    let root = old?.root;
    let rootBytes = this.#kept?.root;
    const served = root && rootBytes ? await openNow(nowBytes, root, crypto).catch(() => null) : null;
    if (!root || !rootBytes || !served || served.bundle.rootVersion !== root.version) {
      const fetched = await source.fetch('root', mirrors);
      if (fetched) {
        root = await openRoot(fetched, crypto, root ? { root } : {});
        rootBytes = fetched;
      }
    }
    if (!root || !rootBytes) return false;
    const now = await openNow(nowBytes, root, crypto);

    let bundle = old?.bundle;
    let digest = old?.digest;
    let bundleBytes = this.#kept?.bundle;
    if (!bundle || !digest || !equalBytes(digest, now.bundle.digest) || bundle.rootVersion !== root.version) {
      const fetched = await source.fetch('bundle', mirrors);
      if (fetched) {
        const opened = await openBundle(fetched, root, crypto);
        bundleBytes = fetched;
        bundle = opened.bundle;
        digest = opened.digest;
      }
    }
    if (!bundle || !digest || !bundleBytes || bundle.rootVersion !== root.version) return false;

    const clockBytes = isExercise(bundle)
      ? ((await source.fetch('clock', mirrors)) ?? this.#kept?.clock ?? null)
      : null;
    const fetchedClock = clockBytes ? await openClock(clockBytes, root, crypto) : null;
    const clock = newestClock(old?.clock ?? null, fetchedClock);
    const at = clock ? storyAt(clock, Date.now()) / 1000 : this.parts.at();

    if (bundleBytes !== this.#kept?.bundle) {
      await openBundle(bundleBytes, root, crypto, at);
      compareBundles(old?.bundle ?? null, bundle, at);
      await selfTest(bundle, compileTrust(bundle), crypto, inspect);
      this.parts.tryOut?.(bundle);
    }
    const nowIsNewer = compareNow(old?.now ?? null, now, at) === 'take' || !old?.now;
    const next: KeptTrust = {
      root: rootBytes,
      bundle: bundleBytes,
      now: nowIsNewer ? nowBytes : (this.#kept?.now ?? nowBytes),
      clock: clock === fetchedClock ? clockBytes : (this.#kept?.clock ?? null),
    };
    const kept = this.#kept;
    if (
      kept &&
      same(kept.root, next.root) &&
      same(kept.bundle, next.bundle) &&
      same(kept.now, next.now) &&
      same(kept.clock, next.clock)
    )
      return false;
    await keep.save(next);
    this.#kept = next;
    const trust = bundle === old?.bundle ? old.trust : compileTrust(bundle);
    this.#inUse = { root, bundle, digest, trust, now: nowIsNewer ? now : (old?.now ?? now), clock };
    return true;
  }
}

/** A story clock is replaced only by a later one. */
function newestClock(current: StoryClock | null, next: StoryClock | null): StoryClock | null {
  if (!current || !next) return next ?? current;
  return next.sequence > current.sequence ? next : current;
}
