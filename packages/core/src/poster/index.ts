export {
  MAX_POSTER_BYTES,
  openPoster,
  POSTER_NAME,
  posterIn,
  posterKeysOf,
  posterLink,
  signPoster,
} from './code.ts';
export { type SealedVisit, sealVisit } from './seal.ts';
export type { Poster } from './types.ts';
