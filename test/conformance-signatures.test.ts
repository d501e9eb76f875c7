import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '@munjigi/core/encoding';
import { readEnvelope, signedBytes } from '@munjigi/core/hcert';
import { type Algorithm, type Crypto, pointFromSpki, toBeSigned, webCrypto } from '@munjigi/core/signing';
import { nodeCrypto } from '@munjigi/service/crypto';
import { describe, expect, it } from 'vitest';
import { suite } from './conformance/folder.ts';

const platforms: readonly (readonly [string, Crypto])[] = [
  ['node:crypto', nodeCrypto()],
  ['WebCrypto', webCrypto(globalThis.crypto.subtle as never)],
];
const wycheproof = suite('wycheproof');
const cose = suite('cose');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as never;

interface WycheproofGroup {
  readonly publicKeyDer: string;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly msg: string;
    readonly sig: string;
    readonly result: string;
  }[];
}

describe.skipIf(!wycheproof.present)(`P-256 signatures: ${wycheproof.name}`, () => {
  it.each(platforms)('%s accepts what is valid and nothing else, 262 cases', async (_name, crypto) => {
    const { testGroups } = read(join(wycheproof.path, 'ecdsa_secp256r1_sha256_p1363_test.json')) as {
      testGroups: readonly WycheproofGroup[];
    };
    const wrong: string[] = [];
    let cases = 0;
    for (const { publicKeyDer, tests } of testGroups) {
      const key = fromHex(publicKeyDer);
      for (const { tcId, comment, msg, sig, result } of tests) {
        cases += 1;
        const held = await crypto.verify('ES256', key, fromHex(msg), fromHex(sig));
        if (held !== (result === 'valid')) wrong.push(`${tcId} ${comment}: ${result}`);
        const point = pointFromSpki(key);
        const once = point && (await crypto.verifyOnce?.(point, fromHex(msg), fromHex(sig)));
        if ((once ?? held) !== held) wrong.push(`${tcId} ${comment}: once ${once}, else ${held}`);
      }
    }
    expect(cases).toBe(262);
    expect(wrong).toEqual([]);
  });
});

interface CoseSample {
  readonly title: string;
  readonly fail?: boolean;
  readonly input: {
    readonly sign0?: {
      readonly key: Record<string, string>;
      readonly alg: string;
      readonly external?: string;
    };
  };
  readonly output: { readonly cbor: string };
}

const base64url = (text: string) => Buffer.from(text, 'hex').toString('base64url');

function spkiOf(key: Record<string, string>): Uint8Array {
  const jwk: JsonWebKey = {
    kty: 'EC',
    crv: key.crv!,
    x: key.x ?? base64url(key.x_hex!),
    y: key.y ?? base64url(key.y_hex!),
  };
  return new Uint8Array(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' }));
}

describe.skipIf(!cose.present)(`COSE_Sign1: ${cose.name}`, () => {
  const folders = ['sign1-tests', 'ecdsa-examples', 'CWT', 'RFC8152'];
  const samples = cose.present
    ? folders.flatMap((folder) =>
        readdirSync(join(cose.path, folder)).map(
          (file) => [`${folder}/${file}`, read(join(cose.path, folder, file)) as CoseSample] as const,
        ),
      )
    : [];
  const signed = samples.filter(
    ([, { input }]) => input.sign0?.alg === 'ES256' && input.sign0.key.crv === 'P-256',
  );

  it('has the twelve ES256 samples that are read here', () => {
    expect(signed.map(([name]) => name).sort()).toEqual([
      'CWT/A_3.json',
      'RFC8152/Appendix_C_2_1.json',
      'ecdsa-examples/ecdsa-sig-01.json',
      ...[1, 2, 3, 4, 6, 7].map((n) => `sign1-tests/sign-fail-0${n}.json`),
      ...[1, 2, 3].map((n) => `sign1-tests/sign-pass-0${n}.json`),
    ]);
  });

  describe.each(platforms)('%s', (_platform, crypto) => {
    it.each(signed)('%s', async (_name, { fail = false, input, output }) => {
      const { key, external } = input.sign0!;
      let held = false;
      try {
        const envelope = readEnvelope(fromHex(output.cbor));
        const { header, payload, signature, algorithm } = envelope;
        const bytes = external ? toBeSigned(header, fromHex(external), payload) : signedBytes(envelope);
        held = algorithm === 'ES256' && (await crypto.verify(algorithm, spkiOf(key), bytes, signature));
      } catch (error) {
        expect(error).toMatchObject({ name: 'MunjigiError' });
      }
      expect(held).toBe(!fail);
    });

    it('verifies RSA-PSS with SHA-256 over the bytes of rsa-pss-01, and no other algorithm over them', async () => {
      const sample = read(join(cose.path, 'rsa-pss-examples', 'rsa-pss-01.json')) as {
        input: { sign: { signers: readonly { key: Record<string, string> }[] } };
        intermediates: { signers: readonly { ToBeSign_hex: string }[] };
        output: { cbor_diag: string };
      };
      const { n_hex, e_hex } = sample.input.sign.signers[0]!.key;
      const jwk = { kty: 'RSA', n: base64url(n_hex!), e: base64url(e_hex!) };
      const key = new Uint8Array(
        createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
      );
      const bytes = fromHex(sample.intermediates.signers[0]!.ToBeSign_hex);
      const signature = fromHex(/h'([0-9A-F]{512})'/.exec(sample.output.cbor_diag)![1]!);
      const answers = (['PS256', 'ES256'] as const).map((algorithm: Algorithm) =>
        crypto.verify(algorithm, key, bytes, signature),
      );
      expect(await Promise.all(answers)).toEqual([true, false]);
    });
  });
});
