import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base45Decode, base45Encode, fromHex, inflateZlib } from '../encoding/index.ts';
import { REASONS } from '../reasons.ts';
import { spkiFromPoint, webCrypto } from '../signing/index.ts';
import { trustFromKeys } from '../trust/keys.ts';
import type { TrustedKey } from '../trust/types.ts';
import { inspect } from './inspect.ts';
import { judgeAlone } from './judge-alone.ts';
import { STEPS } from './types.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../vectors/${name}`, import.meta.url), 'utf8')) as never;
const passes = read('mj1-pass.json') as {
  readonly issuer: { readonly publicKey: string };
  readonly valid: readonly { readonly text: string }[];
  readonly invalid: readonly { readonly text: string }[];
};
const certificates = read('hcert.json') as {
  readonly clock: string;
  readonly certificates: Readonly<Record<string, string>>;
  readonly cases: readonly { readonly certificate: string; readonly reason: string; readonly text: string }[];
};

const crypto = webCrypto(globalThis.crypto.subtle as never);
const common = {
  algorithm: 'ES256',
  issuer: 'vectors',
  usage: null,
  from: null,
  until: null,
  withdrawn: false,
} as const;
const pass = (keyId: string): TrustedKey => ({
  ...common,
  format: 'entry-pass',
  keyId,
  publicKey: spkiFromPoint(fromHex(passes.issuer.publicKey)),
  usage: ['pass'],
});
const certificateKeys = await Promise.all(
  Object.values(certificates.certificates).map(async (der): Promise<TrustedKey> => {
    const certificate = new X509Certificate(Buffer.from(der, 'base64'));
    const digest = await globalThis.crypto.subtle.digest('SHA-256', certificate.raw);
    return {
      ...common,
      format: 'hcert',
      keyId: Buffer.from(digest).subarray(0, 8).toString('base64'),
      publicKey: new Uint8Array(certificate.publicKey.export({ type: 'spki', format: 'der' })),
      algorithm: certificate.publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256',
    };
  }),
);
const trust = trustFromKeys([pass('01'), pass('012c'), ...certificateKeys], { timeZone: 'Asia/Seoul' });

/** Everything that the vectors hold, as the bytes under the text where there are any. */
const corpus = [...passes.valid, ...passes.invalid, ...certificates.cases].map(({ text }) => text);
type Mutation = (bytes: Uint8Array) => Uint8Array;
const place = (bytes: Uint8Array, at: number) => at % Math.max(1, bytes.length);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(
    ([at, flip]): Mutation =>
      (bytes) =>
        bytes.map((byte, i) => (i === place(bytes, at) ? byte ^ flip : byte)),
  ),
  fc.nat().map(
    (at): Mutation =>
      (bytes) =>
        bytes.slice(0, place(bytes, at)),
  ),
  fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 9 })).map(
    ([at, more]): Mutation =>
      (bytes) =>
        Uint8Array.from([...bytes.slice(0, place(bytes, at)), ...more, ...bytes.slice(place(bytes, at))]),
  ),
  fc.tuple(fc.nat(), fc.nat(20)).map(
    ([at, length]): Mutation =>
      (bytes) =>
        Uint8Array.from([...bytes.slice(0, place(bytes, at)), ...bytes.slice(place(bytes, at) + length + 1)]),
  ),
  fc.tuple(fc.nat(), fc.nat(), fc.nat(40)).map(
    ([from, to, length]): Mutation =>
      (bytes) => {
        const out = bytes.slice();
        out.copyWithin(place(bytes, to), place(bytes, from), place(bytes, from) + length);
        return out;
      },
  ),
);

/** Mutates the bytes under the text; of a certificate, those inside the packing as often as those of it. */
function mutate(text: string, change: Mutation, inside: boolean): string {
  const prefix = text.slice(0, 4);
  let bytes: Uint8Array;
  try {
    bytes = base45Decode(text, 4);
  } catch {
    return (
      prefix + String.fromCharCode(...change(Uint8Array.from(text.slice(4), (char) => char.charCodeAt(0))))
    );
  }
  if (prefix !== 'HC1:' || !inside) return prefix + base45Encode(change(bytes));
  try {
    return prefix + base45Encode(deflateSync(change(inflateZlib(bytes, 1 << 17).bytes)));
  } catch {
    return prefix + base45Encode(change(bytes));
  }
}

/** Content that was signed: two texts with the same content are one pass, however they are packed. */
async function contentOf(text: string): Promise<string> {
  const { claim, payload, keyId, notAfter } = await inspect(text, trust, crypto, { payload: true });
  const { subject: _, ...said } = (claim ?? {}) as Record<string, unknown>;
  return JSON.stringify([payload, keyId, notAfter, said], (_key, value: unknown) =>
    value instanceof Uint8Array ? [...value] : value,
  );
}

/** What is said of a text alone, at the moment at which it was drawn, or at the clock of the certificates. */
async function verdictOf(text: string): Promise<string> {
  const result = await inspect(text, trust, crypto);
  const at =
    (result.claim?.kind === 'pass' ? result.claim.drawnAt : null) ?? Date.parse(certificates.clock) / 1000;
  const paper =
    result.claim?.kind === 'pass' && result.claim.form === 'paper' ? result.claim.expiresAt - 60 : at;
  return judgeAlone(result, trust, paper).verdict;
}

describe('inspect, whatever it is shown', () => {
  it('never throws, always judges every step, and lets no changed pass in', async () => {
    const admitted = await Promise.all(
      corpus.map(async (text) => ((await verdictOf(text)) === 'admit' ? text : null)),
    );
    const good = admitted.filter((text) => text !== null);
    // All good vectors, and the one that only its key usage refuses: these keys may sign anything.
    expect(good.length).toBe(
      passes.valid.length +
        certificates.cases.filter(({ reason }) => reason === 'ok' || reason === 'key-usage').length,
    );
    const known = new Set(await Promise.all(good.map(contentOf)));
    const seed = Number(process.env.MUNJIGI_FUZZ_SEED ?? 20220106);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...corpus),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (text, changes, inside) => {
          const changed = changes.reduce((now, change) => mutate(now, change, inside), text);
          const result = await inspect(changed, trust, crypto);
          expect(Object.keys(result.steps)).toEqual([...STEPS]);
          expect(result.reason === null || result.reason in REASONS).toBe(true);
          // What is still found good must say, byte for byte, what a good vector says.
          if ((await verdictOf(changed)) === 'admit') expect(known).toContain(await contentOf(changed));
        },
      ),
      {
        numRuns: Number(process.env.MUNJIGI_FUZZ_RUNS ?? 4000),
        seed,
        interruptAfterTimeLimit: Number(process.env.MUNJIGI_FUZZ_MS ?? 2500),
        markInterruptAsFailure: false,
      },
    );
  });

  it('never throws on any text at all', async () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 300 }).map((text) => `MJ1:${text}`),
      fc.string({ maxLength: 300 }).map((text) => `HC1:${text}`),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => `MJ1:${base45Encode(bytes)}`),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => `HC1:${base45Encode(deflateSync(bytes))}`),
    );
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const { reason } = await inspect(text, trust, crypto);
        expect(reason).toMatch(/^(not-a-pass|decode|inflate|structure|schema|issuer-unknown)$/);
      }),
      { numRuns: 1500, interruptAfterTimeLimit: 1500, markInterruptAsFailure: false },
    );
  });

  it('survives a trust and a cryptography that throw', async () => {
    const text = passes.valid[0]!.text;
    const broken = {
      ...trust,
      keys: () => {
        throw new Error('broken');
      },
    };
    expect((await inspect(text, broken, crypto)).reason).toBe('structure');
    const refusing = {
      ...crypto,
      verify: () => {
        throw new Error('broken');
      },
    };
    expect((await inspect(text, trust, refusing)).reason).toBe('structure');
  });
});
