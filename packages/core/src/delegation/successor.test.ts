import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { chainKid, genesis } from '../chain/index.ts';
import { type CborValue, encodeDeterministic, fromHex, sha256, toHex } from '../encoding/index.ts';
import { possessionBytes } from '../entry-pass/index.ts';
import { isMunjigiError } from '../errors.ts';
import {
  compressPoint,
  keyThumbprint,
  parseDocument,
  signDocument,
  spkiFromPoint,
} from '../signing/index.ts';
import { openSuccessor, parseSuccessor, type Successor, signSuccessor } from './index.ts';

/**
 * vectors/mj1-successor.json: payload and to-be-signed bytes are computed again and must be equal; signatures are one sample.
 * `MUNJIGI_WRITE_VECTORS=1 npx vitest run packages/core/src/delegation/successor` writes the file anew.
 */
const file = fileURLToPath(new URL('../../../../vectors/mj1-successor.json', import.meta.url));

const old = testKey('mj1 test gate');
const next = testKey('mj1 test next gate');
const stranger = testKey('mj1 test stranger');
const gate = keyThumbprint(old.publicKey);
const GIVEN: Successor = {
  venueId: 7,
  gate,
  head: { counter: 505, hash: new Uint8Array(32).fill(5) },
  gateKey: compressPoint(next.publicKey),
  at: 1_641_445_080,
};
const fields = (change: Partial<Successor> = {}): CborValue => {
  const s = { ...GIVEN, ...change };
  return [1, s.venueId, s.gate, [s.head.counter, s.head.hash], s.gateKey, s.at];
};
const kid = chainKid(old.publicKey);
const sign = (payload: CborValue, kind: 'successor' | 'delegation' = 'successor') =>
  signDocument(kind, payload, old, kid);

/** What must fail, by the rule that it breaks. */
const ATTACKS: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  'signed by a stranger in the old key’s name': () =>
    signDocument('successor', fields(), stranger, chainKid(old.publicKey)),
  'signed by a stranger in their own name': () =>
    signDocument('successor', fields(), stranger, chainKid(stranger.publicKey)),
  'signed by the new key': () => signDocument('successor', fields(), next, chainKid(next.publicKey)),
  'of another chain': () => sign(fields({ gate: keyThumbprint(stranger.publicKey) })),
  'to the old key itself': () => sign(fields({ gateKey: compressPoint(old.publicKey) })),
  'to a key that is not on the curve': () =>
    sign(fields({ gateKey: Uint8Array.of(2, ...new Uint8Array(32).fill(255)) })),
  'with a counter that no chain reaches': () => sign(fields({ head: { ...GIVEN.head, counter: 2 ** 31 } })),
  'with a field more': () => sign([...(fields() as readonly CborValue[]), 1]),
  'that is a delegation': () => sign(fields(), 'delegation'),
};

describe('a gate’s new key', () => {
  it('is certified by the old one, for the place where its branch ends', async () => {
    const signed = await signSuccessor(GIVEN, old);
    expect(await openSuccessor(signed, old.publicKey, crypto)).toEqual(GIVEN);
    expect(parseSuccessor(signed)).toEqual(GIVEN);
    // A branch without an entry ends at the genesis.
    const fresh = { ...GIVEN, head: { counter: 0, hash: genesis(gate, 7) } };
    expect((await openSuccessor(await signSuccessor(fresh, old), old.publicKey, crypto)).head).toEqual(
      fresh.head,
    );
  });

  it.each(Object.keys(ATTACKS))('is not believed %s', async (name) => {
    await expect(openSuccessor(await ATTACKS[name]!(), old.publicKey, crypto)).rejects.toSatisfy(
      isMunjigiError,
    );
  });

  it('is not believed with one byte changed, nor cut short', async () => {
    const signed = await signSuccessor(GIVEN, old);
    for (let at = 0; at < signed.length; at++) {
      const bent = signed.slice();
      bent[at]! ^= 1;
      for (const bad of [bent, signed.slice(0, at)])
        await expect(openSuccessor(bad, old.publicKey, crypto), `byte ${at}`).rejects.toSatisfy(
          isMunjigiError,
        );
    }
  });

  it('reads any bytes without another error than its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        expect(() => parseSuccessor(bytes)).toThrow(expect.objectContaining({ name: 'MunjigiError' }));
        await expect(openSuccessor(bytes, old.publicKey, crypto)).rejects.toSatisfy(isMunjigiError);
      }),
    );
  });
});

describe('vectors/mj1-successor.json', () => {
  const fixed = () => ({
    venueId: GIVEN.venueId,
    gate: toHex(gate),
    counter: GIVEN.head.counter,
    head: toHex(GIVEN.head.hash),
    gateKey: toHex(GIVEN.gateKey),
    at: GIVEN.at,
    payload: toHex(encodeDeterministic(fields())),
  });

  it('agrees byte by byte, and its samples verify or fail as they say', async () => {
    if (process.env.MUNJIGI_WRITE_VECTORS || !existsSync(file)) {
      const signed = await signSuccessor(GIVEN, old);
      const invalid = [];
      for (const [what, make] of Object.entries(ATTACKS))
        invalid.push({ what: what.replace('’', "'"), signed: toHex(await make()) });
      const made = {
        about:
          'A gate\'s new key after a fork (docs/protocol/successor.cddl). Private keys are SHA-256 of "mj1 test gate" (old) and "mj1 test next gate". Hexadecimal; signatures are one sample each.',
        old: toHex(old.publicKey),
        ...fixed(),
        toBeSigned: toHex(parseDocument('successor', signed).toBeSigned),
        signed: toHex(signed),
        proof: toHex(await next.sign(possessionBytes(sha256(signed), GIVEN.gateKey))),
        invalid,
      };
      writeFileSync(file, `${JSON.stringify(made, null, 1)}\n`);
    }
    const kept = JSON.parse(readFileSync(file, 'utf8'));
    expect(kept).toMatchObject(fixed());
    const signed = fromHex(kept.signed);
    expect(toHex(parseDocument('successor', signed).toBeSigned)).toBe(kept.toBeSigned);
    expect(await openSuccessor(signed, fromHex(kept.old), crypto)).toEqual(GIVEN);
    const proved = possessionBytes(sha256(signed), GIVEN.gateKey);
    expect(await crypto.verify('ES256', spkiFromPoint(next.publicKey), proved, fromHex(kept.proof))).toBe(
      true,
    );
    expect(kept.invalid).toHaveLength(Object.keys(ATTACKS).length);
    for (const { what, signed: bad } of kept.invalid)
      await expect(openSuccessor(fromHex(bad), fromHex(kept.old), crypto), what).rejects.toSatisfy(
        isMunjigiError,
      );
  });
});
