import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { isMunjigiError } from '../errors.ts';
import { signDocument } from '../signing/index.ts';
import { signerKid } from '../trust/index.ts';
import { type CanaryKey, type Observation, openObservation, signObservation } from './index.ts';

const seoul = testKey('a canary in Seoul');
const busan = testKey('a canary in Busan');
const listed: readonly CanaryKey[] = [
  { name: 'seoul', publicKey: seoul.publicKey },
  { name: 'busan', publicKey: busan.publicKey },
];
const round: Observation = {
  canary: 'seoul',
  sequence: 41,
  at: 1_641_445_205,
  seen: [
    { component: 'register', door: 'front', side: 'outside', state: 'down', step: 'upload', ms: 2_004 },
    { component: 'register', door: 'node-a', side: 'beside', state: 'works', step: 'receipt', ms: 61 },
    { component: 'documents', door: 'mirror', side: 'outside', state: 'slow', step: 'age', ms: null },
  ],
};

describe('an observation', () => {
  it('comes back as it was signed, under the key that is listed for its canary', async () => {
    const bytes = await signObservation(round, seoul);
    expect(await openObservation(bytes, listed, crypto)).toEqual(round);
    expect(bytes.length).toBeLessThan(300);
  });

  it('is refused from a key that nobody listed, and from one that speaks under another name', async () => {
    const stranger = await signObservation(round, testKey('somebody else'));
    const impostor = await signObservation(round, busan);
    for (const bytes of [stranger, impostor])
      await expect(openObservation(bytes, listed, crypto)).rejects.toMatchObject({
        code: 'signing.unknown-key',
      });
  });

  it('is not believed with any bit changed, and never breaks the reader', async () => {
    const signed = await signObservation(round, seoul);
    for (let at = 0; at < signed.length; at++) {
      const bent = signed.slice();
      bent[at]! ^= 1 << (at % 8);
      const outcome = await openObservation(bent, listed, crypto).then(
        () => 'believed',
        (error: unknown) => (isMunjigiError(error) ? 'refused' : error),
      );
      expect(outcome, `bit of byte ${at}`).toBe('refused');
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) =>
        isMunjigiError(await openObservation(bytes, listed, crypto).catch((error: unknown) => error)),
      ),
      { seed: 20220106, numRuns: 200 },
    );
  });

  it('cannot be another document of the same key', async () => {
    const bytes = await signDocument(
      'batch',
      [1, 'seoul', 41, 1_641_445_205, []],
      seoul,
      signerKid(seoul.publicKey),
    );
    await expect(openObservation(bytes, listed, crypto)).rejects.toMatchObject({ code: 'signing.signature' });
  });

  it.each([
    ['a name that is no word', { canary: 'Seoul 1' }],
    ['no sequence', { sequence: 0 }],
    ['a look that took forever', { seen: [{ ...round.seen[0]!, ms: 3_600_001 }] }],
    ['more looks than doors there are', { seen: Array(65).fill(round.seen[0]) }],
  ])('is not signed with %s', async (_, wrong) => {
    await expect(signObservation({ ...round, ...wrong }, seoul)).rejects.toMatchObject({
      code: 'incident.structure',
    });
  });
});
