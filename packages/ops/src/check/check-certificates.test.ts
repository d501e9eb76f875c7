import { createPublicKey } from 'node:crypto';
import { STEPS } from '@munjigi/core/gate';
import { REASONS } from '@munjigi/core/reasons';
import { describe, expect, it } from 'vitest';
import {
  certificates,
  file,
  json,
  knownRules,
  lines,
  policyFolder,
  run,
  sha256Hex,
} from '../../test/check-harness.ts';

describe('munjigi check, EU certificates', () => {
  const pem = (name: string) =>
    `-----BEGIN CERTIFICATE-----\n${certificates.certificates[name]!.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const good = certificates.cases[0]!;

  it.each(certificates.cases)('$reason: $name', async ({ certificate, reason, fails, unknown, text }) => {
    const request = {
      id: 1,
      scan: text,
      at: certificates.clock,
      trust: [certificates.certificates[certificate]],
    };
    const { code, results } = await lines([request]);
    const [result] = results;
    expect(result).toMatchObject({ id: 1, reason, verdict: REASONS[reason].check });
    if (fails) expect(result!.steps[fails]).toBe('failed');
    if (unknown) expect(result!.steps[unknown]).toBe('unknown');
    expect(Object.keys(result!.steps)).toEqual([...STEPS]);
    expect(code).toBe(0);
  });

  it('judges every step whose input exists, whatever failed before it', async () => {
    const behind = certificates.cases.find(({ name }) => name.startsWith('a byte behind'))!;
    const { results } = await lines([
      { scan: behind.text, at: certificates.clock, trust: [certificates.certificates.any] },
    ]);
    expect(results[0]!.steps).toMatchObject({
      inflate: 'failed',
      structure: 'ok',
      schema: 'ok',
      issuer: 'ok',
      signature: 'ok',
      keyUsage: 'ok',
      validity: 'ok',
    });
  });

  it.each([
    ['PEM', () => pem('any')],
    ['two PEM in one file', () => pem('rsa') + pem('any')],
    ['DER', () => Buffer.from(certificates.certificates.any!, 'base64')],
    ['base64 of DER', () => `${certificates.certificates.any!}\n`],
    ['a list of base64', () => JSON.stringify([certificates.certificates.any])],
    ['key ids with bare keys', () => JSON.stringify({ [keyIdOf(good.text)]: [{ subjectPk: spki('any') }] })],
    [
      'key ids with bare keys that may sign this',
      () =>
        JSON.stringify({
          eu_keys: { [keyIdOf(good.text)]: [{ subjectPk: spki('any'), keyUsage: ['v', 't'] }] },
        }),
    ],
    [
      'a JWK without a name',
      () =>
        JSON.stringify(
          createPublicKey({ key: Buffer.from(spki('any'), 'base64'), format: 'der', type: 'spki' }).export({
            format: 'jwk',
          }),
        ),
    ],
  ])('trusts %s', async (_kind, content) => {
    const { results } = await json(['--trust', file(content()), '--at', certificates.clock, file(good.text)]);
    expect(results).toMatchObject([
      {
        verdict: 'admit',
        reason: 'ok',
        algorithm: 'ES256',
        notBefore: '2027-03-01T00:00:00Z',
        notAfter: '2028-03-01T00:00:00Z',
      },
    ]);
  });

  it('refuses an event that the named usage leaves out', async () => {
    const table = { [keyIdOf(good.text)]: [{ subjectPk: spki('any'), keyUsage: ['t'] }] };
    const { results } = await json([
      '--trust',
      file(JSON.stringify(table)),
      '--at',
      certificates.clock,
      file(good.text),
    ]);
    expect(results).toMatchObject([
      { verdict: 'refuse', reason: 'key-usage', steps: { signature: 'ok', keyUsage: 'failed' } },
    ]);
  });

  it.each([
    ['its identifier', 'URN:UVCI:01:XX:VECTORS0000000001#1\n'],
    ['a list of a country', JSON.stringify({ revokedCerts: ['URN:UVCI:01:XX:VECTORS0000000001#1'] })],
    ['the hash of its identifier', sha256Hex('URN:UVCI:01:XX:VECTORS0000000001#1').slice(0, 32)],
    [
      'the hash of country and identifier, in a batch',
      JSON.stringify({
        hashType: 'COUNTRYCODEUCI',
        entries: [
          {
            hash: Buffer.from(sha256Hex('XXURN:UVCI:01:XX:VECTORS0000000001#1').slice(0, 32), 'hex').toString(
              'base64',
            ),
          },
        ],
      }),
    ],
  ])('finds it withdrawn by %s', async (_what, list) => {
    const trust = ['--trust', file(pem('any')), '--at', certificates.clock];
    const { code, results } = await json([...trust, '--revoked', file(list), file(good.text)]);
    expect(results).toMatchObject([
      { verdict: 'refuse', reason: 'withdrawn', steps: { revocation: 'failed', signature: 'ok' } },
    ]);
    expect(code).toBe(1);
    const other = await json([...trust, '--revoked', file('URN:UVCI:01:XX:OTHER#1'), file(good.text)]);
    expect(other.results).toMatchObject([{ verdict: 'admit', steps: { revocation: 'ok' } }]);
  });

  it('shows what was read and its payload only when asked, and never a name otherwise', async () => {
    const args = ['--trust', file(pem('any')), '--at', certificates.clock, file(good.text)];
    const plain = await run(['--json', ...args]);
    expect(plain.out).not.toMatch(/VEKTOR|Vektor|VECTORS0000000001|1980/);
    const { results } = await json(['--payload', ...args]);
    expect(results[0]).toMatchObject({
      scan: good.text,
      payload: { ver: '1.3.0', nam: { fnt: 'VEKTOR<MUELLER' }, v: [{ dn: 2 }] },
    });
  });

  it('is another proof under a policy that does not take it', async () => {
    const rules = await knownRules(['--policy', policyFolder]);
    const { results } = await json([
      '--trust',
      file(pem('any')),
      '--at',
      certificates.clock,
      ...rules,
      file(good.text),
    ]);
    expect(Object.keys(REASONS)).toContain(results[0]!.reason);
    expect(results[0]!.evidence).toHaveProperty('door');
  });

  function spki(name: string): string {
    const der = Buffer.from(certificates.certificates[name]!, 'base64');
    return createPublicKey({
      key: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----`,
      format: 'pem',
    })
      .export({ type: 'spki', format: 'der' })
      .toString('base64');
  }
  function keyIdOf(_text: string): string {
    return Buffer.from(sha256Hex(Buffer.from(certificates.certificates.any!, 'base64')), 'hex')
      .subarray(0, 8)
      .toString('base64');
  }
});
