import { hmac } from '@noble/hashes/hmac.js';
import { type CborValue, sha256, utf8Encode } from '../encoding/index.ts';
import { type Crypto, type Signer, signDocument } from '../signing/index.ts';
import { openDelegated } from '../trust/bundle.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import type { Root } from '../trust/types.ts';
import { isDay } from './lines.ts';

const read = fieldReader('log.structure', 'daily file of lookups');

/** Bytes of one tag. */
export const TAG_BYTES = 8;
/** The number of tags in a file is a multiple of this. */
export const TAGS_PADDED_TO = 64;
const MOST_TAGS = 1_000_000;

/** What passes were looked up on a day, so that only their own wallets can tell (docs/protocol/notified.cddl). */
export interface Notified {
  /** Local day of the pack. */
  readonly day: string;
  /** How many tags are real; the rest is padding. Never more than the log's lines `resolved` of that day count. */
  readonly count: number;
  /** All tags one after another in bytewise order, which says nothing of the order in which they came. */
  readonly tags: Uint8Array;
}

/** The tag of a pass that was looked up: HMAC-SHA-256(notice, "resolved")[0..8]. The notice secret is its wallet's alone. */
export const notifiedTag = (notice: Uint8Array): Uint8Array =>
  hmac(sha256, notice, utf8Encode('resolved')).slice(0, TAG_BYTES);

/** Signs a day's file by a delegate of the root. */
export const signNotified = ({ day, count, tags }: Notified, signer: Signer): Promise<Uint8Array> =>
  signDocument('notified', [1, day, count, tags], signer, signerKid(signer.publicKey));

function fromPayload(payload: CborValue): Notified {
  const [version, day, count, tags] = read.array(payload, 'four fields', 4);
  read.version(version);
  const date = read.text(day, 'day', 10);
  const bytes = read.bytes(tags, 'tags', 0, MOST_TAGS * TAG_BYTES);
  if (!isDay(date)) throw read.wrong('its day is YYYY-MM-DD');
  if (bytes.length % (TAG_BYTES * TAGS_PADDED_TO) !== 0) throw read.wrong('its tags are padded');
  return { day: date, count: read.uint(count, 'count', 0, bytes.length / TAG_BYTES), tags: bytes };
}

/** Verifies a day's file under the root in use. Throws `log.structure`, `signing.structure` or `trust.signature`. */
export const openNotified = async (bytes: Uint8Array, root: Root, crypto: Crypto): Promise<Notified> =>
  fromPayload(await openDelegated('notified', bytes, root, crypto));

/** True where one of the notice secrets has its tag in the file. */
export function concerns({ tags }: Notified, notices: readonly Uint8Array[]): boolean {
  const own = new Set(notices.map((notice) => key(notifiedTag(notice), 0)));
  for (let at = 0; at < tags.length; at += TAG_BYTES) if (own.has(key(tags, at))) return true;
  return false;
}

const key = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + TAG_BYTES));
