import { decodeCase, encodeCase } from '@munjigi/core/case';
import { fromBase64 } from '@munjigi/core/encoding';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR } from '../packages/service/src/lib/who.ts';
import { originOf, signedIn } from './support/accounts.ts';
import { type Oddities, TestAuthenticator } from './support/authenticator.ts';
import {
  approve,
  type CaseStand,
  type Officer,
  openedCase,
  startCaseStand,
  termsOf,
  text,
} from './support/case-stand.ts';

describe('a case is signed by two officers of two bodies, or it is nothing', () => {
  let stand: CaseStand;
  let opener: Officer;
  let approver: Officer;
  let venueId: number;

  beforeAll(async () => {
    stand = await startCaseStand();
    opener = await stand.officer('authority');
    approver = await stand.officer('register');
    venueId = (await stand.venue()).venueId;
  });
  afterAll(() => stand.test.remove());

  const errorOf = ({ json }: { json: { error?: string } }) => json.error ?? 'none';

  it('nobody but an officer of the authority opens one, and nobody but an officer of the register approves it', async () => {
    const { id } = await openedCase(stand, opener, venueId);
    const terms = termsOf(stand, venueId);
    const operator = await stand.test.operate('POST', '/api/authority/cases', terms);
    expect([operator.status, errorOf(operator)]).toEqual([403, 'session.role']);
    expect(errorOf(await stand.test.call('POST', '/api/authority/cases', terms))).toBe('session.needed');
    // The cookie of the other body says nothing here.
    expect(errorOf(await approver.call('POST', '/api/authority/cases', terms))).toBe('session.needed');
    expect(errorOf(await opener.call('GET', `/api/register/cases/${id}`))).toBe('session.needed');
    for (const role of ['owner', 'staff', 'inspector'] as const) {
      const other = await signedIn(stand.test, 'register', role, []);
      expect(errorOf(await other.call('GET', '/api/register/cases')), role).toBe('session.role');
    }
    expect(errorOf(await stand.test.operate('GET', `/api/authority/cases/${id}/list`))).toBe('session.role');
  });

  it('one signature releases nothing', async () => {
    const { id } = await openedCase(stand, opener, venueId);
    expect(errorOf(await opener.call('POST', `/api/authority/cases/${id}/open`))).toBe('case.not-released');
    expect(errorOf(await opener.call('GET', `/api/authority/cases/${id}/list`))).toBe('case.not-opened');
    expect(await stand.test.service.desks.register!.cases!.released(fromBase64(id))).toBeNull();
  });

  it('a draft that nobody signed stays where it was written', async () => {
    const { json } = await opener.call('POST', '/api/authority/cases', termsOf(stand, venueId));
    expect(errorOf(await approver.call('GET', `/api/register/cases/${json.id}`))).toBe('case.unknown');
  });

  it.each<[string, Oddities, string]>([
    ['made on another page', { origin: 'http://evil.localhost:8787' }, 'case.origin'],
    ["made on the authority's page", { origin: originOf('authority') }, 'case.origin'],
    ['for the domain of the other body', { rpId: 'authority.localhost' }, 'case.rp-id'],
    ['inside a foreign frame', { crossOrigin: true }, 'case.cross-origin'],
    ['that makes a credential', { type: 'webauthn.create' }, 'case.type'],
    ['without verification', { verified: false }, 'case.user-verified'],
    ['without anybody there', { present: false }, 'case.user-present'],
    ['by a synced passkey', { synced: true }, 'case.backup-eligible'],
    ['over another challenge', { challenge: text(new Uint8Array(32)) }, 'case.challenge'],
  ])('an assertion %s is refused at both consoles', async (_, odd, code) => {
    const written = (await opener.call('POST', '/api/authority/cases', termsOf(stand, venueId))).json;
    const url = `/api/authority/cases/${written.id}/approvals`;
    const atOpener = { ...odd };
    if (odd.rpId) Object.assign(atOpener, { rpId: 'register.localhost' });
    if (odd.origin === originOf('authority')) Object.assign(atOpener, { origin: originOf('register') });
    expect(errorOf(await opener.call('POST', url, opener.sign(written, atOpener)))).toBe(code);
    const { id } = await openedCase(stand, opener, venueId);
    expect(errorOf(await approve(approver, id, odd))).toBe(code);
    expect((await approver.call('GET', `/api/register/cases/${id}`)).json.state).toBe('waiting');
  });

  it("the opener's own signature, and an officer of the same body, do not count as the second", async () => {
    const { id } = await openedCase(stand, opener, venueId);
    const shown = (await approver.call('GET', `/api/register/cases/${id}`)).json;
    const url = `/api/register/cases/${id}/approvals`;
    expect(errorOf(await approver.call('POST', url, opener.sign(shown)))).toBe('case.officer-unknown');
    const second = await stand.officer('authority');
    expect(errorOf(await approver.call('POST', url, second.sign(shown)))).toBe('case.officer-unknown');
    // One who signs as opener what was asked of the approver.
    const asOpener = (await opener.call('GET', `/api/authority/cases/${id}`)).json.toSign;
    expect(errorOf(await approver.call('POST', url, approver.sign(asOpener)))).toBe('case.challenge');
  });

  it("a colleague's passkey does not sign for the account that is signed in, at either console", async () => {
    const written = (await opener.call('POST', '/api/authority/cases', termsOf(stand, venueId))).json;
    const other = await stand.officer('authority');
    const url = `/api/authority/cases/${written.id}/approvals`;
    expect(errorOf(await opener.call('POST', url, other.sign(written)))).toBe('case.other-account');
    expect((await opener.call('POST', url, opener.sign(written))).json.state).toBe('waiting');
    const shown = (await approver.call('GET', `/api/register/cases/${written.id}`)).json;
    const colleague = await stand.officer('register');
    const second = `/api/register/cases/${written.id}/approvals`;
    expect(errorOf(await approver.call('POST', second, colleague.sign(shown)))).toBe('case.other-account');
    expect((await approver.call('GET', `/api/register/cases/${written.id}`)).json.state).toBe('waiting');
  });

  it('what is widened after the opener has signed is another case, wherever it comes in', async () => {
    const { id, case: signed } = await openedCase(stand, opener, venueId);
    const cases = stand.test.service.desks.register!.cases!;
    const authority = stand.test.service.desks.authority!.cases!;
    const one = decodeCase(fromBase64(signed));
    const document = async (name: string) => (await authority.store.document(fromBase64(id), name))!;
    const logged = (await authority.store.logged(fromBase64(id), 'case-opened'))!;
    for (const change of [{ from: one.from - 3600 }, { cap: 5000 }, { venueId: venueId + 1 }]) {
      const widened = encodeCase({ ...one, id: new Uint8Array(16).fill(3), ...change });
      const taken = cases.take({ case: widened, opener: await document('opener'), logged });
      await expect(taken).rejects.toMatchObject({ code: 'case.challenge' });
    }
  });

  it('a case that the public log does not hold is not taken in: a line of another case, a broken receipt', async () => {
    const [first, second] = [
      await openedCase(stand, opener, venueId),
      await openedCase(stand, opener, venueId),
    ];
    const { desks } = stand.test.service;
    const [one, two] = [fromBase64(first.id), fromBase64(second.id)];
    const opened = async (from: Uint8Array) =>
      (await desks.authority!.cases!.store.logged(from, 'case-opened'))!;
    const approval = (await desks.authority!.cases!.store.document(one, 'opener'))!;
    const take = (logged: { line: Uint8Array; receipt: Uint8Array }) =>
      desks.register!.cases!.take({ case: fromBase64(first.case), opener: approval, logged });
    const [mine, other] = [await opened(one), await opened(two)];
    await take(mine);
    await expect(take(other)).rejects.toMatchObject({ code: 'case.log' });
    await expect(take({ line: mine.line, receipt: other.receipt })).rejects.toMatchObject({
      code: 'case.log',
    });
    const broken = mine.receipt.slice();
    broken[broken.length - 1]! ^= 1;
    await expect(take({ line: mine.line, receipt: broken })).rejects.toMatchObject({ code: 'case.log' });
  });

  it('an officer who has left signs nothing, and what they signed stops counting', async () => {
    const leaving = await stand.officer('register');
    const { id } = await openedCase(stand, opener, venueId);
    const later = await openedCase(stand, opener, venueId);
    expect((await approve(leaving, id)).status).toBe(200);
    stand.later(5000);
    const shown = (await approver.call('GET', `/api/register/cases/${later.id}`)).json;
    await stand.test.service.accounts.get('register')!.end(leaving.accountId, OPERATOR);
    expect(errorOf(await leaving.call('GET', '/api/register/cases'))).toBe('session.needed');
    const url = `/api/register/cases/${later.id}/approvals`;
    expect(errorOf(await approver.call('POST', url, leaving.sign(shown)))).toBe('case.officer-ended');
    expect(errorOf(await opener.call('POST', `/api/authority/cases/${id}/open`))).toBe('case.officer-ended');
  });

  it('an officer cannot enrol a passkey that signs with RS256, nor one that is copied elsewhere', async () => {
    await expect(stand.officer('register', new TestAuthenticator('RS256'))).rejects.toMatchObject({
      name: 'ApiError',
    });
  });

  it('a case is signed once in each role, and a second approval changes nothing', async () => {
    const { id } = await openedCase(stand, opener, venueId);
    expect((await approve(approver, id)).status).toBe(200);
    expect(errorOf(await approve(approver, id))).toBe('case.signed-already');
  });

  it('an expired case is refused everywhere, and deleted with its hour', async () => {
    const { id } = await openedCase(stand, opener, venueId, { hours: 1 });
    const shown = (await approver.call('GET', `/api/register/cases/${id}`)).json;
    stand.later(3600_000);
    const url = `/api/register/cases/${id}/approvals`;
    expect(errorOf(await approver.call('POST', url, approver.sign(shown)))).toBe('case.expired');
    expect(
      (await approver.call('GET', '/api/register/cases')).json.cases.map((c: { id: string }) => c.id),
    ).not.toContain(id);
    const { register, authority } = stand.test.service.desks;
    await authority!.cases!.tend();
    await register!.cases!.tend();
    expect(errorOf(await opener.call('GET', `/api/authority/cases/${id}`))).toBe('case.unknown');
    expect(errorOf(await approver.call('GET', `/api/register/cases/${id}`))).toBe('case.unknown');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a window in the future', { until: 2_000_000_000 }, 'case.window-not-past'],
    ['a window behind retention', { from: 1_600_000_000 }, 'case.window-outside-retention'],
    ['a window that is empty', { from: 1_641_430_000, until: 1_641_430_000 }, 'case.window'],
    ['a cap of nothing', { cap: 0 }, 'request.schema'],
    ['more than 72 hours', { hours: 73 }, 'request.schema'],
    ['no reason', { reason: '' }, 'request.schema'],
    ['a reason of blanks', { reason: '  ' }, 'case.structure'],
  ])('%s cannot be asked for', async (_, change, code) => {
    const answer = await opener.call('POST', '/api/authority/cases', termsOf(stand, venueId, change));
    expect(errorOf(answer)).toBe(code);
    expect(answer.status).toBeLessThan(500);
  });

  it('says in the log of the service what was refused, and nothing of the case', () => {
    const told = stand.test.log.join('');
    expect(told).toContain('case-refused');
    expect(told).not.toContain('Act 76-2');
    expect(told).not.toContain('confirmed');
  });
});
