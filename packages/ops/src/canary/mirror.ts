import { equalBytes, sha256 } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { inspect } from '@munjigi/core/gate';
import {
  compileTrust,
  type Now,
  openBundle,
  openClock,
  openNow,
  openRoot,
  type Root,
  selfTest,
} from '@munjigi/core/trust';
import { fetchDocument, type Reach } from './call.ts';
import { Trouble, type Way } from './seen.ts';
import type { Mirror } from './settings.ts';
import { type CanaryTrust, isExercise } from './trust.ts';

/** An authority says anew every five minutes what counts: a word that is older than this has got stuck somewhere. Seconds. */
const STALE_SECONDS = 900;
const MOST_ROOTS = 64;

type Fetch = (name: 'root' | 'now' | 'bundle' | 'clock' | `root-${number}`) => Promise<Uint8Array>;

interface FoundNow {
  readonly now: Now;
  readonly root: Root;
  readonly bytes: { readonly now: Uint8Array; readonly root: Uint8Array };
}

/**
 * The documents' way at one mirror: the small one verified, the bundle that it names (all of it where `whole` says so, or where it
 * is not in use yet) tried as a gate tries it, and how old the word is. Throws `Trouble`.
 */
export async function lookAtMirror(
  way: Way,
  mirror: Mirror,
  parts: {
    readonly trust: CanaryTrust;
    readonly reach: Reach;
    readonly whole: boolean;
    readonly rootDigest?: Uint8Array;
  },
): Promise<void> {
  const { trust, reach, whole, rootDigest } = parts;
  const { crypto } = trust;
  const fetch: Fetch = (name) => fetchDocument(mirror.url, name, reach);
  const found = await way.step('now', () => findNow(fetch, trust, rootDigest));
  const { now, root } = found;
  const documents = await way.step('bundle', async () => {
    const held = trust.current;
    const known = held && equalBytes(held.digest, now.bundle.digest) ? held : null;
    const bytes = known && !whole ? known.bytes.bundle : await fetch('bundle');
    if (!equalBytes(sha256(bytes), now.bundle.digest)) throw new Trouble('another-bundle');
    const { bundle, digest } = known && !whole ? known : await openBundle(bytes, root, crypto);
    if (!known || whole) await selfTest(bundle, compileTrust(bundle), crypto, inspect);
    const clock = isExercise(bundle) ? await fetch('clock') : null;
    return {
      root,
      now,
      bundle,
      digest,
      clock: clock && (await openClock(clock, root, crypto)),
      bytes: { ...found.bytes, bundle: bytes, ...(clock ? { clock } : {}) },
    };
  });
  await way.step('age', async () => {
    const at = trust.seconds(documents.clock);
    if (now.validUntil < at || documents.bundle.expiresAt < at) {
      await trust.keepTime(documents);
      throw new Trouble('ended');
    }
    await trust.take(documents);
    if (at - now.issuedAt > STALE_SECONDS) throw new Trouble('stale', 'slow');
  });
}

async function findNow(
  fetch: Fetch,
  { crypto, current }: CanaryTrust,
  rootDigest: Uint8Array | undefined,
): Promise<FoundNow> {
  const bytes = await fetch('now');
  if (current) {
    const now = await openNow(bytes, current.root, crypto).catch(nullIfRefused);
    if (now?.bundle.rootVersion === current.root.version)
      return { now, root: current.root, bytes: { now: bytes, root: current.bytes.root } };
  }
  const newest = await fetch('root');
  const pinned = rootDigest ? { digest: rootDigest } : {};
  const root = current
    ? await walkTo(newest, current.root, fetch, crypto)
    : await openRoot(newest, crypto, pinned);
  return { now: await openNow(bytes, root, crypto), root, bytes: { now: bytes, root: newest } };
}

const nullIfRefused = (error: unknown): null => {
  if (isMunjigiError(error)) return null;
  throw error;
};

/** The newest root, by way of those between where the one in use did not sign it too. */
async function walkTo(
  newest: Uint8Array,
  from: Root,
  fetch: Fetch,
  crypto: CanaryTrust['crypto'],
): Promise<Root> {
  let at = from;
  for (let step = 0; step < MOST_ROOTS; step++) {
    try {
      return await openRoot(newest, crypto, { root: at });
    } catch (error) {
      if (!isMunjigiError(error, 'trust.root')) throw error;
      at = await openRoot(await fetch(`root-${at.version + 1}`), crypto, { root: at });
    }
  }
  throw new Trouble('trust.root');
}
