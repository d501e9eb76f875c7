import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { issueLivePass } from '@munjigi/core/entry-pass/issue';
import { decompressP256, spkiFromPoint } from '@munjigi/core/signing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../../core/test/test-keys.ts';
import {
  type IssuedBatch,
  nextShowing,
  type PreparedBatch,
  prepareBatch,
  readBatch,
  SHOWING_SECONDS,
} from '../index.ts';

const issuer = testKey('mj1 test issuer');
const kid = Uint8Array.of(1);
const GRID = { timeZone: 'Asia/Seoul' };
const MIDNIGHT = Date.parse('2022-01-13T00:00:00+09:00') / 1000;
const NONCE = toBase64url(new Uint8Array(16).fill(5));

async function answerTo(
  prepared: PreparedBatch,
  change: { readonly expiresAt?: number; readonly admissionClass?: number } = {},
): Promise<IssuedBatch> {
  const passes = await Promise.all(
    prepared.keys.map(async ({ publicKey }) => ({
      pass: toBase64url(
        await issueLivePass(
          { holderKey: publicKey, expiresAt: MIDNIGHT, admissionClass: 1, hint: 33, ...change },
          issuer,
          kid,
        ),
      ),
      notice: toBase64url(new Uint8Array(16)),
    })),
  );
  return { passes, renewAfter: MIDNIGHT - 86_400, nonce: NONCE, certificates: [] };
}

describe('a batch of passes', () => {
  it('is asked for with a proof for every key, over the nonce of the issuer', async () => {
    const { request } = await prepareBatch(3, NONCE);
    for (const { key, proof } of request) {
      const point = fromBase64(key);
      const full = decompressP256(point.slice(1), point[0] === 3)!;
      expect(
        await crypto.verify(
          'ES256',
          spkiFromPoint(full),
          possessionBytes(fromBase64(NONCE), point),
          fromBase64(proof),
        ),
      ).toBe(true);
    }
    expect(new Set(request.map(({ key }) => key)).size).toBe(3);
  });

  it('is kept in whatever order it comes, each pass with its own key', async () => {
    const prepared = await prepareBatch(3, NONCE);
    const answer = await answerTo(prepared);
    const held = readBatch(prepared, { ...answer, passes: [...answer.passes].reverse() }, GRID);
    expect(held.map(({ key }) => key)).toEqual([...prepared.keys].reverse());
    expect(held.every(({ shownAt, expiresAt }) => shownAt === null && expiresAt === MIDNIGHT)).toBe(true);
  });

  it('is refused whole where one pass could mark its holder, belongs to another key, or is missing', async () => {
    const prepared = await prepareBatch(2, NONCE);
    const good = await answerTo(prepared);
    const marked = await answerTo(prepared, { expiresAt: MIDNIGHT + 900 });
    expect(() =>
      readBatch(prepared, { ...good, passes: [good.passes[0]!, marked.passes[1]!] }, GRID),
    ).toThrow('marked');
    const others = await answerTo(await prepareBatch(2, NONCE));
    expect(() =>
      readBatch(prepared, { ...good, passes: [good.passes[0]!, others.passes[1]!] }, GRID),
    ).toThrow('none of the keys');
    expect(() => readBatch(prepared, { ...good, passes: [good.passes[0]!, good.passes[0]!] }, GRID)).toThrow(
      'none of the keys',
    );
    expect(() => readBatch(prepared, { ...good, passes: good.passes.slice(1) }, GRID)).toThrow(
      'one pass for each key',
    );
  });
});

describe('one showing, one pass', () => {
  const NOW = 1_641_445_080;
  const pass = (id: number, shownAt: number | null = null, expiresAt = NOW + 86_400) => ({
    id,
    shownAt,
    expiresAt,
  });

  it('keeps the pass while the code stays open and for three minutes after, then takes another', () => {
    const first = nextShowing(null, [pass(1), pass(2)], NOW, () => 0)!;
    const again = nextShowing(first, [pass(1, NOW), pass(2)], NOW + SHOWING_SECONDS, () => 0.9)!;
    expect([first.passId, again.passId]).toEqual([1, 1]);
    expect(nextShowing(again, [pass(1, NOW), pass(2)], NOW + 2 * SHOWING_SECONDS + 1, () => 0)?.passId).toBe(
      2,
    );
  });

  it('shows no pass twice while a fresh one lives, and says so when the least recent one stands again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ shown: fc.boolean(), ended: fc.boolean() }), { maxLength: 30 }),
        fc.nat(999),
        (kinds, r) => {
          const passes = kinds.map((kind, i) =>
            pass(i, kind.shown ? NOW - 1_000 - i : null, kind.ended ? NOW : NOW + 1),
          );
          const live = passes.filter((one) => one.expiresAt > NOW);
          const found = nextShowing(null, passes, NOW, () => r / 1_000);
          if (live.length === 0) return found === null;
          const chosen = live.find((one) => one.id === found?.passId);
          return live.some((one) => one.shownAt === null)
            ? chosen?.shownAt === null && found?.reused === false
            : found?.reused === true && live.every((one) => (one.shownAt ?? 0) >= (chosen?.shownAt ?? 0));
        },
      ),
    );
  });

  it('shows ended passes only where a signed word lets them count, and after every other', () => {
    const ended = pass(1, null, NOW - 3_600);
    expect(nextShowing(null, [ended], NOW, () => 0)).toBeNull();
    expect(nextShowing(null, [ended], NOW, () => 0, 7_200)).toMatchObject({ passId: 1, reused: false });
    expect(
      nextShowing(null, [ended], NOW, () => 0, 3_600),
      'its hours are over',
    ).toBeNull();
    expect(nextShowing(null, [ended, pass(2, NOW - 9_999)], NOW, () => 0, 7_200)?.passId).toBe(2);
  });
});
