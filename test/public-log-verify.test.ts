import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concatBytes, fromBase64, toHex } from '@munjigi/core/encoding';
import { encodeCosigned, notifiedTag, openNotified, signHead } from '@munjigi/core/log';
import { openRoot, rootDigest } from '@munjigi/core/trust';
import { nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../packages/ops/src/log/main.ts';
import { tempFolder } from './support/databases.ts';
import { forgedHead, hashOf } from './support/log-stand.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();
const DAY = '2022-01-06';

/** The command, in this process: what it printed, what it complained of, its exit code. */
async function munjigi(...args: string[]) {
  const said = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += text;
    return true;
  });
  try {
    const code = await main(args);
    return { code, ...said, report: said.out.startsWith('{') ? JSON.parse(said.out) : null };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe('munjigi log verify', () => {
  let test: TestService;
  let url: string;
  const files = tempFolder('log-verify');
  const noticeOf = (n: number) => hashOf(`notice ${n}`).slice(0, 16);

  beforeAll(async () => {
    test = await startTestService();
    const { host, port } = await test.service.listen();
    url = `http://${host}:${port}`;
    const { authority, publicLog } = test.service.desks;
    const { register, issuer } = publicLog.lines;
    for (let n = 0; n < 6; n++)
      await publicLog.port.append(
        await register!.sign('case-approved', STORY_SECONDS + n, { case: hashOf(`case ${n}`) }),
      );
    const resolved = { case: hashOf('case 1'), count: 3, day: DAY };
    const line = await issuer!.sign('resolved', STORY_SECONDS, resolved);
    const { receipt } = await publicLog.port.append(line);
    writeFileSync(join(files, 'line'), line);
    writeFileSync(join(files, 'receipt'), receipt);
    await authority!.publishNotified(DAY, [1, 2, 3].map(noticeOf).map(notifiedTag));
    await authority!.log.collect();
    await authority!.refresh();
  });
  afterAll(() => test.remove());

  const database = () => test.databases.get('authority')!;
  const changes: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const undo of changes.splice(0)) await undo();
  });
  /** Changes a table behind the log's back, and puts it back after the test. */
  async function tamper(table: string, sql: string): Promise<void> {
    await database().script(`DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM ${table}; ${sql}`);
    changes.push(() =>
      database().script(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept; DROP TABLE kept`),
    );
  }
  const rules = (report: { problems: { rule: string; at: unknown }[] }) =>
    [...new Set(report.problems.map(({ rule }) => rule))].sort();

  it('finds a whole log whole: lines, tree, heads, signatures of two bodies, daily file, a receipt', async () => {
    const pin = toHex(rootDigest((await test.call('GET', '/api/authority/root')).bytes));
    const evidence = ['--receipt', join(files, 'receipt'), '--line', join(files, 'line')];
    const { code, report, err } = await munjigi('verify', '--url', url, '--root', pin, ...evidence);
    expect([code, err]).toEqual([0, '']);
    expect(report).toMatchObject({
      verified: true,
      origin: 'munjigi kr-2022',
      size: 7,
      heads: 7,
      cosignedSize: 7,
      rootPinned: true,
      notified: [{ day: DAY, logged: 3, told: 3 }],
      receipt: { index: 6, size: 7 },
      problems: [],
    });
    expect(report.cosigned.register).toBeGreaterThan(0);
    expect(report.cosigned.issuer).toBeGreaterThan(0);
    const unpinned = await munjigi('verify', '--url', url);
    expect([unpinned.code, unpinned.report.rootPinned]).toEqual([0, false]);
  });

  it('prints the public counts by kind and day', async () => {
    const { code, report } = await munjigi('show', '--url', url);
    const counts = { 'case-approved': { lines: 6, count: 0 }, resolved: { lines: 1, count: 3 } };
    expect([code, report]).toEqual([
      0,
      { origin: 'munjigi kr-2022', size: 7, kinds: counts, days: { [DAY]: counts }, refused: 0 },
    ]);
  });

  it.each<[string, string, string, string[]]>([
    [
      'a line that was changed',
      'log_line',
      `UPDATE log_line SET line = set_byte(line, 150, get_byte(line, 150) # 1) WHERE index = 3`,
      ['head-root', 'line'],
    ],
    ['a line that was taken out', 'log_line', 'DELETE FROM log_line WHERE index = 6', ['head-root']],
    [
      'lines in another order',
      'log_line',
      'UPDATE log_line SET index = CASE index WHEN 1 THEN 102 ELSE 101 END WHERE index IN (1, 2); UPDATE log_line SET index = index - 100 WHERE index > 100',
      ['head-root'],
    ],
    [
      'a head that was never signed',
      'log_head',
      `UPDATE log_head SET head = set_byte(head, 120, 7) WHERE size = 4`,
      ['head'],
    ],
    ['a newest head that is missing', 'log_head', 'DELETE FROM log_head WHERE size = 7', ['head-missing']],
    [
      'a cosignature of another head',
      'log_cosignature',
      `UPDATE log_cosignature SET cosignature = (SELECT head FROM log_head WHERE size = 7) WHERE size = 7 AND body = 'issuer'`,
      ['cosignature'],
    ],
    [
      'more lookups told than were logged',
      'log_line',
      `DELETE FROM log_line WHERE kind = 'resolved'`,
      ['head-root'],
    ],
  ])('finds %s', async (_what, table, sql, expected) => {
    await tamper(table, sql);
    const { code, report } = await munjigi('verify', '--url', url);
    expect(code).toBe(1);
    expect(report.verified).toBe(false);
    for (const rule of expected) expect(rules(report)).toContain(rule);
  });

  it('finds a fork: a head of the log’s own key that is not of this log, shown elsewhere', async () => {
    const secret = readFileSync(join(test.data, 'keys', 'authority', 'log.key'), 'utf8').trim();
    const logKey = nodeSigner(fromBase64(secret));
    const forged = await forgedHead({ logKey }, 5, STORY_SECONDS, 'munjigi kr-2022');
    const genuine = (await test.call('GET', '/api/authority/log/head')).json;
    for (const [name, head, ok] of [
      ['forged', forged, false],
      ['genuine', fromBase64(genuine.head), true],
      ['other', await signHead({ origin: 'another', size: 0, root: hashOf(''), at: 1 }, logKey), false],
    ] as const) {
      writeFileSync(join(files, name), encodeCosigned({ head, cosignatures: [] }));
      const { code, report } = await munjigi('verify', '--url', url, '--head', join(files, name));
      expect([code, rules(report)], name).toEqual(ok ? [0, []] : [1, ['shown-head']]);
    }
  });

  it('finds that a receipt is for another line, and says how the command is used', async () => {
    const other = (await test.call('GET', '/api/authority/log/lines?from=2&limit=1')).json.lines[0];
    writeFileSync(join(files, 'other'), fromBase64(other));
    const wrong = await munjigi(
      'verify',
      '--url',
      url,
      '--receipt',
      join(files, 'receipt'),
      '--line',
      join(files, 'other'),
    );
    expect([wrong.code, rules(wrong.report), wrong.report.receipt]).toEqual([1, ['receipt'], null]);
    for (const args of [
      [],
      ['verify'],
      ['verify', '--url', url, '--data', 'x'],
      ['verify', '--url', url, '--line', 'x'],
      ['burn', '--url', url],
      ['verify', '--url', url, '--root', 'x'],
      ['verify', '--nothing'],
    ]) {
      const { code, out, err } = await munjigi(...args);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('munjigi log verify|show');
    }
    expect((await munjigi('verify', '--url', 'http://127.0.0.1:9')).code).toBe(1);
    expect((await munjigi('verify', '--url', url, '--root', 'ab'.repeat(32))).code).toBe(1);
    mkdirSync(join(files, 'empty'));
    const none = await munjigi('verify', '--data', join(files, 'empty'));
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('no embedded authority database')]);
  });

  it('publishes the daily file whole, padded, in no order, and never more tags than the log counts', async () => {
    const authority = test.service.desks.authority!;
    const root = await openRoot((await test.call('GET', '/api/authority/root')).bytes, crypto);
    const read = async () =>
      openNotified((await test.call('GET', `/api/authority/notified/${DAY}`)).bytes, root, crypto);
    const file = await read();
    expect([file.count, file.tags.length]).toEqual([3, 64 * 8]);
    const tags = Array.from({ length: 64 }, (_, i) => toHex(file.tags.subarray(i * 8, i * 8 + 8)));
    expect(tags).toEqual([...tags].sort());
    expect(new Set(tags).size).toBe(64);
    for (const n of [1, 2, 3]) expect(tags).toContain(toHex(notifiedTag(noticeOf(n))));
    expect(new Uint8Array(readFileSync(join(test.data, 'mirror', 'notified', `${DAY}.cose`)))).toEqual(
      (await test.call('GET', `/api/authority/notified/${DAY}`)).bytes,
    );
    await expect(authority.publishNotified(DAY, [notifiedTag(noticeOf(4))])).rejects.toMatchObject({
      code: 'log.notified-count',
    });
    // The same tags again change nothing, the padding neither.
    await authority.publishNotified(DAY, [notifiedTag(noticeOf(2))]);
    expect(await read()).toEqual(file);
    for (const day of ['2022-01-05', '2022-02-31']) {
      const { status, json } = await test.call('GET', `/api/authority/notified/${day}`);
      expect([status, json.error]).toEqual([404, 'authority.document-missing']);
    }
    expect(concatBytes(...tags.map((tag) => Buffer.from(tag, 'hex')))).toEqual(file.tags);
  });

  it('reads the folder of a stopped service as well, and refuses one that runs', async () => {
    const running = await munjigi('verify', '--data', test.data);
    expect(running.code).toBe(1);
    await test.stop();
    const { code, report } = await munjigi('verify', '--data', test.data);
    expect([code, report.verified, report.size]).toEqual([0, true, 7]);
  });
});
