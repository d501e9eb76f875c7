import { toHex } from '@munjigi/core/encoding';
import type { Bodies } from '@munjigi/core/log';
import type { Crypto } from '@munjigi/core/signing';
import {
  type Bundle,
  type Now,
  openBundle,
  openNow,
  openRoot,
  type Root,
  rootDigest,
} from '@munjigi/core/trust';
import { type LogSource, SourceError } from './source.ts';

/** What the lines and heads of a log are checked by: the root's own delegates have signed all of it. */
export interface LogTrust {
  readonly origin: string;
  readonly key: Uint8Array;
  readonly bodies: Bodies;
  readonly root: Root;
  readonly bundle: Bundle;
  readonly now: Now | null;
  /** Digest of the root that everything rests on, hexadecimal. */
  readonly rootDigest: string;
  /** True where the caller named the digest. */
  readonly pinned: boolean;
}

/**
 * Reads root, bundle and `now` of the authority. Without a pinned digest the root is believed as it is shown, and the report
 * says so. Throws the errors of `openRoot` and `openBundle`, or a `SourceError` where there is no log in the bundle.
 */
export async function readTrust(
  source: LogSource,
  crypto: Crypto,
  pin: Uint8Array | null,
): Promise<LogTrust> {
  const [rootBytes, bundleBytes, nowBytes] = [
    await source.document('root'),
    await source.document('bundle'),
    await source.document('now'),
  ];
  if (!rootBytes || !bundleBytes)
    throw new SourceError('The authority has published no root and no bundle yet, and so no key of the log.');
  const root = await openRoot(rootBytes, crypto, pin ? { digest: pin } : {});
  const { bundle } = await openBundle(bundleBytes, root, crypto);
  const { log, bodies } = bundle.parts ?? {};
  if (!log || !bodies)
    throw new SourceError('The bundle is from before the public log: it names no key of it.');
  return {
    origin: log.origin,
    key: log.key,
    bodies,
    root,
    bundle,
    now: nowBytes && (await openNow(nowBytes, root, crypto)),
    rootDigest: toHex(rootDigest(rootBytes)),
    pinned: pin !== null,
  };
}
