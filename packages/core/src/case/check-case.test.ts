import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseVector } from '../../test/case-vector.ts';
import {
  approve,
  CASE,
  CONTEXT,
  credentialOf,
  NOW,
  OFFICERS,
  rsaKey,
  type Wrong,
} from '../../test/officers.ts';
import { crypto, testKey } from '../../test/test-keys.ts';
import { fromHex, toHex, utf8Encode } from '../encoding/index.ts';
import {
  type ApprovalRole,
  approvalChallenge,
  type Case,
  type CaseContext,
  type CaseProblem,
  caseHash,
  checkCase,
  decodeApproval,
  decodeCase,
  encodeApproval,
  encodeCase,
  rawSignature,
} from './index.ts';

const bytes = encodeCase(CASE);
const both = (other: Uint8Array = bytes) => [approve('opener', other), approve('approver', other)];
const judge = async (caseBytes: Uint8Array, approvals: Uint8Array[], context: Partial<CaseContext> = {}) => {
  const verdict = await checkCase(caseBytes, approvals, { ...CONTEXT, ...context }, crypto);
  return verdict.ok ? 'stands' : verdict.problem;
};

describe('a case stands', () => {
  it('with two officers of two bodies, in either order', async () => {
    expect(await judge(bytes, both())).toBe('stands');
    expect(await judge(bytes, both().reverse())).toBe('stands');
  });

  it('with keys listed as SubjectPublicKeyInfo, and a console on any port of this machine where it says so', async () => {
    const consoles = {
      ...CONTEXT.consoles,
      register: { origins: ['http://register.localhost:*'], rpId: 'register.localhost' },
    };
    const local: Wrong = { origin: 'http://register.localhost:8787', rpId: 'register.localhost' };
    const approvals = (wrong: Wrong) => [
      approve('opener'),
      approve('approver', bytes, { ...local, ...wrong }),
    ];
    expect(await judge(bytes, approvals({}), { consoles })).toBe('stands');
    for (const origin of [
      'http://register.localhost:8787.evil',
      'http://register.localhost:',
      'https://register.localhost:1',
    ])
      expect(await judge(bytes, approvals({ origin }), { consoles }), origin).toBe('origin');
  });

  it('and reads back as it was written; another order of issuers is the same case', () => {
    expect(decodeCase(bytes)).toEqual(CASE);
    const two = encodeCase({ ...CASE, issuers: ['b', 'a'] });
    expect(decodeCase(two).issuers).toEqual(['a', 'b']);
    const approval = decodeApproval(approve('opener'));
    expect(decodeApproval(encodeApproval(approval))).toEqual(approval);
  });
});

describe('a case does not stand', () => {
  const signed = (change: Partial<Case>) => {
    const other = encodeCase({ ...CASE, ...change });
    return judge(other, both(other));
  };
  it.each<[string, Partial<Case>, CaseProblem]>([
    ['opened in the future', { openedAt: NOW + 600, until: CASE.until }, 'not-yet'],
    ['past its end', { expiresAt: NOW - 1, openedAt: NOW - 3000 }, 'expired'],
    ['that lives longer than 72 hours', { expiresAt: CASE.openedAt + 72 * 3600 + 1 }, 'expiry-too-long'],
    ['that ends before it begins', { expiresAt: CASE.openedAt }, 'expiry-too-long'],
    ['with an empty window', { until: CASE.from }, 'window'],
    ['that looks into the future', { until: CASE.openedAt + 1 }, 'window-not-past'],
    ['that reaches behind retention', { from: CONTEXT.oldest - 1 }, 'window-outside-retention'],
    ['with a cap of nothing', { cap: 0 }, 'cap'],
    ['of another policy', { policy: 'visitor-register' }, 'policy'],
    ['that names a bundle nobody has seen', { bundle: { rootVersion: 1, sequence: 5 } }, 'bundle'],
  ])('%s', async (_, change, problem) => expect(await signed(change)).toBe(problem));

  it.each<[string, Partial<Case>]>([
    ['window', { from: CASE.from - 3600 }],
    ['window at its end', { until: CASE.until + 60 }],
    ['cap', { cap: 2000 }],
    ['venue', { venueId: 8 }],
    ['expiry', { expiresAt: CASE.expiresAt + 3600 }],
    ['issuers', { issuers: ['kr-2022', 'other'] }],
    ['reason', { reason: 'Something else' }],
  ])('when its %s was widened after signing', async (_, change) => {
    expect(await judge(encodeCase({ ...CASE, ...change }), both())).toBe('challenge');
  });

  it('with one signature, none, or three', async () => {
    expect(await judge(bytes, [])).toBe('approval-missing');
    expect(await judge(bytes, [approve('opener')])).toBe('approval-missing');
    expect(await judge(bytes, [approve('approver')])).toBe('approval-missing');
    expect(await judge(bytes, [...both(), approve('opener')])).toBe('structure');
  });

  it('with two officers of the same body, whatever they call themselves', async () => {
    const second = { credentialId: new Uint8Array(16).fill(9), key: testKey('second officer') };
    const officers = [
      ...OFFICERS,
      { ...OFFICERS[0]!, credentialId: second.credentialId, publicKey: second.key.publicKey },
    ];
    const twice = [approve('opener'), approve('opener', bytes, second)];
    expect(await judge(bytes, twice, { officers })).toBe('same-body');
    const posing = approve('approver', bytes, { ...second, body: 'authority' });
    expect(await judge(bytes, [approve('opener'), posing], { officers })).toBe('same-body');
    // The name of the other body does not help: there is no such officer there.
    const renamed = approve('approver', bytes, second);
    expect(await judge(bytes, [approve('opener'), renamed], { officers })).toBe('officer-unknown');
  });

  it('with one credential, or one key under two names, for both', async () => {
    const same = { credentialId: credentialOf('opener') };
    expect(await judge(bytes, [approve('opener'), approve('approver', bytes, same)])).toBe('same-credential');
    const officers = OFFICERS.map((officer) => ({ ...officer, publicKey: OFFICERS[0]!.publicKey }));
    expect(await judge(bytes, both(), { officers })).toBe('same-credential');
  });

  it('with a signature of the other role', async () => {
    const swapped = approve('approver', bytes, { challengeRole: 'opener' });
    expect(await judge(bytes, [approve('opener'), swapped])).toBe('challenge');
  });

  const end = (until: number, role: ApprovalRole = 'approver') =>
    OFFICERS.map((officer) =>
      officer.body === (role === 'opener' ? 'authority' : 'register') ? { ...officer, until } : officer,
    );
  it('with an officer who had left before signing, or who left since, or is not one yet', async () => {
    expect(await judge(bytes, both(), { officers: end(NOW - 400) })).toBe('officer-ended');
    expect(await judge(bytes, both(), { officers: end(NOW - 400, 'opener') })).toBe('officer-ended');
    expect(await judge(bytes, both(), { officers: end(NOW - 10) })).toBe('officer-ended');
    const officers = OFFICERS.map((officer) => ({ ...officer, from: NOW - 60 }));
    expect(await judge(bytes, both(), { officers })).toBe('officer-ended');
  });

  it('with a credential that is not listed, listed twice, or of somebody who is no officer', async () => {
    expect(await judge(bytes, both(), { officers: OFFICERS.slice(0, 1) })).toBe('officer-unknown');
    expect(await judge(bytes, both(), { officers: [...OFFICERS, OFFICERS[1]!] })).toBe('officer-unknown');
    const officers = OFFICERS.map((officer) => ({ ...officer, role: 'inspector' }));
    expect(await judge(bytes, both(), { officers })).toBe('officer-unknown');
  });

  it.each<[string, Wrong, CaseProblem]>([
    ['made at another page', { origin: 'https://register.example.evil' }, 'origin'],
    ['made at the page of the other body', { origin: 'https://authority.example' }, 'origin'],
    ['for another domain', { rpId: 'authority.example' }, 'rp-id'],
    ['inside a foreign frame', { client: { crossOrigin: true } }, 'cross-origin'],
    ['with a crossOrigin that is no word', { client: { crossOrigin: 'false' } }, 'cross-origin'],
    ['inside a frame that names its top', { client: { topOrigin: 'https://evil.example' } }, 'cross-origin'],
    ['that makes a credential', { type: 'webauthn.create' }, 'type'],
    ['without anybody there', { flags: 0x04 }, 'user-present'],
    ['without verification', { flags: 0x01 }, 'user-verified'],
    ['by a synced key', { flags: 0x0d }, 'backup-eligible'],
    ['by a key that is backed up', { flags: 0x15 }, 'backup-eligible'],
    ['with an extension nobody asked for', { extra: 3 }, 'structure'],
    ['over another case', { over: encodeCase({ ...CASE, venueId: 8 }) }, 'challenge'],
    ['by another key', { key: testKey('somebody else') }, 'signature'],
    ['from before the case', { at: CASE.openedAt - 600 }, 'not-yet'],
    ['from the future', { at: NOW + 600 }, 'not-yet'],
  ])('with an assertion %s', async (_, wrong, problem) => {
    expect(await judge(bytes, [approve('opener'), approve('approver', bytes, wrong)])).toBe(problem);
  });

  it('with an RS256 credential, even when it signed genuinely', async () => {
    const rsa = rsaKey();
    const officers = [OFFICERS[0]!, { ...OFFICERS[1]!, publicKey: rsa.spki }];
    expect(await judge(bytes, both(), { officers })).toBe('algorithm');
  });

  it('as broken bytes: a verdict, never an error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 3 }),
        async (junk, approvals) => {
          expect(await judge(junk, approvals)).not.toBe('stands');
          expect(await judge(bytes, approvals)).not.toBe('stands');
        },
      ),
    );
  });

  it('with one byte of anything turned', async () => {
    const approvals = both();
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, mask) => {
        const parts = [bytes, ...approvals].map((part) => part.slice());
        const part = parts[which]!;
        const at = where % part.length;
        part[at]! ^= mask;
        // The time of an approval is the body's word: only that may be another one.
        const isTime = which > 0 && at >= part.length - 4;
        if (!isTime) expect(await judge(parts[0]!, parts.slice(1))).not.toBe('stands');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a DER signature', () => {
  it('is read in its one strict form', () => {
    const good = decodeApproval(approve('opener')).signature;
    expect(rawSignature(good)).toHaveLength(64);
    const long = new Uint8Array([...good, 0]);
    const padded = new Uint8Array([0x30, good[1]! + 1, 2, good[3]! + 1, 0, ...good.slice(4)]);
    for (const wrong of [long, padded, good.slice(0, -1), new Uint8Array(70), utf8Encode('30')])
      expect(rawSignature(wrong)).toBeNull();
  });
});

describe('the vectors of a case (vectors/mj1-case.json)', () => {
  it('pin its bytes, its hash and both challenges', async () => {
    const vector = await caseVector();
    expect(toHex(bytes)).toBe(vector.case);
    expect(toHex(caseHash(bytes))).toBe(vector.caseHash);
    expect(toHex(approvalChallenge('opener', bytes))).toBe(vector.openerChallenge);
    expect(toHex(approvalChallenge('approver', bytes))).toBe(vector.approverChallenge);
  });
  it('hold two approvals that verify', async () => {
    const vector = await caseVector();
    expect(await judge(bytes, [fromHex(vector.opener!), fromHex(vector.approver!)])).toBe('stands');
  });
});
