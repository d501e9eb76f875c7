/** A value now or later: node:crypto answers at once, WebCrypto does not. */
export type Awaitable<T> = T | Promise<T>;

/** Signature algorithms a gate verifies: ES256 is r||s of 64 bytes over SHA-256; PS256 is RSASSA-PSS, salt 32. */
export type Algorithm = 'ES256' | 'PS256';

/**
 * The platform's cryptography, handed in by the caller: `webCrypto(subtle)` of this folder in browsers,
 * `nodeCrypto()` of the service on servers. Nothing in core reaches for a global.
 */
export interface Crypto {
  /**
   * True when `signature` over `data` verifies under `publicKey` (SubjectPublicKeyInfo, DER). Never throws: a malformed
   * key or signature is `false`. May cache the imported key by the identity of the `publicKey` array, so hand in the same
   * array for a key that is used again.
   */
  verify(
    algorithm: Algorithm,
    publicKey: Uint8Array,
    data: Uint8Array,
    signature: Uint8Array,
  ): Awaitable<boolean>;

  /**
   * ES256 under a key that is used for this one signature, such as a holder's: nothing is imported for later. `point` is the
   * 65-byte point. Never throws. Platforms without a shorter way leave it out; `verify` does the same.
   */
  verifyOnce?(point: Uint8Array, data: Uint8Array, signature: Uint8Array): Awaitable<boolean>;

  /** The 65-byte uncompressed P-256 point of x and the parity of y; null where no such point is on the curve. */
  decompress(x: Uint8Array, yIsOdd: boolean): Uint8Array | null;
}

/** A P-256 signing key that its owner keeps: sign is the only thing that can be asked of it. */
export interface Signer {
  /** 65 bytes, uncompressed. */
  readonly publicKey: Uint8Array;
  /** ES256 over the data: r||s, 64 bytes. */
  sign(data: Uint8Array): Awaitable<Uint8Array>;
}
