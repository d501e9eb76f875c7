import { equalBytes, toHex } from '@munjigi/core/encoding';
import type { Crypto, Signer } from '@munjigi/core/signing';
import { DELEGATE_SECONDS, openRoot, type Root, signerKid } from '@munjigi/core/trust';
import { signRoot } from '@munjigi/core/trust/publish';
import { type KeyFolder, makePrivateKey, nodeSigner } from '../crypto/index.ts';
import { granted, wished } from '../lib/keys/index.ts';
import type { Documents } from './documents.ts';

const DAY = 86_400;
const ROOT_KEYS = 3;
const THRESHOLD = 2;
const DELEGATES = 2;
/** A delegate that ends within this time is followed by new ones. */
const AHEAD = 14 * DAY;

/** The root in force, and the signer that may sign for it now. */
export interface Standing {
  readonly root: Root;
  readonly delegate: Signer;
}

/**
 * The threshold root: three keys of which two sign, made at the first start, and two delegates that sign bundles for at most
 * ninety days. In this embedded form all keys stand in one key store; the ceremony that takes the root keys apart comes with
 * the register work.
 */
export class RootKeeper {
  private readonly roots = new WeakMap<Uint8Array, Root>();

  constructor(
    private readonly documents: Documents,
    private readonly keys: KeyFolder,
    private readonly crypto: Crypto,
  ) {}

  /** The root whose delegates serve at an instant (seconds); a new version of it where none does, or where one was asked for. */
  async at(instant: number): Promise<Standing> {
    const current = await this.current();
    const [newKeys, newDelegates] = [await wished(this.keys, 'root'), await wished(this.keys, 'delegate')];
    if (current && !newKeys && !newDelegates) {
      const delegate = await this.delegateAt(current, instant);
      if (delegate) return { root: current, delegate };
    }
    const next = await this.make(current, instant, newKeys);
    const delegate = await this.delegateAt(next, instant);
    if (!delegate) throw new Error('The new root has no delegate that serves now.');
    if (newKeys) await granted(this.keys, 'root');
    if (newDelegates) await granted(this.keys, 'delegate');
    return { root: next, delegate };
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

  private async delegateAt(root: Root, instant: number): Promise<Signer | null> {
    for (const { publicKey, from, until } of root.delegates) {
      if (instant < from || instant > until - AHEAD) continue;
      const secret = await this.keys.find(delegateName(publicKey));
      if (secret) return nodeSigner(secret);
    }
    return null;
  }

  /** The root keys of this store that a root names. */
  private async rootSigners(root: Root | null): Promise<Signer[]> {
    const signers: Signer[] = [];
    for (const name of await this.keys.names()) {
      const secret = name.startsWith('root-') ? await this.keys.find(name) : null;
      const signer = secret && nodeSigner(secret);
      if (signer && (!root || root.keys.some((key) => equalBytes(key, signer.publicKey))))
        signers.push(signer);
    }
    return signers;
  }

  /** @param newKeys whether the three keys of the root change too: then the threshold of the old ones signs beside the new */
  private async make(old: Root | null, instant: number, newKeys: boolean): Promise<Root> {
    let signers = await this.rootSigners(old);
    if (old && signers.length < old.threshold)
      throw new Error(
        'The keys of the root are not in this key store: change the root with those who keep them.',
      );
    const oldSigners = old && newKeys ? signers.slice(0, old.threshold) : [];
    if (newKeys || signers.length === 0) {
      signers = [];
      for (let n = 1; n <= ROOT_KEYS; n++)
        signers.push(
          nodeSigner(await this.keys.secret(old ? `root-${instant}-${n}` : `root-${n}`, makePrivateKey)),
        );
    }
    const delegates: Root['delegates'][number][] = [];
    for (let n = 0; n < DELEGATES; n++) {
      const secret = makePrivateKey();
      const { publicKey } = nodeSigner(secret);
      await this.keys.secret(delegateName(publicKey), () => secret);
      delegates.push({ publicKey, from: instant - DAY, until: instant - DAY + DELEGATE_SECONDS });
    }
    const keys = old && !newKeys ? old.keys : signers.map(({ publicKey }) => publicKey);
    const published = await this.documents.publish('root', instant, (version) =>
      signRoot({ version, threshold: THRESHOLD, keys, delegates, issuedAt: instant }, [
        ...oldSigners,
        ...signers.slice(0, THRESHOLD),
      ]),
    );
    return openRoot(published.bytes, this.crypto, old ? { root: old } : {});
  }
}

const delegateName = (publicKey: Uint8Array): string => `delegate-${toHex(signerKid(publicKey))}`;
