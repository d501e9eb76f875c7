import { createHmac } from 'node:crypto';
import type { Signer } from '@munjigi/core/signing';
import type { Kernel } from '../kernel/kernel.ts';
import type { PageCrypto } from '../kernel/platform.ts';
import type { SimKey } from './keys.ts';
import type { KeyRing, Suite } from './suite.ts';

/** A key as pages hold it: nothing can be read from it. */
class PageKey {
  constructor(
    readonly key: SimKey,
    readonly signer: Signer | null,
  ) {}
}

class PageSecret {
  constructor(readonly bytes: Uint8Array) {}
}

/** What the product's pages ask of `crypto`: keys that do not leave it, signatures, tags of a shift, random bytes of the seed. */
export function pageCrypto(kernel: Kernel, suite: Suite, keys: KeyRing): PageCrypto {
  const buffer = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;
  return {
    getRandomValues(into) {
      const random = kernel.current?.random ?? kernel.random;
      new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(random.bytes(into.byteLength));
      return into;
    },
    subtle: {
      async generateKey() {
        const key = keys.next();
        return { privateKey: new PageKey(key, suite.signerOf(key)), publicKey: new PageKey(key, null) };
      },
      exportKey: async (_: 'raw', { key }: PageKey) => buffer(key.publicKey),
      importKey: async (_: 'raw', bytes: Uint8Array) => new PageSecret(bytes.slice()),
      async sign(_: unknown, key: PageKey | PageSecret, data: Uint8Array) {
        if (key instanceof PageSecret)
          return buffer(new Uint8Array(createHmac('sha256', key.bytes).update(data).digest()));
        if (key.signer === null) throw new DOMException('This key does not sign.', 'InvalidAccessError');
        return buffer(await key.signer.sign(data));
      },
    },
  };
}
