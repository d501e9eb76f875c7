import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { base45Encode } from '@munjigi/core/encoding';
import { describe, expect, it } from 'vitest';
import {
  certificates,
  file,
  folder,
  json,
  jwk,
  lines,
  ordinary,
  policyFolder,
  run,
} from '../../test/check-harness.ts';

describe('munjigi check, bad input', () => {
  it.each([
    ['an address', 'https://example.org/?q=1'],
    ['a payment code', '00020101021226330010A00000067701011201151234567890123456304ABCD'],
    ['nothing', ''],
    ['a word', '안녕하세요'],
    ['another version', 'MJ2:ABC'],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('%s is no pass we know', async (_what, text) => {
    const { code, results } = await json([file(text)]);
    expect(results).toMatchObject([
      {
        format: null,
        verdict: 'cannot-tell',
        reason: 'not-a-pass',
        steps: { prefix: 'failed', decode: 'not-reached' },
      },
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ['a bomb', `HC1:${base45Encode(deflateSync(Buffer.alloc(5_000_000)).subarray(0, 5000))}`, 'inflate'],
    ['a nest of arrays', `HC1:${base45Encode(deflateSync(Buffer.alloc(3000, 0x81)))}`, 'structure'],
    ['an endless certificate', `HC1:${'0'.repeat(100_000)}`, 'decode'],
    ['an endless pass', `MJ1:${'0'.repeat(100_000)}`, 'decode'],
    ['a long pass', `MJ1:${'0'.repeat(3000)}`, 'structure'],
  ])('%s is refused', async (_what, text, reason) => {
    expect((await json([file(text)])).results).toMatchObject([{ verdict: 'refuse', reason }]);
  });

  it('answers line by line, in order, whatever stands in a line', async () => {
    const requests = [
      '{"id":1',
      '[]',
      { id: 2 },
      { id: 3, scan: 'x', image: 'y' },
      { id: 4, scan: 'x', at: 'yesterday' },
      { id: 5, scan: 'x', trust: ['!'] },
      { id: { deep: 6 }, scan: 'x' },
      '',
      { scan: 'x' },
    ];
    const { code, results } = await lines(requests);
    expect(results.map(({ id }) => id)).toEqual([null, null, 2, 3, 4, 5, { deep: 6 }, null]);
    expect(results.map(({ error }) => error !== undefined)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(code).toBe(0);
  });

  it('lets the keys of a line hold for that line alone', async () => {
    const [good] = certificates.cases;
    const request = { scan: good!.text, at: certificates.clock };
    const { results } = await lines([{ ...request, trust: [certificates.certificates.any] }, request]);
    expect(results.map(({ reason }) => reason)).toEqual(['ok', 'issuer-unknown']);
  });

  it.each([
    [['--nonsense']],
    [['--at', 'yesterday', 'x']],
    [[join(folder, 'missing')]],
    [['--trust', join(folder, 'missing')]],
    [['--trust', file('neither key nor certificate')]],
    [['--trust', file('{"issuerInfo": []}')]],
    [['--trust', file('{"verificationMethod": []}')]],
    [['--trust', file('{"a": 1}')]],
    [['--revoked', file('{"shc": []}')]],
    [['--revoked', file('{broken')]],
    [['--policy', policyFolder]],
    [['--venue-kind', 'restaurant']],
    [['--policy', join(folder, 'missing'), '--venue-kind', 'a', '--region', 'b']],
    [['--policy', policyFolder, '--venue-kind', 'nowhere', '--region', 'b']],
    [['--json', '--ndjson']],
  ])('a wrong command line is a sentence and exit 2: %j', async (args) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^munjigi check: .{10,}/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('reads the standard input, and speaks Korean where the terminal does', async () => {
    const korean = await run([], { stdin: 'nothing\n', language: 'ko_KR.UTF-8' });
    expect(korean.out).toContain('판단 불가');
    const english = await run(['-'], { stdin: 'nothing\n', language: 'en_GB.UTF-8' });
    expect(english.out).toContain('cannot tell (not-a-pass)');
    expect((await run(['--help'])).out).toContain('--ndjson');
  });

  it.each([
    ['2022-01-06T14:00:05+09:00', 'ok'],
    ['2022-01-06T05:00:05+0000', 'ok'],
    ['2022-01-06 05:00:05.25', 'ok'],
    ['2022-01-06T05:00:05,9999999Z', 'ok'],
    ['2022-01-06', 'old-drawing'],
  ])('understands %s', async (at, reason) => {
    const scan = { ...ordinary, drawnAt: 1641430800 };
    const shifted = new Date(Date.parse('2022-01-06T05:00:05Z')).getTime() / 1000;
    const trust = ['--trust', file(JSON.stringify(jwk('01')))];
    const offset = shifted - (scan.drawnAt + 5);
    expect(offset).toBe(14400);
    const moved = at.replace('T14', 'T10').replace('T05', 'T01').replace(' 05', ' 01');
    expect((await json([...trust, '--at', moved, file(scan.text)])).results).toMatchObject([{ reason }]);
  });
});
