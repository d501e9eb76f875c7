import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { AT, file, json, jwk, lines, ordinary, passes } from '../../test/check-harness.ts';
import { cat, picture, png } from '../../test/pictures.ts';

describe('munjigi check, pictures', () => {
  const trust = ['--trust', file(JSON.stringify(jwk('01'))), '--at', AT];

  it.each([
    ['PNG', () => png(picture(ordinary.text))],
    ['JPEG', () => jpeg.encode(picture(ordinary.text), 80).data],
  ])('reads a %s', async (_kind, bytes) => {
    const { code, results } = await json([...trust, '--payload', file(bytes())]);
    expect(results).toMatchObject([
      { verdict: 'admit', scan: ordinary.text, steps: { picture: 'ok', signature: 'ok' } },
    ]);
    expect(code).toBe(0);
  });

  it('takes the same code twice for one, and two codes for neither', async () => {
    const twice = await json([...trust, file(png(picture(ordinary.text, ordinary.text)))]);
    expect(twice.results).toMatchObject([{ verdict: 'admit' }]);
    const two = await json([...trust, file(png(picture(ordinary.text, passes.valid[1]!.text)))]);
    expect(two.results).toMatchObject([
      {
        format: null,
        verdict: 'cannot-tell',
        reason: 'two-codes',
        steps: { picture: 'failed', prefix: 'not-reached' },
      },
    ]);
  });

  it.each([
    ['a cat', () => png(cat())],
    ['a cat in JPEG', () => jpeg.encode(cat(), 70).data],
    ['half a PNG', () => png(picture(ordinary.text)).subarray(0, 300)],
    ['a PNG that claims 4 gigapixels', () => claimsTooMuch()],
    ['a JPEG of nothing', () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
  ])('finds nothing to read in %s, and goes on', async (_what, bytes) => {
    const { code, results } = await json([...trust, file(bytes()), file(png(picture(ordinary.text)))]);
    expect(results).toMatchObject([
      { format: null, verdict: 'cannot-tell', reason: 'unreadable' },
      { verdict: 'admit' },
    ]);
    expect(code).toBe(1);
  });

  it('reads pictures line by line too', async () => {
    const image = png(picture(ordinary.text)).toString('base64');
    const { results } = await lines([
      { id: 'a', image, at: AT, trust: [jwk('01')] },
      { id: 'b', image: 'bm8gcGljdHVyZQ==' },
    ]);
    expect(results).toMatchObject([
      { id: 'a', verdict: 'admit' },
      { id: 'b', reason: 'unreadable' },
    ]);
  });

  function claimsTooMuch(): Buffer {
    const bytes = png(picture('x'));
    bytes.writeUInt32BE(65535, 16);
    bytes.writeUInt32BE(65535, 20);
    return bytes;
  }
});
