import { toHex } from '@munjigi/core/encoding';
import type { Crypto, Signer } from '@munjigi/core/signing';
import { DELEGATE_SECONDS, openRoot, type Root, signerKid } from '@munjigi/core/trust';
import { signRoot } from '@munjigi/core/trust/publish';
import { type KeyFolder, makePrivateKey, nodeSigner } from '../crypto/index.ts';
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

  /** The root whose delegates serve at an instant (seconds); a new version of it where none does. */
  async at(instant: number): Promise<Standing> {
    const current = await this.current();
    if (current) {
      const delegate = await this.delegateAt(current, instant);
      if (delegate) return { root: current, delegate };
    }
    const next = await this.make(current, instant);
    const delegate = await this.delegateAt(next, instant);
    if (!delegate) throw new Error('The new root has no delegate that serves now.');
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

  private async make(old: Root | null, instant: number): Promise<Root> {
    const signers: Signer[] = [];
    for (let n = 1; n <= ROOT_KEYS; n++)
      signers.push(nodeSigner(await this.keys.secret(`root-${n}`, makePrivateKey)));
    const delegates: Root['delegates'][number][] = [];
    for (let n = 0; n < DELEGATES; n++) {
      const secret = makePrivateKey();
      const { publicKey } = nodeSigner(secret);
      await this.keys.secret(delegateName(publicKey), () => secret);
      delegates.push({ publicKey, from: instant - DAY, until: instant - DAY + DELEGATE_SECONDS });
    }
    const keys = signers.map(({ publicKey }) => publicKey);
    const published = await this.documents.publish('root', instant, (version) =>
      signRoot(
        { version, threshold: THRESHOLD, keys, delegates, issuedAt: instant },
        signers.slice(0, THRESHOLD),
      ),
    );
    return openRoot(published.bytes, this.crypto, old ? { root: old } : {});
  }
}

const delegateName = (publicKey: Uint8Array): string => `delegate-${toHex(signerKid(publicKey))}`;
