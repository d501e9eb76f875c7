import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, toHex } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { inspect } from '@munjigi/core/gate';
import {
  compileTrust,
  openBundle,
  openNow,
  openRoot,
  type Root,
  rootDigest,
  selfTest,
} from '@munjigi/core/trust';
import { SettingError } from '@munjigi/service';
import { nodeCrypto } from '@munjigi/service/crypto';
import { describeRoot } from './proposal.ts';

const crypto = nodeCrypto();
const instant = (seconds: number): string => new Date(seconds * 1000).toISOString();

async function documentOf(mirror: string, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(join(mirror, `${name}.cose`)));
  } catch {
    throw new SettingError(`There is no ${name}.cose in that folder: name a mirror, such as DATA/mirror.`);
  }
}

/** What a mirror's documents say, their signatures verified under the root beside them. Throws `trust.*`. */
export async function showMirror(mirror: string) {
  const root = await openRoot(await documentOf(mirror, 'root'), crypto);
  const { bundle, digest } = await openBundle(await documentOf(mirror, 'bundle'), root, crypto);
  const now = await openNow(await documentOf(mirror, 'now'), root, crypto);
  return {
    root: describeRoot(root),
    bundle: {
      sequence: bundle.sequence,
      rootVersion: bundle.rootVersion,
      digest: toHex(digest),
      issuedAt: instant(bundle.issuedAt),
      expiresAt: instant(bundle.expiresAt),
      issuers: bundle.issuers.map(({ kid, issuer, usage, from, until, withdrawn }) => ({
        kid: toHex(kid),
        issuer,
        usage,
        from: instant(from),
        until: instant(until),
        withdrawn,
      })),
      foreignKeys: bundle.foreign.length,
      dayKeys: bundle.dayKeys.length,
      registerKeys: bundle.registerKeys.length,
      pack: (bundle.pack as { id?: unknown } | null)?.id ?? null,
    },
    now: {
      sequence: now.sequence,
      issuedAt: instant(now.issuedAt),
      validUntil: instant(now.validUntil),
      notice: now.notice,
      status: now.status,
      obligation: now.obligation,
      namesThisBundle: equalBytes(now.bundle.digest, digest),
    },
  };
}

/** One thing that was looked at. `error` is the stable code of the rule that it breaks. */
export interface Finding {
  readonly check: 'root' | 'chain' | 'delegates' | 'bundle' | 'canaries' | 'now';
  readonly ok: boolean;
  readonly error?: string;
  readonly message?: string;
}

/**
 * Verifies a mirror as a device that sees it for the first time does, and the chain of its roots besides.
 * @param at seconds
 * @param pinned digest of the root that is expected (hex), or null
 */
export async function verifyMirror(
  mirror: string,
  at: number,
  pinned: Uint8Array | null,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const look = async <T>(check: Finding['check'], work: () => Promise<T>): Promise<T | null> => {
    try {
      const value = await work();
      findings.push({ check, ok: true });
      return value;
    } catch (error) {
      if (!isMunjigiError(error)) throw error;
      findings.push({ check, ok: false, error: error.code, message: error.message });
      return null;
    }
  };
  const bytes = await documentOf(mirror, 'root');
  const root = await look('root', () => openRoot(bytes, crypto, pinned ? { digest: pinned } : {}));
  if (!root) return findings;
  await look('chain', () => walkChain(mirror, root, rootDigest(bytes)));
  const days = (Math.max(...root.delegates.map(({ until }) => until)) - at) / 86_400;
  findings.push(
    days >= 14
      ? { check: 'delegates', ok: true }
      : {
          check: 'delegates',
          ok: days >= 0,
          message:
            days >= 0
              ? `The last delegate ends in ${Math.floor(days)} days: hold a ceremony.`
              : 'All delegates have ended.',
        },
  );
  const bundleBytes = await documentOf(mirror, 'bundle');
  const opened = await look('bundle', () => openBundle(bundleBytes, root, crypto, at));
  if (opened) {
    await look('canaries', () => selfTest(opened.bundle, compileTrust(opened.bundle), crypto, inspect));
    const now = await look('now', async () => openNow(await documentOf(mirror, 'now'), root, crypto));
    if (now && !equalBytes(now.bundle.digest, opened.digest))
      findings.push({ check: 'now', ok: false, message: 'It names another bundle than the one beside it.' });
  }
  return findings;
}

/** Every root that the mirror keeps, from the first one on: each signed by the one before it, the last one the one in force. */
async function walkChain(mirror: string, newest: Root, digest: Uint8Array): Promise<void> {
  const versions = (await readdir(mirror))
    .flatMap((name) => /^root-(\d+)\.cose$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, two) => one - two);
  let root: Root | null = null;
  for (const version of versions) {
    const bytes = await documentOf(mirror, `root-${version}`);
    const next: Root = await openRoot(bytes, crypto, root ? { root } : {});
    if (version === newest.version) await openRoot(bytes, crypto, { digest });
    root = next;
  }
}
