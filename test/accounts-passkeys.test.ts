import { Accounts, type OfficerKey } from '@munjigi/service/accounts';
import { type Database, migrate } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR } from '../packages/service/src/lib/who.ts';
import { type Oddities, TestAuthenticator } from './support/authenticator.ts';
import { testEngines } from './support/databases.ts';

const ORIGIN = 'http://register.localhost:8787';
const NOW = Date.parse('2022-01-06T13:58:00+09:00');

interface Stand {
  readonly accounts: Accounts;
  readonly db: Database;
  readonly told: OfficerKey[];
  at(ms: number): void;
  failing(fails: boolean): void;
  /** Invites, enrols and answers the account and its authenticator. */
  enrol(
    role: 'owner' | 'officer' | 'operator',
    key?: TestAuthenticator,
    odd?: Oddities,
  ): Promise<{ accountId: string; key: TestAuthenticator; token: string; inviteId: string }>;
  signIn(key: TestAuthenticator, odd?: Oddities): Promise<{ token: string }>;
}

function standOn(db: Database): Stand {
  let at = NOW;
  let fails = false;
  const told: OfficerKey[] = [];
  const clock = { nowMs: () => at };
  const accounts = new Accounts({
    db,
    body: 'register',
    origins: ['http://register.localhost:*'],
    clock,
    realMs: clock.nowMs,
    onOfficer: (key) => {
      if (fails) throw new Error('the log is away');
      told.push(key);
    },
  });
  const use = async (code: string, key: TestAuthenticator, odd: Oddities) =>
    accounts.enrol(key.create(await accounts.enrolOptions({ code }), ORIGIN, odd) as never);
  return {
    accounts,
    db,
    told,
    at: (ms) => {
      at = ms;
    },
    failing: (value) => {
      fails = value;
    },
    async enrol(role, key = new TestAuthenticator(), odd = {}) {
      const invite = await accounts.invite({ name: role, roles: [role] }, OPERATOR);
      if (invite.needsApproval) {
        const [first] = await accounts
          .list({ role: 'officer' })
          .then((all) => all.filter(({ passkeys }) => passkeys.length > 0));
        const by = { ...OPERATOR, accountId: first!.accountId, roles: ['officer'] as const };
        await accounts.approveInvite(invite.inviteId, by);
      }
      const { token } = await use(invite.code, key, odd);
      return { accountId: invite.accountId, inviteId: invite.inviteId, key, token };
    },
    signIn: async (key, odd = {}) =>
      accounts.signIn(key.get(await accounts.signInOptions(), ORIGIN, odd) as never),
  };
}

describe.each(testEngines())('passkeys on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());
  const on = (name: string, work: (stand: Stand) => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      const test = await engine.fresh();
      await migrate(test.db, 'register', NOW);
      await work(standOn(test.db));
      await test.done();
    });
  const code = (wanted: string) => ({ name: 'ApiError', code: wanted });

  on('sign in whom they belong to, for twelve hours, and the database holds no token', async (stand) => {
    const { accountId, key } = await stand.enrol('owner');
    const { token } = await stand.signIn(key);
    expect((await stand.accounts.signedIn(token))?.who).toMatchObject({ accountId, roles: ['owner'] });
    const rows = JSON.stringify((await stand.db.query('SELECT * FROM session, invite')).rows);
    expect(rows).not.toContain(token);
    stand.at(NOW + 12 * 3_600_000);
    expect(await stand.accounts.signedIn(token)).toBeNull();
    for (const wrong of ['', 'x', `${token}x`, token.toLowerCase(), "' OR 1=1 --"])
      expect(await stand.accounts.signedIn(wrong)).toBeNull();
  });

  on(
    'are refused with another origin, domain, kind of answer, frame, challenge or without the person',
    async (stand) => {
      const { key } = await stand.enrol('owner');
      const wrong: [string, Oddities][] = [
        ['accounts.origin', { origin: 'http://authority.localhost:8787' }],
        ['accounts.origin', { origin: 'http://register.localhost.evil.example:8787' }],
        ['accounts.origin', { crossOrigin: true }],
        ['accounts.passkey', { rpId: 'authority.localhost' }],
        ['accounts.passkey', { type: 'webauthn.create' }],
        ['accounts.passkey', { verified: false }],
        ['accounts.passkey', { present: false }],
        ['accounts.challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
      ];
      for (const [refusal, odd] of wrong) {
        await expect(stand.signIn(key, odd), JSON.stringify(odd)).rejects.toMatchObject(code(refusal));
        await expect(
          stand.enrol('owner', new TestAuthenticator(), {
            ...odd,
            ...(odd.type ? { type: 'webauthn.get' } : {}),
          }),
          JSON.stringify(odd),
        ).rejects.toMatchObject(code(refusal));
      }
      await expect(stand.signIn(new TestAuthenticator())).rejects.toMatchObject(code('accounts.passkey'));
      const other = await stand.enrol('owner');
      key.userHandle = other.key.userHandle;
      await expect(stand.signIn(key), "another account's handle").rejects.toMatchObject(
        code('accounts.passkey'),
      );
    },
  );

  on('answer a challenge once, within five minutes, whatever came of it', async (stand) => {
    const { key } = await stand.enrol('owner');
    const options = await stand.accounts.signInOptions();
    const answer = key.get(options, ORIGIN) as never;
    await expect(
      stand.accounts.signIn(key.get(options, ORIGIN, { verified: false }) as never),
    ).rejects.toMatchObject(code('accounts.passkey'));
    await expect(stand.accounts.signIn(answer)).rejects.toMatchObject(code('accounts.challenge'));
    const late = key.get(await stand.accounts.signInOptions(), ORIGIN) as never;
    stand.at(NOW + 300_000);
    await expect(stand.accounts.signIn(late)).rejects.toMatchObject(code('accounts.challenge'));
    const both = key.get(await stand.accounts.signInOptions(), ORIGIN) as never;
    const results = await Promise.allSettled([stand.accounts.signIn(both), stand.accounts.signIn(both)]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  on('are asked at one node and answered at another', async (stand) => {
    const other = standOn(stand.db);
    const { code: invite } = await stand.accounts.invite({ name: 'x', roles: ['owner'] }, OPERATOR);
    const key = new TestAuthenticator();
    const made = key.create(await stand.accounts.enrolOptions({ code: invite }), ORIGIN) as never;
    const { token } = await other.accounts.enrol(made);
    expect(await stand.accounts.signedIn(token)).not.toBeNull();
    const answer = key.get(await other.accounts.signInOptions(), ORIGIN) as never;
    expect((await stand.accounts.signIn(answer)).account.name).toBe('x');
  });

  on('that were copied give themselves away by their counter', async (stand) => {
    const { key } = await stand.enrol('owner', new TestAuthenticator(), { counter: 5 });
    await stand.signIn(key, { counter: 6 });
    await expect(stand.signIn(key, { counter: 6 })).rejects.toMatchObject(code('accounts.passkey'));
    await expect(stand.signIn(key, { counter: 0 })).rejects.toMatchObject(code('accounts.passkey'));
    await stand.signIn(key, { counter: 9 });
  });

  on(
    'of officers are ES256 and stay in one device; owners may use what their telephone offers',
    async (stand) => {
      await expect(stand.enrol('officer', new TestAuthenticator('RS256'))).rejects.toMatchObject(
        code('accounts.key-kind'),
      );
      await expect(stand.enrol('officer', new TestAuthenticator(), { synced: true })).rejects.toMatchObject(
        code('accounts.key-synced'),
      );
      expect(stand.told).toEqual([]);
      await stand.enrol('owner', new TestAuthenticator('RS256'), { synced: true });
      const { key } = await stand.enrol('officer');
      await expect(stand.signIn(key, { synced: true })).rejects.toMatchObject(code('accounts.key-synced'));
      await stand.signIn(key);
    },
  );

  on('of a second officer take two people, also when the first has left', async (stand) => {
    const first = await stand.enrol('officer');
    const { accounts } = stand;
    const wanted = { name: 'second', roles: ['officer'] as const };
    const invite = await accounts.invite(wanted, OPERATOR);
    expect(invite.needsApproval).toBe(true);
    await expect(accounts.enrolOptions({ code: invite.code })).rejects.toMatchObject(
      code('accounts.invite-waits'),
    );
    const officer = (accountId: string) => ({ ...OPERATOR, accountId, roles: ['officer'] as const });
    for (const by of [OPERATOR, officer(invite.accountId), { ...OPERATOR, accountId: first.accountId }])
      await expect(accounts.approveInvite(invite.inviteId, by)).rejects.toMatchObject(
        code('accounts.not-yours'),
      );
    await accounts.approveInvite(invite.inviteId, officer(first.accountId));
    const key = new TestAuthenticator();
    stand.at(NOW + 1);
    await accounts.enrol(key.create(await accounts.enrolOptions({ code: invite.code }), ORIGIN) as never);
    await expect(accounts.enrolOptions({ code: invite.code }), 'once only').rejects.toMatchObject(
      code('accounts.invite-unknown'),
    );
    expect((await accounts.officerKeys()).map(({ invited }) => invited)).toEqual([
      { madeBy: null, approvedBy: null },
      { madeBy: null, approvedBy: first.accountId },
    ]);
    await accounts.end(first.accountId, OPERATOR);
    await expect(accounts.end(invite.accountId, OPERATOR)).rejects.toMatchObject(
      code('accounts.last-officer'),
    );
    await expect(accounts.endPasskey(key.id, officer(invite.accountId))).rejects.toMatchObject(
      code('accounts.last-officer'),
    );
    expect((await accounts.invite(wanted, OPERATOR)).needsApproval).toBe(true);
  });

  on('of two first officers at once: one of them waits for the other', async (stand) => {
    const { accounts } = stand;
    const invites = [
      await accounts.invite({ name: 'a', roles: ['officer'] }, OPERATOR),
      await accounts.invite({ name: 'b', roles: ['officer'] }, OPERATOR),
    ];
    const answers = [];
    for (const { code } of invites)
      answers.push(new TestAuthenticator().create(await accounts.enrolOptions({ code }), ORIGIN));
    const results = await Promise.allSettled(answers.map((answer) => accounts.enrol(answer as never)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await accounts.officerKeys()).toHaveLength(1);
  });

  on('of officers are told of until somebody has heard, when they begin and when they end', async (stand) => {
    stand.failing(true);
    const first = await stand.enrol('officer');
    expect(stand.told).toEqual([]);
    stand.failing(false);
    stand.at(NOW + 1);
    const second = await stand.enrol('officer');
    expect(stand.told.map(({ accountId, until }) => [accountId, until])).toEqual([
      [first.accountId, null],
      [second.accountId, null],
    ]);
    expect(stand.told[0]).toMatchObject({
      body: 'register',
      role: 'officer',
      publicKey: first.key.point,
      from: NOW / 1000,
    });
    stand.at(NOW + 60_000);
    await stand.accounts.end(first.accountId, OPERATOR);
    await stand.accounts.tellOfficers();
    expect(stand.told).toHaveLength(3);
    expect(stand.told[2]).toMatchObject({ accountId: first.accountId, until: NOW / 1000 + 60 });
    const inForce = async (at: number) =>
      (await stand.accounts.officersInForce(at)).map(({ accountId }) => accountId);
    expect(await inForce(NOW / 1000 + 59)).toEqual([first.accountId, second.accountId]);
    expect(await inForce(NOW / 1000 + 60)).toEqual([second.accountId]);
    expect(await inForce(NOW / 1000 - 1)).toEqual([]);
  });

  on('that end take what was signed in with them along; so does an account', async (stand) => {
    const { accounts } = stand;
    const { accountId, key, token } = await stand.enrol('owner');
    const one = (await accounts.signedIn(token))!;
    const second = new TestAuthenticator();
    const added = await accounts.enrol(second.create(await accounts.enrolOptions(one), ORIGIN) as never);
    stand.at(NOW + 11 * 60_000);
    await expect((async () => accounts.enrolOptions(one))()).rejects.toMatchObject(
      code('accounts.not-fresh'),
    );
    await expect(
      accounts.endPasskey(key.id, { ...OPERATOR, roles: ['owner'], accountId: 'somebody else' }),
    ).rejects.toMatchObject(code('accounts.not-yours'));
    await accounts.endPasskey(key.id, one.who);
    expect(await accounts.signedIn(token)).toBeNull();
    await expect(stand.signIn(key)).rejects.toMatchObject(code('accounts.passkey'));
    expect((await accounts.signedIn(added.token))?.who.accountId).toBe(accountId);
    await accounts.end(accountId, OPERATOR);
    expect(await accounts.signedIn(added.token)).toBeNull();
    await expect(stand.signIn(second)).rejects.toMatchObject(code('accounts.passkey'));
  });

  on(
    'are asked for by codes that end, that are replaced, and that an owner gives to own staff alone',
    async (stand) => {
      const { accounts } = stand;
      const owner = { accountId: 'o', name: 'owner', roles: ['owner'], venueIds: [7, 8] } as const;
      const staff = { name: 'staff', roles: ['staff'], venueIds: [7] } as const;
      const { code: first, accountId } = await accounts.invite(staff, owner);
      const { code: next } = await accounts.invite({ accountId }, owner);
      await expect(accounts.enrolOptions({ code: first })).rejects.toMatchObject(
        code('accounts.invite-unknown'),
      );
      await accounts.enrolOptions({ code: next });
      for (const wanted of [
        { ...staff, venueIds: [9] },
        { ...staff, venueIds: [7, 9] },
        { ...staff, venueIds: [] },
        { ...staff, roles: ['owner'] },
        { ...staff, roles: ['staff', 'operator'] },
      ] as const)
        await expect(accounts.invite(wanted, owner), JSON.stringify(wanted)).rejects.toMatchObject(
          code('accounts.not-yours'),
        );
      for (const roles of [['officer', 'operator'], []] as const)
        await expect(accounts.invite({ name: 'x', roles }, OPERATOR)).rejects.toMatchObject(
          code('accounts.roles'),
        );
      expect((await accounts.list({ staffOf: [8] })).length).toBe(0);
      await accounts.grantVenue(accountId, 8);
      await accounts.grantVenue(accountId, 8);
      await accounts.withdrawVenue(accountId, 7);
      expect((await accounts.list({ staffOf: [8] })).map(({ venueIds }) => venueIds)).toEqual([[8]]);
      stand.at(NOW + 72 * 3_600_000);
      await expect(accounts.enrolOptions({ code: next })).rejects.toMatchObject(
        code('accounts.invite-unknown'),
      );
    },
  );
});
