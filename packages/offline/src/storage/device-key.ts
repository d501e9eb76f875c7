import type { Signer } from '@munjigi/core/signing';

/** A P-256 key pair whose private half cannot leave the browser. Stored as it is: IndexedDB keeps CryptoKeys. */
export interface DeviceKey {
  readonly pair: CryptoKeyPair;
  /** 65 bytes, uncompressed. */
  readonly publicKey: Uint8Array;
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' };
const SHA256 = { name: 'ECDSA', hash: 'SHA-256' };

export async function makeDeviceKey(subtle: SubtleCrypto = crypto.subtle): Promise<DeviceKey> {
  const pair = (await subtle.generateKey(ECDSA, false, ['sign', 'verify'])) as CryptoKeyPair;
  return { pair, publicKey: new Uint8Array(await subtle.exportKey('raw', pair.publicKey)) };
}

/** The signer of a device key: r||s of 64 bytes, as COSE wants it. */
export function deviceSigner(key: DeviceKey, subtle: SubtleCrypto = crypto.subtle): Signer {
  return {
    publicKey: key.publicKey,
    sign: async (data) =>
      new Uint8Array(await subtle.sign(SHA256, key.pair.privateKey, data as BufferSource)),
  };
}
