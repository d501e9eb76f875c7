import { equalBytes, sha256 } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { Crypto } from '@munjigi/core/signing';
import {
  type Bundle,
  type Now,
  openBundle,
  openClock,
  openNow,
  openRoot,
  type Root,
  type StoryClock,
} from '@munjigi/core/trust';
import type { DocumentName } from './documents.ts';
import type { KeptTrust } from './kept-trust.ts';

/** Documents that were fetched and verified, signatures and order of roots included; not yet compared with those in use. */
export interface Candidate {
  readonly root: Root;
  readonly bundle: Bundle;
  readonly digest: Uint8Array;
  readonly now: Now;
  readonly clock: StoryClock | null;
  readonly bytes: KeptTrust & { readonly now: Uint8Array };
  /** True where the bundle is still the known one, though `now` names another: its moment has not come, or no mirror has it. */
  readonly waits: boolean;
}

/** What is in use, as far as it spares fetching. */
export interface Known {
  readonly root: Root;
  readonly bundle: Bundle;
  readonly digest: Uint8Array;
  readonly bytes: KeptTrust;
}

type Fetch = (name: DocumentName, wanted?: (bytes: Uint8Array) => boolean) => Promise<Uint8Array | null>;

/** True where a pack is marked as an exercise: only then is a played clock followed. */
export const isExercise = ({ pack }: Bundle): boolean =>
  typeof pack === 'object' && pack !== null && 'exercise' in pack && pack.exercise === true;

/**
 * Fetches what a `now` asks for: the root only where the one in use does not fit it, the bundle only where its digest is another
 * one and `due` says that it is time. Null where something could not be fetched. Throws what the documents are refused for.
 * @param due whether a bundle that is not known is fetched now; what a new root says waits for it as a whole
 */
export async function fetchCandidate(
  nowBytes: Uint8Array,
  known: Known | null,
  fetch: Fetch,
  crypto: Crypto,
  due: (now: Now, hasNewRoot: boolean) => boolean = () => true,
): Promise<Candidate | null> {
  const root = await rootFor(nowBytes, known, fetch, crypto);
  if (!root) return null;
  const now = await openNow(nowBytes, root.root, crypto);
  // Under another root the bundle in use says nothing any more.
  const usable = known?.bundle.rootVersion === root.root.version ? known : null;
  if (known && !usable && !due(now, true)) return null;
  const isNamed = usable !== null && equalBytes(usable.digest, now.bundle.digest);
  const fetched = isNamed || (usable && !due(now, false)) ? null : await fetchNamed(fetch, now.bundle.digest);
  const opened = fetched && (await openBundle(fetched, root.root, crypto));
  // A mirror that lags behind has the one in use, or an older one.
  const isNews =
    opened !== null &&
    (!usable ||
      equalBytes(opened.digest, now.bundle.digest) ||
      opened.bundle.sequence > usable.bundle.sequence);
  if (!isNews && !usable) return null;
  const { bundle, digest } = isNews ? opened : usable!;
  const bundleBytes = isNews ? fetched! : usable!.bytes.bundle;
  const clockBytes = isExercise(bundle) ? ((await fetch('clock')) ?? known?.bytes.clock ?? null) : null;
  return {
    root: root.root,
    bundle,
    digest,
    now,
    clock: clockBytes && (await openClock(clockBytes, root.root, crypto)),
    bytes: { root: root.bytes, bundle: bundleBytes, now: nowBytes, clock: clockBytes },
    waits: usable !== null && !isNamed && !isNews,
  };
}

/** The bundle that a `now` names, from whichever mirror has it; else another one that a mirror has. */
async function fetchNamed(fetch: Fetch, digest: Uint8Array): Promise<Uint8Array | null> {
  let other: Uint8Array | null = null;
  const named = await fetch('bundle', (bytes) => {
    const isNamed = equalBytes(sha256(bytes), digest);
    if (!isNamed) other ??= bytes;
    return isNamed;
  });
  return named ?? other;
}

/** The root that a `now` stands under: the one in use, or a newer one that the one in use has signed too. */
async function rootFor(
  nowBytes: Uint8Array,
  known: Known | null,
  fetch: Fetch,
  crypto: Crypto,
): Promise<{ readonly root: Root; readonly bytes: Uint8Array } | null> {
  const inUse = known && { root: known.root, bytes: known.bytes.root };
  if (inUse) {
    const now = await openNow(nowBytes, inUse.root, crypto).catch((error: unknown) => {
      if (isMunjigiError(error)) return null;
      throw error;
    });
    if (now?.bundle.rootVersion === inUse.root.version) return inUse;
  }
  const bytes = await fetch('root');
  if (!bytes) return inUse;
  return inUse ? walkTo(bytes, inUse, fetch, crypto) : { root: await openRoot(bytes, crypto), bytes };
}

/** A device that was away for longer still catches up: roots of the years in between are small. */
const MOST_STEPS = 64;

/**
 * From the root in use to the newest: at once where the one in use has signed it too, else version by version, each signed by
 * the one before it (TUF, "Update the root role"). Throws what the newest one is refused for, where no way leads to it.
 */
async function walkTo(
  bytes: Uint8Array,
  inUse: { readonly root: Root; readonly bytes: Uint8Array },
  fetch: Fetch,
  crypto: Crypto,
): Promise<{ readonly root: Root; readonly bytes: Uint8Array }> {
  let at = inUse;
  for (let step = 0; ; step++) {
    try {
      return { root: await openRoot(bytes, crypto, { root: at.root }), bytes };
    } catch (error) {
      const next = step < MOST_STEPS && isMunjigiError(error, 'trust.root') ? at.root.version + 1 : null;
      const between = next === null ? null : await fetch(`root-${next}`);
      if (!between) throw error;
      const root = await openRoot(between, crypto, { root: at.root });
      if (root.version !== next) throw error;
      at = { root, bytes: between };
    }
  }
}
