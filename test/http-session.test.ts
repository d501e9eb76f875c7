import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { originOf, signedIn } from './support/accounts.ts';
import { TestAuthenticator } from './support/authenticator.ts';
import { startTestService, type TestService } from './support/service.ts';

const VENUE = { name: 'a', kind: 'cafe', region: 'seoul' };

describe('sessions over HTTP', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.remove());

  const enrolled = async (role: 'owner' | 'officer' | 'operator') => {
    const invite = await test.operate('POST', '/api/register/session/invite', { name: role, roles: [role] });
    expect(invite.status, invite.text).toBe(200);
    const asked = await test.call('POST', '/api/register/session/enrol-options', { code: invite.json.code });
    const key = new TestAuthenticator();
    const answer = await test.call('POST', '/api/register/session/enrol', {
      response: key.create(asked.json.options, originOf('register')),
    });
    expect(answer.status, answer.text).toBe(200);
    return { key, answer };
  };
  const cookieOf = (headers: Record<string, unknown>) => String(headers['set-cookie']);

  it('begin with an invite, go on with a passkey, and end', async () => {
    const { key, answer } = await enrolled('owner');
    expect(answer.json).toMatchObject({ roles: ['owner'], passkeys: 1, advice: ['second-authenticator'] });
    const asked = await test.call('POST', '/api/register/session/options', {});
    const signed = await test.call('POST', '/api/register/session/sign-in', {
      response: key.get(asked.json.options, originOf('register')),
    });
    expect(signed.status, signed.text).toBe(200);
    const cookie = cookieOf(signed.headers);
    expect(cookie).toMatch(
      /^munjigi_register=[\w-]{43}; Path=\/api\/register; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const headers = { cookie: cookie.split(';')[0]!, 'sec-fetch-site': 'same-origin' };
    const who = await test.call('GET', '/api/register/session', undefined, headers);
    expect(who.json.account).toMatchObject({ accountId: answer.json.accountId, name: 'owner' });
    const out = await test.call('POST', '/api/register/session/sign-out', {}, headers);
    expect(cookieOf(out.headers)).toContain('munjigi_register=; Path=/api/register; Max-Age=0');
    expect((await test.call('GET', '/api/register/session', undefined, headers)).json).toEqual({
      account: null,
    });
  });

  it('are secret to the scripts and the other desks, and over https to anyone on the way', async () => {
    const asked = await test.operate('POST', '/api/register/session/invite', { name: 'o', roles: ['owner'] });
    const options = await test.call('POST', '/api/register/session/enrol-options', { code: asked.json.code });
    const answer = await test.call('POST', '/api/register/session/enrol', {
      response: new TestAuthenticator().create(options.json.options, 'https://register.localhost:8787'),
    });
    expect(cookieOf(answer.headers)).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
  });

  it('do nothing for another page: a changing request must come from the own console', async () => {
    const operator = await signedIn(test, 'register', 'operator');
    const post = (headers: Record<string, string>) =>
      test.call('POST', '/api/register/venues', VENUE, {
        cookie: operator.headers.cookie!,
        'content-type': 'application/json',
        ...headers,
      });
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://authority.localhost:8787' },
      { 'sec-fetch-site': 'cross-site', origin: originOf('register') },
    ] as Record<string, string>[]) {
      const answer = await post(headers);
      expect([answer.status, answer.json.error], JSON.stringify(headers)).toEqual([403, 'session.elsewhere']);
    }
    expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await post({ origin: originOf('register') })).status, 'an older browser').toBe(200);
    for (const path of ['options', 'sign-out', 'enrol-options']) {
      const answer = await test.call(
        'POST',
        `/api/register/session/${path}`,
        {},
        { 'sec-fetch-site': 'cross-site' },
      );
      expect([answer.status, answer.json.error], path).toEqual([403, 'session.elsewhere']);
    }
  });

  it('of one body are nothing to another, and two cookies of the name are none', async () => {
    const operator = await signedIn(test, 'authority', 'operator');
    const notice = { notice: null, status: 'confirmed' };
    expect((await operator.call('POST', '/api/authority/notices', notice)).status).toBe(200);
    for (const cookie of [
      `munjigi_authority=${operator.token}`,
      `munjigi_register=${operator.token}`,
      `munjigi_issuer=${operator.token}`,
    ]) {
      const answer = await test.call('POST', '/api/register/venues', VENUE, {
        cookie,
        'sec-fetch-site': 'same-origin',
      });
      expect([answer.status, answer.json.error]).toEqual([401, 'operator.token']);
    }
    const twice = `munjigi_authority=${operator.token}; munjigi_authority=${operator.token}`;
    const answer = await test.call('POST', '/api/authority/notices', notice, {
      cookie: twice,
      'sec-fetch-site': 'same-origin',
    });
    expect(answer.status).toBe(401);
  });

  it('let an officer approve the next, and an owner see own staff alone', async () => {
    const officer = await signedIn(test, 'issuer', 'officer');
    const operate = (path: string, body: unknown) =>
      test.operate('POST', `/api/issuer/session/${path}`, body);
    const enrol = async (code: string) => {
      const asked = await test.call('POST', '/api/issuer/session/enrol-options', { code });
      if (asked.status !== 200) return asked;
      const response = new TestAuthenticator().create(asked.json.options, originOf('issuer'));
      return test.call('POST', '/api/issuer/session/enrol', { response });
    };
    const first = await operate('invite', { name: 'first', roles: ['officer'] });
    expect(first.json.needsApproval).toBe(false);
    expect((await enrol(first.json.code)).status).toBe(200);
    const second = await operate('invite', { name: 'second', roles: ['officer'] });
    expect(second.json.needsApproval).toBe(true);
    const early = await enrol(second.json.code);
    expect([early.status, early.json.error]).toEqual([403, 'accounts.invite-waits']);
    const seen = await officer.call('GET', '/api/issuer/accounts?role=officer');
    expect(seen.json.invites).toMatchObject([{ inviteId: second.json.inviteId, approved: false }]);
    expect(seen.json.accounts).toHaveLength(3);
    const approved = await officer.call('POST', '/api/issuer/session/approve', {
      inviteId: second.json.inviteId,
    });
    expect(approved.status).toBe(200);
    expect((await enrol(second.json.code)).status).toBe(200);
    const again = await enrol(second.json.code);
    expect([again.status, again.json.error]).toEqual([404, 'accounts.invite-unknown']);

    const owner = await signedIn(test, 'register', 'owner', [1]);
    const staff = (venueIds: number[]) =>
      owner.call('POST', '/api/register/session/invite', { name: 's', roles: ['staff'], venueIds });
    expect((await staff([1])).status).toBe(200);
    expect((await staff([2])).json.error).toBe('accounts.not-yours');
    await test.operate('POST', '/api/register/session/invite', {
      name: 't',
      roles: ['staff'],
      venueIds: [2],
    });
    const own = await owner.call('GET', '/api/register/accounts');
    expect(own.json.accounts.map(({ name }: { name: string }) => name)).toEqual(['s']);
    expect(own.json.invites).toHaveLength(1);
  });
});
