import { toHex } from '@munjigi/core/encoding';
import { notifiedTag, openNotified } from '@munjigi/core/log';
import { openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf } from './support/log-stand.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();
const DAY = '2022-01-06';

describe('the daily file while a day goes on', () => {
  let test: TestService;
  let cases = 0;

  beforeAll(async () => {
    test = await startTestService({ flags: { desks: 'issuer,authority' } });
  });
  afterAll(() => test.remove());

  const authority = () => test.service.desks.authority!;
  const resolved = async (count: number, day = DAY) => {
    const { lines, port } = test.service.desks.publicLog;
    const fields = { case: hashOf(`case ${++cases}`), count, day };
    await port.append(await lines.issuer!.sign('resolved', STORY_SECONDS, fields));
  };
  const tagsOf = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => notifiedTag(hashOf(`notice ${from + i}`).slice(0, 16)));
  const read = async () => {
    const root = await openRoot((await test.call('GET', '/api/authority/root')).bytes, crypto);
    const { bytes } = await test.call('GET', `/api/authority/notified/${DAY}`);
    const { count, tags } = await openNotified(bytes, root, crypto);
    const all = Array.from({ length: tags.length / 8 }, (_, i) => toHex(tags.subarray(i * 8, i * 8 + 8)));
    return { count, all: new Set(all) };
  };

  it('grows by real tags in the place of padding, and only then by more', async () => {
    let before = new Set<string>();
    let told = 0;
    for (const [upTo, size] of [
      [1, 64],
      [10, 64],
      [64, 64],
      [65, 128],
      [100, 128],
      [129, 192],
    ] as const) {
      await resolved(upTo - told);
      await authority().publishNotified(DAY, tagsOf(told, upTo));
      const { count, all } = await read();
      expect([count, all.size]).toEqual([upTo, size]);
      for (const tag of tagsOf(0, upTo)) expect(all).toContain(toHex(tag));
      const fresh = [...all].filter((tag) => !before.has(tag));
      if (size === 64 && told > 0) expect(fresh.sort()).toEqual(tagsOf(told, upTo).map(toHex).sort());
      [before, told] = [all, upTo];
    }
  });

  it('takes several issuers at once, each tag once, and none for a day that the log does not count', async () => {
    await resolved(40);
    const tags = tagsOf(129, 169);
    await Promise.all([
      authority().publishNotified(DAY, tags.slice(0, 25)),
      authority().publishNotified(DAY, tags.slice(15)),
      authority().publishNotified(DAY, tags.slice(20, 30)),
    ]);
    const { count, all } = await read();
    expect([count, all.size]).toEqual([169, 192]);
    await expect(authority().publishNotified('2022-01-05', tags)).rejects.toMatchObject({
      code: 'log.notified-count',
    });
    expect((await test.call('GET', '/api/authority/notified/2022-01-05')).status).toBe(404);
    await expect(authority().publishNotified(DAY, [new Uint8Array(16)])).rejects.toThrow('eight bytes');
    await expect(authority().publishNotified('yesterday', [])).rejects.toThrow('YYYY-MM-DD');
  });

  it('is dropped with the retention period, file and tags', async () => {
    const old = '2021-12-01';
    await resolved(2, old);
    await authority().publishNotified(old, tagsOf(200, 202));
    expect((await test.call('GET', `/api/authority/notified/${old}`)).status).toBe(200);
    await authority().refresh();
    expect((await test.call('GET', `/api/authority/notified/${old}`)).status).toBe(404);
    expect((await read()).count).toBe(169);
  });
});
