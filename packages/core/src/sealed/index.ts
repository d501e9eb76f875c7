export { type SealPlace, sealAad } from './place.ts';
export { LONGEST_IDENTIFIER, PADDED_BYTES } from './plaintext.ts';
export { sealSubject } from './seal.ts';
