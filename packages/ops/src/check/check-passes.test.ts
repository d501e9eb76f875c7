import { describe, expect, it } from 'vitest';
import { AT, drawnAt, file, json, jwk, ordinary, passes } from '../../test/check-harness.ts';

describe('munjigi check, entry passes', () => {
  const trust = ['--trust', file(JSON.stringify({ keys: [jwk('01'), jwk('012c')] }))];

  it.each(passes.valid)('admits: $name', async (pass) => {
    const { code, results } = await json([...trust, '--at', drawnAt(pass), file(pass.text)]);
    expect(results).toMatchObject([
      { format: 'entry-pass', verdict: 'admit', reason: 'ok', keyId: pass.kid, algorithm: 'ES256' },
    ]);
    expect(code).toBe(0);
  });

  it.each(passes.invalid)('refuses: $name', async ({ fails, text }) => {
    const { code, results } = await json([...trust, '--at', AT, file(text)]);
    expect(results).toMatchObject([{ verdict: 'refuse', reason: fails, steps: { [fails]: 'failed' } }]);
    expect(code).toBe(1);
  });

  it.each([
    [-46, 'cannot-tell', 'old-drawing'],
    [-15, 'admit', 'ok'],
    [45, 'admit', 'ok'],
    [46, 'cannot-tell', 'old-drawing'],
    [86400 * 30, 'refuse', 'ended'],
  ])('judges the drawing by the clock: %i s after it was drawn', async (offset, verdict, reason) => {
    const { results } = await json([...trust, '--at', drawnAt(ordinary, offset), file(ordinary.text)]);
    expect(results).toMatchObject([{ verdict, reason }]);
  });

  it('cannot tell of an unknown issuer, and refuses a specimen', async () => {
    const unknown = await json(['--trust', file(JSON.stringify(jwk('07'))), '--at', AT, file(ordinary.text)]);
    expect(unknown.results).toMatchObject([
      {
        verdict: 'cannot-tell',
        reason: 'issuer-unknown',
        steps: { issuer: 'unknown', signature: 'unknown' },
      },
    ]);
    const specimen = await json([
      '--trust',
      file(JSON.stringify(jwk('01', { use: 'specimen' }))),
      '--at',
      AT,
      file(ordinary.text),
    ]);
    expect(specimen.results).toMatchObject([{ verdict: 'refuse', reason: 'specimen' }]);
  });
});
