import type { CborValue } from '../encoding/index.ts';
import { type DocumentKind, type Signer, signDocument } from '../signing/index.ts';
import { bundlePayload } from './bundle.ts';
import { clockPayload } from './clock.ts';
import { signByAll, signerKid } from './cose-sign.ts';
import { assertNowSize, nowPayload } from './now.ts';
import { readRootPayload, rootPayload } from './root.ts';
import type { Bundle, Now, Root, StoryClock } from './types.ts';

export { readVouchedBundle } from './bundle.ts';
export { readRootPayload, rootPayload };

/** What only the authority does. On a subpath of its own, which no device may import. */

const byDelegate = (kind: DocumentKind, payload: CborValue, signer: Signer) =>
  signDocument(kind, payload, signer, signerKid(signer.publicKey));

/** Signs a root by each signer: the threshold of its own keys and, for a change, the threshold of the root before it. */
export const signRoot = (root: Root, signers: readonly Signer[]): Promise<Uint8Array> =>
  signByAll(rootPayload(root), signers);

/** Signs a bundle by a delegate of the root. */
export const signBundle = (bundle: Bundle, signer: Signer): Promise<Uint8Array> =>
  byDelegate('bundle', bundlePayload(bundle), signer);

/** Signs a `now` by a delegate. Throws `trust.structure` over 1 kB. */
export const signNow = async (now: Now, signer: Signer): Promise<Uint8Array> =>
  assertNowSize(await byDelegate('now', nowPayload(now), signer));

/** Signs a story clock by a delegate. Exercise only. */
export const signClock = (clock: StoryClock, signer: Signer): Promise<Uint8Array> =>
  byDelegate('clock', clockPayload(clock), signer);

export { type CeremonyState, ceremonyState, joinSignatures, signByShare } from './ceremony.ts';
export { signerKid } from './cose-sign.ts';
