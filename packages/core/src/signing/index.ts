export { type DocumentKind, openDocument, type ParsedDocument, parseDocument, signDocument } from './cose.ts';
export {
  compressPoint,
  decompressP256,
  isOnP256,
  keyThumbprint,
  pointFromSpki,
  spkiFromPoint,
} from './p256.ts';
export { sigStructure as toBeSigned } from './sig-structure.ts';
export type { Algorithm, Awaitable, Crypto, Signer } from './types.ts';
export { type SubtleLike, webCrypto } from './web-crypto.ts';
