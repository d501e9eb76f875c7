import { describe, expect, it } from 'vitest';
import { crypto, grid, issuerKey, PREFIX, signerOf, trust, vectors } from '../../test/pass-vectors.ts';
import { base45Decode, base45Encode, toHex } from '../encoding/index.ts';
import { inspect } from '../gate/index.ts';
import { trustFromKeys } from '../trust/keys.ts';
import { parsePass, presentPass } from './index.ts';
import { issueLivePass } from './issue.ts';

describe('a code that is not what it seems', () => {
  const ordinary = vectors.valid[0]!.text;

  it('of a specimen key is a specimen, its signature true', async () => {
    const result = await inspect(ordinary, trustFromKeys([issuerKey('specimen', '01')], grid), crypto);
    expect(result.reason).toBe('specimen');
    expect(result.steps).toMatchObject({ signature: 'ok', keyUsage: 'failed' });
  });

  it('of an unknown issuer cannot be told, and says nothing of its signature', async () => {
    const result = await inspect(ordinary, trustFromKeys([], grid), crypto);
    expect(result.reason).toBe('issuer-unknown');
    expect(result.steps).toMatchObject({
      structure: 'ok',
      issuer: 'unknown',
      signature: 'unknown',
      keyUsage: 'unknown',
    });
  });

  it('of a withdrawn key is withdrawn', async () => {
    const result = await inspect(
      ordinary,
      trustFromKeys([{ ...issuerKey('pass', '01'), withdrawn: true }], grid),
      crypto,
    );
    expect(result.reason).toBe('withdrawn');
    expect(result.steps).toMatchObject({ signature: 'ok', revocation: 'failed' });
  });

  it('on the list of withdrawn passes is withdrawn', async () => {
    const keys = [issuerKey('pass', '01')];
    const listed = trustFromKeys(keys, grid, { 'entry-pass': [vectors.valid[0]!.handle] });
    expect((await inspect(ordinary, listed, crypto)).reason).toBe('withdrawn');
    expect(
      (await inspect(ordinary, trustFromKeys(keys, grid, { 'entry-pass': ['00'] }), crypto)).steps.revocation,
    ).toBe('ok');
    expect((await inspect(ordinary, trust, crypto)).steps.revocation).toBe('unknown');
  });

  it('ends off the Korean midnight but on a quarter hour: legal only where no grid is known', async () => {
    const [issuer, holder] = [await signerOf(vectors.issuer), await signerOf(vectors.holder)];
    const terms = { expiresAt: 1641999600 + 900, admissionClass: 1, hint: 81, holderKey: holder.publicKey };
    const text = await presentPass(
      await issueLivePass(terms, issuer, Uint8Array.of(1)),
      holder,
      1641430800,
      0,
    );
    expect((await inspect(text, trustFromKeys([issuerKey('pass', '01')], null), crypto)).reason).toBeNull();
    expect((await inspect(text, trust, crypto)).reason).toBe('structure');
  });

  it('with a holder key off the curve breaks the structure and nothing crashes', async () => {
    const bytes = base45Decode(ordinary.slice(4));
    const at = toHex(bytes).indexOf(vectors.holder.publicKey.slice(2, 66)) / 2;
    bytes.fill(0, at, at + 31);
    bytes[at + 31] = 4;
    const result = await inspect(PREFIX + base45Encode(bytes), trust, crypto);
    expect(result.steps).toMatchObject({ structure: 'failed', signature: 'failed' });
    expect(result.claim).toBeNull();
  });

  it.each([
    '',
    'MJ1:',
    'mj1:ABC',
    'MJ1:A',
    'MJ1:abc',
    'MJ1::::',
    `MJ1:${'0'.repeat(4001)}`,
    `MJ1:${'0'.repeat(100_000)}`,
    'https://example.org/q?x=1',
    '00020101021126580011kr.zeropay',
    '안녕하세요',
    'HC2:ABC',
  ])('is garbage and gets a reason: %.30s', async (text) => {
    const result = await inspect(text, trust, crypto);
    expect(result.reason).toMatch(/^(not-a-pass|decode|structure)$/);
    expect(result.claim).toBeNull();
  });

  it('is judged as far as it can be read', () => {
    expect(parsePass('MJ1:00', grid).steps).toMatchObject({
      prefix: 'ok',
      decode: 'ok',
      structure: 'failed',
      validity: 'not-reached',
    });
    expect(parsePass('nothing', grid).steps).toMatchObject({
      prefix: 'failed',
      decode: 'not-reached',
      structure: 'not-reached',
    });
  });
});
