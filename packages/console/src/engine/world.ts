import { compilePolicy, type Policy } from '@munjigi/core/rules';
import { type Crypto, webCrypto } from '@munjigi/core/signing';
import { type Bundle, openBundle, openClock, openRoot, type StoryClock, storyAt } from '@munjigi/core/trust';
import type { Desk } from './desk.ts';
import type { LogKeys } from './log-check.ts';

/** What the page knows from the signed documents of the mirror, whoever serves them. */
export interface World {
  readonly bundle: Bundle | null;
  readonly policy: Policy | null;
  /** Milliseconds: the moment that is played in an exercise, else the clock of this device. */
  now(): number;
}

export const EMPTY_WORLD: World = { bundle: null, policy: null, now: () => Date.now() };

/** Checks signatures with the browser's own means. */
export const pageCrypto = (): Crypto =>
  webCrypto(globalThis.crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);

/**
 * Reads root, bundle and story clock. The root is trusted as it is found: a console is a page that was just fetched, it
 * remembers nothing. What is missing or does not verify is simply unknown, and screens say so.
 */
export async function readWorld(desk: Desk, crypto: Crypto, realMs = () => Date.now()): Promise<World> {
  const [rootBytes, bundleBytes, clockBytes] = await Promise.all([
    desk.document('root'),
    desk.document('bundle'),
    desk.document('clock'),
  ]);
  if (!rootBytes || !bundleBytes) return { ...EMPTY_WORLD, now: realMs };
  try {
    const root = await openRoot(rootBytes, crypto);
    const { bundle } = await openBundle(bundleBytes, root, crypto);
    const policy = compilePolicy(bundle.pack);
    const clock: StoryClock | null =
      policy.exercise && clockBytes ? await openClock(clockBytes, root, crypto) : null;
    return { bundle, policy, now: () => (clock ? storyAt(clock, realMs()) : realMs()) };
  } catch {
    return { ...EMPTY_WORLD, now: realMs };
  }
}

/** The keys by which lines and receipts of the public log are verified, as the bundle names them. */
export const keysIn = ({ bundle }: World): LogKeys => ({
  log: bundle?.parts?.log?.key ?? null,
  bodies: bundle?.parts?.bodies ?? new Map(),
});
