import { hkdfSync, randomBytes } from 'node:crypto';
import type { Signer } from '@munjigi/core/signing';
import { type KeyFolder, nodeSigner } from '../../crypto/index.ts';

/** Order of the group of P-256. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const REMEMBERED = 5_000;

/**
 * The keys of the channels of all venues, made out of one secret of the desk's key store: every node of the body makes the same
 * key for a venue, and nobody keeps a file for each. A secret that was lost gives other keys, and every channel another chain.
 */
export class ChannelKeys {
  readonly #signers = new Map<string, Signer>();

  private constructor(private readonly secret: Uint8Array) {}

  static async open(store: KeyFolder): Promise<ChannelKeys> {
    return new ChannelKeys(await store.secret('channels', () => new Uint8Array(randomBytes(32))));
  }

  /** The key of a venue's channel; `word` is the word of recording. */
  signer(venueId: number, word: string): Signer {
    const name = `${venueId} ${word}`;
    let signer = this.#signers.get(name);
    if (!signer) {
      signer = nodeSigner(scalarOf(this.#expand(`MJ1 channel ${name}`, 48)));
      if (this.#signers.size >= REMEMBERED) this.#signers.clear();
      this.#signers.set(name, signer);
    }
    return signer;
  }

  /** A secret of 32 bytes for something beside the chains. */
  secretFor(what: string): Uint8Array {
    return this.#expand(`MJ1 beside the channels: ${what}`, 32);
  }

  #expand(info: string, bytes: number): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.secret, '', info, bytes));
  }
}

/** A scalar from 1 to below the order, out of 16 bytes more than it has (FIPS 186-5, A.2.1). */
function scalarOf(bytes: Uint8Array): Uint8Array {
  const scalar = (BigInt(`0x${Buffer.from(bytes).toString('hex')}`) % (ORDER - 1n)) + 1n;
  return new Uint8Array(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'));
}
