import { equalBytes, toHex } from '@munjigi/core/encoding';
import type { Crypto, Signer } from '@munjigi/core/signing';
import { DELEGATE_SECONDS, openRoot, type Root, signerKid } from '@munjigi/core/trust';
import { signRoot } from '@munjigi/core/trust/publish';
import { ApiError } from '../contracts/index.ts';
import { type KeyFolder, makePrivateKey, nodeSigner } from '../crypto/index.ts';
import type { Documents } from './documents.ts';

const DAY = 86_400;
const ROOT_KEYS = 3;
const THRESHOLD = 2;
const DELEGATES = 2;
/** A delegate that ends within this time is followed by new ones, or its end is told to whoever holds the ceremony. */
const AHEAD = 14 * DAY;

/** The root in force, and the signer that may sign for it now. */
export interface Standing {
  readonly root: Root;
  readonly delegate: Signer;
}

/** How many of the root's shares a key store must hold for the embedded form to make the next root by itself. */
const SHARE = /^root-\d+$/;

/**
 * The threshold root: three shares of which two sign, and two delegates that sign bundles for at most ninety days. In the
 * embedded form all shares are made on this machine at the first start, and new delegates come by themselves. After a
 * ceremony the shares stand elsewhere: then this key store holds delegates alone, and says in time that they end.
 */
export class RootKeeper {
  private readonly roots = new WeakMap<Uint8Array, Root>();

  /** @param byCeremony true where no share may ever be made on this machine */
  constructor(
    private readonly documents: Documents,
    private readonly keys: KeyFolder,
    private readonly crypto: Crypto,
    private readonly byCeremony = false,
  ) {}

  /**
   * The root whose delegates serve at an instant (seconds); a new version of it where none does and the shares are here.
   * Throws `authority.no-root` before the first ceremony, `authority.delegates-ended` after the last delegate.
   */
  async at(instant: number): Promise<Standing> {
    const current = await this.current();
    const shares = await this.sharesOf(current);
    if (current) {
      const until = shares ? instant + AHEAD : instant;
      const delegate = await this.delegateAt(current, instant, until);
      if (delegate) return { root: current, delegate };
    }
    if (!shares) throw new ApiError(current ? 'authority.delegates-ended' : 'authority.no-root');
    return this.renew(current, shares, instant);
  }

  /** A new version of the root by the shares that stand here; null where they stand elsewhere. */
  async next(instant: number): Promise<Standing | null> {
    const current = await this.current();
    const shares = await this.sharesOf(current);
    return shares && this.renew(current, shares, instant);
  }

  /** Whole days until the last delegate of this machine ends, where that is two weeks or less and nothing here can renew it. */
  async endsInDays(instant: number): Promise<number | null> {
    const current = await this.current();
    if (!current || (await this.sharesOf(current))) return null;
    let last = 0;
    for (const { publicKey, until } of current.delegates)
      if (until > last && (await this.keys.find(delegateName(publicKey)))) last = until;
    return last - instant <= AHEAD ? Math.max(0, Math.floor((last - instant) / DAY)) : null;
  }

  async current(): Promise<Root | null> {
    const bytes = this.documents.latest('root')?.bytes;
    if (!bytes) return null;
    let root = this.roots.get(bytes);
    if (!root) {
      root = await openRoot(bytes, this.crypto);
      this.roots.set(bytes, root);
    }
    return root;
  }

  /**
   * Takes in a root that a ceremony made: signed by both thresholds, the very next version, with a delegate whose key stands
   * here. Shares of the embedded form that it no longer names are destroyed. Throws `trust.root`, `trust.structure`,
   * `authority.root-order`, `authority.delegate-missing`.
   */
  async take(bytes: Uint8Array, instant: number): Promise<Root> {
    const current = await this.current();
    const root = await openRoot(bytes, this.crypto, current ? { root: current } : {});
    if (root.version !== (current?.version ?? 0) + 1) throw new ApiError('authority.root-order');
    if (!(await this.delegateAt(root, instant, instant))) throw new ApiError('authority.delegate-missing');
    await this.documents.publish('root', instant, async (version) => {
      if (version !== root.version) throw new ApiError('authority.root-order');
      return bytes;
    });
    for (const name of (await this.keys.names()).filter((one) => SHARE.test(one))) {
      const { publicKey } = nodeSigner((await this.keys.find(name))!);
      if (!root.keys.some((key) => equalBytes(key, publicKey))) await this.keys.destroy(name);
    }
    return root;
  }

  /** The shares in this key store, where they reach the threshold of a root; all three are made for the first one. */
  private async sharesOf(root: Root | null): Promise<readonly Signer[] | null> {
    const signers: Signer[] = [];
    for (let n = 1; n <= ROOT_KEYS; n++) {
      const name = `root-${n}`;
      const mayMake = root === null && !this.byCeremony;
      const secret = mayMake ? await this.keys.secret(name, makePrivateKey) : await this.keys.find(name);
      if (secret) signers.push(nodeSigner(secret));
    }
    if (root === null) return this.byCeremony ? null : signers;
    const known = signers.filter(({ publicKey }) => root.keys.some((key) => equalBytes(key, publicKey)));
    return known.length >= root.threshold ? known : null;
  }

  private async delegateAt(root: Root, from: number, until: number): Promise<Signer | null> {
    for (const delegate of root.delegates) {
      if (from < delegate.from || until > delegate.until) continue;
      const secret = await this.keys.find(delegateName(delegate.publicKey));
      if (secret) return nodeSigner(secret);
    }
    return null;
  }

  private async renew(old: Root | null, shares: readonly Signer[], instant: number): Promise<Standing> {
    const made = await makeDelegates(this.keys);
    const delegates = made.map(({ publicKey }) => ({
      publicKey,
      from: instant - DAY,
      until: instant - DAY + DELEGATE_SECONDS,
    }));
    const keys = old?.keys ?? shares.map(({ publicKey }) => publicKey);
    const threshold = old?.threshold ?? THRESHOLD;
    const published = await this.documents.publish('root', instant, (version) =>
      signRoot({ version, threshold, keys, delegates, issuedAt: instant }, shares.slice(0, threshold)),
    );
    const root = await openRoot(published.bytes, this.crypto, old ? { root: old } : {});
    return { root, delegate: made[0]! };
  }
}

/** Two fresh delegate keys in a key store: they never leave it, a ceremony names their public halves. */
export async function makeDelegates(keys: KeyFolder): Promise<readonly Signer[]> {
  const made: Signer[] = [];
  for (let n = 0; n < DELEGATES; n++) {
    const secret = makePrivateKey();
    const signer = nodeSigner(secret);
    await keys.secret(delegateName(signer.publicKey), () => secret);
    made.push(signer);
  }
  return made;
}

const delegateName = (publicKey: Uint8Array): string => `delegate-${toHex(signerKid(publicKey))}`;
