import { fromBase64, toBase64url } from '../encoding/index.ts';
import { type Crypto, openDocument, type Signer, signDocument, spkiFromPoint } from '../signing/index.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import type { Bundle } from '../trust/types.ts';
import type { Poster } from './types.ts';

/** A poster's code as bytes, at most. A printed code of more is no poster's. */
export const MAX_POSTER_BYTES = 640;
/** Longest name of a venue that a code holds, in characters; a longer one loses its end. */
export const POSTER_NAME = 60;

const MARK = 'poster=';
const read = fieldReader('poster.structure', 'poster');

/** Signs a poster by the register body's line key. */
export const signPoster = (poster: Poster, signer: Signer): Promise<Uint8Array> =>
  signDocument(
    'poster',
    [
      1,
      poster.venueId,
      poster.posterNo,
      poster.name,
      poster.kind,
      poster.region,
      poster.channel,
      poster.madeAt,
    ],
    signer,
    signerKid(signer.publicKey),
  );

/** Line keys of the body that keeps the register, as a bundle names them. */
export const posterKeysOf = (bundle: Bundle): readonly Uint8Array[] =>
  bundle.parts?.bodies?.get('register') ?? [];

/**
 * Reads a poster and checks that one of these keys (65-byte points) signed it; needs no network. Throws `poster.structure`,
 * `signing.structure`, `signing.unknown-key`, `signing.signature`, or an encoding error.
 */
export async function openPoster(
  bytes: Uint8Array,
  keys: readonly Uint8Array[],
  crypto: Crypto,
): Promise<Poster> {
  if (bytes.length > MAX_POSTER_BYTES) throw read.wrong(`it has ${MAX_POSTER_BYTES} bytes at most`);
  const keyOf = (kid: Uint8Array) => {
    const key = keys.find((one) => signerKid(one).every((byte, i) => kid.length === 8 && kid[i] === byte));
    return key && spkiFromPoint(key);
  };
  const f = read.array(await openDocument('poster', bytes, keyOf, crypto), 'eight fields', 8);
  read.version(f[0]);
  return {
    venueId: read.uint(f[1], 'venue-id', 1),
    posterNo: read.uint(f[2], 'poster-no', 1),
    name: read.text(f[3], 'name', POSTER_NAME),
    kind: read.text(f[4], 'kind', 64),
    region: read.text(f[5], 'region', 64),
    channel: read.bytes(f[6], 'channel', 32),
    madeAt: read.uint(f[7], 'made-at'),
  };
}

/** What is printed: the wallet's address, and the code behind `#`, which no browser sends to a server. */
export const posterLink = (wallet: string, bytes: Uint8Array): string =>
  `${wallet}#${MARK}${toBase64url(bytes)}`;

/** The code in what a camera read or an address holds, whoever's wallet it names; null where there is none. Nothing is verified. */
export function posterIn(text: string): Uint8Array | null {
  const hash = text.indexOf('#');
  if (hash < 0 || !text.startsWith(MARK, hash + 1)) return null;
  const said = text.slice(hash + 1 + MARK.length);
  if (said.length > Math.ceil((MAX_POSTER_BYTES * 4) / 3) || !/^[A-Za-z0-9_-]+$/.test(said)) return null;
  try {
    return fromBase64(said);
  } catch {
    return null;
  }
}
