import { sha256 } from '@munjigi/core/encoding';
import { issuePaperPass } from '@munjigi/core/entry-pass/issue';
import { MunjigiError } from '@munjigi/core/errors';
import { inspect } from '@munjigi/core/gate';
import type { Bundle, Now, Root } from '@munjigi/core/trust';
import { signBundle, signNow, signRoot } from '@munjigi/core/trust/publish';
import { beforeAll, expect } from 'vitest';
import { crypto, testKey } from '../../core/test/test-keys.ts';
import { BundleStore, type BundleStoreParts, type DocumentName, type KeptTrust } from '../src/index.ts';

export const AT = Date.parse('2022-01-06T13:58:00+09:00') / 1000;
export const DAY = 86_400;
export const [r1, r2, r3, r4, delegate, issuer, stranger] = [
  '1',
  '2',
  '3',
  '4',
  'delegate',
  'issuer',
  'stranger',
].map((n) => testKey(`mj1 test ${n}`));
const kid = Uint8Array.of(1);
export const root: Root = {
  version: 1,
  threshold: 2,
  keys: [r1!.publicKey, r2!.publicKey],
  delegates: [{ publicKey: delegate!.publicKey, from: AT - DAY, until: AT + 80 * DAY }],
  issuedAt: AT - DAY,
};
export let base: Bundle;
beforeAll(async () => {
  const canary = await issuePaperPass(
    {
      handle: new Uint8Array(16),
      expiresAt: AT - (AT % DAY) + DAY * 5 - 9 * 3600,
      admissionClass: 0,
      hint: 33,
    },
    issuer!,
    kid,
  );
  base = {
    version: 1,
    rootVersion: 1,
    sequence: 1,
    issuedAt: AT - 60,
    expiresAt: AT + 14 * DAY,
    issuers: [
      {
        kid,
        issuer: 'test',
        publicKey: issuer!.publicKey,
        usage: 'pass',
        from: AT - DAY,
        until: AT + 90 * DAY,
        withdrawn: false,
        canary,
      },
    ],
    foreign: [],
    withdrawn: {},
    dayKeys: [],
    registerKeys: [],
    endpoints: { register: [], mirrors: ['/second'] },
    pack: { timeZone: 'Asia/Seoul' },
    logHead: null,
  };
});

/** A mirror, a device that keeps what it trusts, and the store between them. */
export function world(more: Partial<BundleStoreParts> = {}) {
  const mirror = new Map<DocumentName, Uint8Array>();
  const fetched: DocumentName[] = [];
  const disk: { kept: KeptTrust | null; saves: number } = { kept: null, saves: 0 };
  const time = { at: AT };
  let sequence = 0;
  const open = () =>
    new BundleStore({
      keep: {
        load: async () => disk.kept,
        save: async (kept) => {
          disk.kept = kept;
          disk.saves += 1;
        },
      },
      source: {
        fetch: async (name) => {
          fetched.push(name);
          return mirror.get(name) ?? null;
        },
      },
      crypto,
      inspect,
      tryOut: ({ pack }) => {
        if ((pack as { broken?: boolean }).broken)
          throw new MunjigiError('policy.structure', 'The pack is broken.');
      },
      at: () => time.at,
      mirrors: ['/mirror'],
      ...more,
    });
  const publish = async (change: Partial<Bundle> = {}, now: Partial<Now> = {}, signer = delegate!) => {
    const bundle = { ...base, ...change };
    const bytes = await signBundle(bundle, signer);
    const document: Now = {
      version: 1,
      sequence: ++sequence,
      issuedAt: AT,
      validFrom: AT,
      validUntil: AT + DAY,
      notice: null,
      parameters: {},
      status: 'confirmed',
      obligation: 'usual',
      bundle: { rootVersion: bundle.rootVersion, sequence: bundle.sequence, digest: sha256(bytes) },
      logHead: null,
      ...now,
    };
    mirror.set('bundle', bytes);
    mirror.set('now', await signNow(document, delegate!));
  };
  return { mirror, fetched, disk, time, open, publish };
}

export async function running(more: Partial<BundleStoreParts> = {}) {
  const w = world(more);
  w.mirror.set('root', await signRoot(root, [r1!, r2!]));
  await w.publish();
  const store = w.open();
  expect(await store.refresh()).toEqual({ reached: true, changed: true, problem: null });
  return { ...w, store };
}
