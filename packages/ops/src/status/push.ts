import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, sha256 } from '@munjigi/core/encoding';
import { openStatus, type Status } from '@munjigi/core/incident';
import { LANGUAGES } from '@munjigi/core/rules';
import { openRoot } from '@munjigi/core/trust';
import { NOT_SILENT, silentImage, silentOf } from '@munjigi/service/authority';
import { nodeCrypto, writeWhole } from '@munjigi/service/crypto';

const FETCH_MS = 8_000;
const MINUTE_MS = 60_000;

/** What one round of pushing came to. */
export interface Pushed {
  /** When the pages that stand at the targets now were written (seconds); null where there are none. */
  readonly writtenAt: number | null;
  /** True where newer pages were copied in this round. */
  readonly copied: boolean;
  /** For so many minutes no news has come; null while it comes. */
  readonly silentMinutes: number | null;
  /** Why nothing could be taken from the source; null where it could. */
  readonly problem: string | null;
}

export interface Pushing {
  /** Folder or address of the mirror of the signed files; the pages stand in `status/` under it. */
  readonly from: string;
  readonly to: readonly string[];
  /** SHA-256 of the root that may sign; null takes the root that stands beside the pages. */
  readonly rootDigest: Uint8Array | null;
  readonly nowMs: number;
}

const read = async (from: string, name: string): Promise<Uint8Array> => {
  if (!/^https?:\/\//.test(from)) return new Uint8Array(await readFile(join(from, name)));
  const answer = await fetch(`${from.replace(/\/$/, '')}/${name}`, {
    signal: AbortSignal.timeout(FETCH_MS),
    headers: { 'cache-control': 'no-cache' },
  });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};

/** Reads pages with their signature and compares every file with it. Throws where anything is missing or does not fit. */
export async function readPages(
  from: string,
  rootDigest: Uint8Array | null,
): Promise<{ readonly status: Status; readonly files: ReadonlyMap<string, Uint8Array> }> {
  const crypto = nodeCrypto();
  const root = await openRoot(
    await read(from, 'root.cose'),
    crypto,
    rootDigest ? { digest: rootDigest } : {},
  );
  const signed = await read(from, 'status/status.cose');
  const status = await openStatus(signed, root, crypto);
  const files = new Map<string, Uint8Array>();
  for (const [name, digest] of status.files) {
    const bytes = await read(from, `status/${name}`);
    if (!equalBytes(sha256(bytes), digest)) throw new Error(`${name} is not the file that was signed`);
    files.set(name, bytes);
  }
  return { status, files: files.set('status.cose', signed) };
}

/** When the pages at a target came there, in milliseconds; null where there are none. */
const cameAt = (folder: string): Promise<number | null> =>
  stat(join(folder, 'status.cose')).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );

/**
 * Copies newer pages to every target, whole and verified. Where no newer ones come for as long as they are good for, the targets
 * say so themselves: the picture on every page is replaced by one that tells for how long, which needs no script and no server.
 */
export async function pushStatus({ from, to, rootDigest, nowMs }: Pushing): Promise<Pushed> {
  const found = await readPages(from, rootDigest).catch((error: unknown) => error as Error);
  const [problem, pages] = found instanceof Error ? [found.message, null] : [null, found];
  const rounds = await Promise.all(to.map((folder) => pushTo(folder, pages, nowMs)));
  const silent = rounds.map(({ silentMs }) => silentMs).filter((ms) => ms !== null);
  return {
    writtenAt: pages?.status.writtenAt ?? null,
    copied: rounds.some(({ copied }) => copied),
    silentMinutes: silent.length > 0 ? Math.floor(Math.max(...silent) / MINUTE_MS) : null,
    problem,
  };
}

async function pushTo(
  folder: string,
  pages: Awaited<ReturnType<typeof readPages>> | null,
  nowMs: number,
): Promise<{ readonly copied: boolean; readonly silentMs: number | null }> {
  await mkdir(folder, { recursive: true });
  const held = await readFile(join(folder, 'status.cose')).catch(() => null);
  const next = pages?.files.get('status.cose');
  if (pages && next && !(held && equalBytes(new Uint8Array(held), next))) {
    await showSilence(folder, null);
    // The signature comes last: until it is there, readers go by the one before.
    for (const [name, bytes] of pages.files) await writeWhole(join(folder, name), bytes);
    return { copied: true, silentMs: null };
  }
  const came = await cameAt(folder);
  const goodForMs = pages ? (pages.status.nextBy - pages.status.writtenAt) * 1000 : 5 * MINUTE_MS;
  const silentMs = came === null ? null : nowMs - came;
  if (silentMs === null || silentMs <= goodForMs) return { copied: false, silentMs: null };
  await showSilence(folder, Math.floor(silentMs / MINUTE_MS));
  return { copied: false, silentMs };
}

async function showSilence(folder: string, minutes: number | null): Promise<void> {
  for (const language of LANGUAGES)
    await writeWhole(
      join(folder, silentOf(language)),
      minutes === null ? NOT_SILENT : silentImage(minutes, language),
    );
}
