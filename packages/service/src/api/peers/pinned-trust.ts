import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { Crypto } from '@munjigi/core/signing';
import {
  type Bundle,
  compareBundles,
  openBundle,
  openRoot,
  type Root,
  rootDigest,
} from '@munjigi/core/trust';
import { writeWhole } from '../../crypto/index.ts';

/** Where the authority's documents come from. Nothing of it is believed before it was verified. */
export interface TrustSource {
  /** The newest bundle, or null where none is published. Throws where the authority does not answer. */
  bundle(): Promise<Uint8Array | null>;
  /** The roots after a version, in order; all of them after 0. */
  roots(after: number): Promise<readonly Uint8Array[]>;
}

export interface PinnedTrustParts {
  /** The desk's key store: what is pinned stands there, outside the database and every backup of it. */
  readonly folder: string;
  readonly source: TrustSource;
  readonly crypto: Crypto;
  /** Seconds of the moment that is played. */
  readonly now: () => number;
  /** SHA-256 that the first root must have; any that the source vouches for where it is null. */
  readonly firstRoot: Uint8Array | null;
  /** Told of a document that was refused. */
  readonly onRefused: (error: unknown) => void;
  /** False for desks that stand beside the authority: a story that is played anew runs under a bundle of another moment. */
  readonly endsWithTime: boolean;
}

/**
 * The bundle as one desk believes it: under the root that it pinned at its first sight and keeps on disk. A new root counts
 * only where a chain of signatures leads to it from the pinned one, and no bundle older than the last one is taken. What was
 * taken last stays in use while the authority is away, over a restart too.
 */
export class PinnedTrust {
  #root: Root | null = null;
  #bundle: Bundle | null = null;
  #digest: Uint8Array | null = null;
  #seen: Uint8Array | null = null;
  #read = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: PinnedTrustParts) {}

  /** Asks for what is newest and answers what counts; null where nothing does. */
  bundle(): Promise<Bundle | null> {
    const next = this.#turn.then(() => this.#refresh());
    this.#turn = next.catch(() => {});
    return next;
  }

  /** What counted last, without asking anybody. */
  get known(): Bundle | null {
    return this.#bundle;
  }

  /** Digest of the document that `known` was read from. */
  get digest(): Uint8Array | null {
    return this.#digest;
  }

  async #refresh(): Promise<Bundle | null> {
    if (!this.#read) await this.#readPins();
    try {
      const bytes = await this.parts.source.bundle();
      if (bytes && bytes !== this.#seen) {
        await this.#take(bytes);
        this.#seen = bytes;
      }
    } catch (error) {
      this.parts.onRefused(error);
    }
    const { endsWithTime, now } = this.parts;
    return this.#bundle && endsWithTime && this.#bundle.expiresAt <= now() ? null : this.#bundle;
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const { crypto, now } = this.parts;
    let root = this.#root;
    let opened = root && (await openBundle(bytes, root, crypto).catch(ofAnotherRoot));
    if (!opened) {
      root = await this.#walk();
      opened = await openBundle(bytes, root, crypto);
    }
    // A bundle of a moment that is played again is no older one: numbers grow all the same.
    const order = Math.max(now(), opened.bundle.issuedAt);
    const what = this.#bundle ? compareBundles(this.#bundle, opened.bundle, order) : 'take';
    if (what === 'same') return;
    await writeWhole(this.#file('bundle'), bytes, 0o600);
    this.#bundle = opened.bundle;
    this.#digest = opened.digest;
  }

  /** Walks from the pinned root to the newest, each signed by the threshold of the one before, and pins it. */
  async #walk(): Promise<Root> {
    const { source, crypto, firstRoot } = this.parts;
    let root = this.#root;
    let last: Uint8Array | null = null;
    for (const bytes of await source.roots(root?.version ?? 0)) {
      // Where the operator named the first root, nothing before it counts.
      if (!root && firstRoot && !equalBytes(rootDigest(bytes), firstRoot)) continue;
      root = await openRoot(bytes, crypto, root ? { root } : {});
      last = bytes;
    }
    if (!root) throw new Error('No root is known that this desk was told to begin with.');
    if (last) await writeWhole(this.#file('root'), last, 0o600);
    this.#root = root;
    return root;
  }

  async #readPins(): Promise<void> {
    const { crypto } = this.parts;
    const [root, bundle] = [await bytesOf(this.#file('root')), await bytesOf(this.#file('bundle'))];
    // A pin that cannot be read is no reason to begin anew: it throws, and the operator looks at it.
    if (root) this.#root = await openRoot(root, crypto);
    if (this.#root && bundle) {
      const opened = await openBundle(bundle, this.#root, crypto).catch(ofAnotherRoot);
      this.#bundle = opened?.bundle ?? null;
      this.#digest = opened?.digest ?? null;
    }
    this.#read = true;
  }

  #file(name: 'root' | 'bundle'): string {
    return join(this.parts.folder, `pinned-${name}.cose`);
  }
}

/** A bundle that another root signed, or another version of this one. */
const ofAnotherRoot = (error: unknown): null => {
  if (isMunjigiError(error)) return null;
  throw error;
};

async function bytesOf(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
