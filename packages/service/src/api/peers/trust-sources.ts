import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '@munjigi/core/encoding';
import type { OpenDesks } from '../desks.ts';
import type { Peer } from './client.ts';
import type { TrustSource } from './pinned-trust.ts';

/** How often a bundle is asked for at most, and how long nobody is asked after the authority did not answer. */
const FRESH_MS = 250;
const AWAY_MS = 2_000;
const ROOT = /^root-([1-9][0-9]*)\.cose$/;

/** The authority in this process. */
export const beside = (desks: () => OpenDesks): TrustSource => ({
  bundle: async () => desks().authority?.document('bundle') ?? null,
  roots: async (after) => (await desks().authority?.rootsAfter(after)) ?? [],
});

/** The authority in another process at the same data folder: what it has written into the mirror that they share. */
export const inFolder = (mirror: string, realMs: () => number): TrustSource => ({
  bundle: atMostSoOften(realMs, () => fileOf(join(mirror, 'bundle.cose'))),
  async roots(after) {
    const versions = (await readdir(mirror).catch(() => []))
      .flatMap((name) => Number(ROOT.exec(name)?.[1] ?? 0))
      .filter((version) => version > after)
      .sort((a, b) => a - b);
    const roots = await Promise.all(versions.map((version) => fileOf(join(mirror, `root-${version}.cose`))));
    return roots.filter((root) => root !== null);
  },
});

/** The authority on another machine: its bundle as everybody fetches it, its roots by its signed word. */
export const elsewhere = (authority: Peer, realMs: () => number): TrustSource => ({
  bundle: atMostSoOften(realMs, () => authority.document('/bundle')),
  roots: async (after) =>
    (await authority.ask('roots', { after })).roots.map(
      (text) => new Uint8Array(Buffer.from(text, 'base64url')),
    ),
});

/** The same object for as long as it says the same: it is verified once. */
function atMostSoOften(
  realMs: () => number,
  read: () => Promise<Uint8Array | null>,
): () => Promise<Uint8Array | null> {
  let last: Uint8Array | null = null;
  let nextMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (realMs() < nextMs) return last;
    nextMs = realMs() + AWAY_MS;
    const bytes = await read();
    nextMs = realMs() + FRESH_MS;
    if (!bytes || !last || !equalBytes(bytes, last)) last = bytes;
    return last;
  };
}

async function fileOf(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
