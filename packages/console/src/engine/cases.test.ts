import { approvalChallenge, type Case, encodeCase } from '@munjigi/core/case';
import { sha256, toBase64url, toHex } from '@munjigi/core/encoding';
import { describe, expect, it } from 'vitest';
import { changedTerms, inGroups, readBytes, signBytes, type TermsJson } from './cases.ts';
import type { Console } from './console.ts';

const ONE: Case = {
  id: new Uint8Array(16).fill(7),
  venueId: 7,
  from: 1_641_438_000,
  until: 1_641_445_200,
  basis: 'Act 18',
  reason: 'An outbreak at noon',
  issuers: ['a', 'b'],
  cap: 200,
  openedAt: 1_641_465_000,
  expiresAt: 1_641_551_400,
  dwellMinutes: 60,
  policy: 'kr-2022',
  bundle: { rootVersion: 1, sequence: 12 },
};
const typed: TermsJson = { ...ONE, issuers: ['b', 'a'] };
const handedOver = (one: Case) => ({ id: 'x', case: toBase64url(encodeCase(one)), credentialIds: ['AAAA'] });

describe('a case that is to be signed', () => {
  it('is read from its bytes, and named by their hash', () => {
    const read = readBytes(handedOver(ONE));
    expect(read.terms).toEqual(ONE);
    expect(read.hash).toBe(toHex(sha256(encodeCase(ONE))));
    expect(read.id).toBe(toBase64url(ONE.id));
    expect(inGroups(read.hash)).toHaveLength(16);
  });

  it('is not signed where one field of it is not what was typed', () => {
    expect(changedTerms(typed, ONE)).toEqual([]);
    const changes: readonly Partial<Case>[] = [
      { venueId: 8 },
      { from: ONE.from - 1 },
      { until: ONE.until + 1 },
      { basis: 'Act 19' },
      { reason: 'Another' },
      { issuers: ['a', 'b', 'c'] },
      { issuers: ['a'] },
      { cap: 201 },
      { dwellMinutes: 61 },
    ];
    for (const change of changes)
      expect(changedTerms(typed, { ...ONE, ...change }), JSON.stringify(change)).toEqual(Object.keys(change));
  });

  it('is signed over a challenge that this page computed, in the role of its body, for its own host', async () => {
    const asked: PublicKeyCredentialRequestOptions[] = [];
    const app = (body: string) =>
      ({
        desk: { body },
        authenticator: {
          get: (options: CredentialRequestOptions) => {
            asked.push(options.publicKey!);
            return Promise.resolve(null);
          },
        },
      }) as unknown as Console;
    (globalThis as { location?: unknown }).location = { hostname: 'authority.localhost' };
    const bytes = encodeCase(ONE);
    for (const [body, role] of [
      ['authority', 'opener'],
      ['register', 'approver'],
    ] as const) {
      await expect(signBytes(app(body), bytes, ['AAAA'])).rejects.toMatchObject({ name: 'PasskeyRefused' });
      const last = asked.at(-1)!;
      expect(new Uint8Array(last.challenge as ArrayBuffer)).toEqual(approvalChallenge(role, bytes));
      expect(last).toMatchObject({ userVerification: 'required', rpId: 'authority.localhost' });
    }
  });
});
