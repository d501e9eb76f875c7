import { readFileSync } from 'node:fs';
import type { Role } from '@munjigi/service/contracts';
import type { Database } from '@munjigi/service/db';
import type { People } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngines } from './support/databases.ts';
import { openRegister, SEOUL, STORY_MS, type TestGate, type TestRegister } from './support/register.ts';
import { enrolOwnerDevice, OPERATOR } from './support/venues.ts';

const PACK = JSON.parse(readFileSync(new URL('../policies/kr-2022/pack.json', import.meta.url), 'utf8'));
const DAY_MS = 86_400_000;
const CAFE = { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' };
const GOOD = '124-81-00998';

interface Person {
  readonly accountId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly venueIds: number[];
}
const person = (accountId: string, role: Role, venueIds: number[] = []): Person => ({
  accountId,
  name: accountId,
  roles: [role],
  venueIds,
});

describe.each(testEngines())('venues and their people on $name', (engine) => {
  let register: TestRegister;
  let db: Database;
  const owners = new Map<string, Person>();
  const people: People = {
    addVenue: async (accountId, venueId) => void owners.get(accountId)?.venueIds.push(venueId),
    inviteStaff: async (_, venueId, name) => ({ accountId: `${name} ${venueId}`, code: 'once', endsMs: 1 }),
    of: async (venueId) =>
      [...owners.values()]
        .filter(({ venueIds }) => venueIds.includes(venueId))
        .map(({ accountId, name }) => ({ accountId, name, role: 'owner' as const })),
  };
  const owner = (name: string): Person => {
    const one = person(name, 'owner');
    owners.set(name, one);
    return one;
  };

  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    db = (await engine.fresh()).db;
    const terms = { ...SEOUL, venueKinds: ['cafe'], regions: ['seoul'], businessNumber: PACK.businessNumber };
    register = await openRegister(db, { people, terms });
  });
  afterAll(async () => {
    await register?.desk.close();
    await engine.stop();
  });

  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      register.at(STORY_MS);
      await work();
    });
  const office = () => register.desk.venues;
  const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

  on(
    'is a venue at once with a business number, in any spelling, and never with a mistyped one',
    async () => {
      const mi = owner('mi');
      const made = await office().register(mi, { ...CAFE, businessNumber: GOOD });
      expect(made).toMatchObject({
        state: 'approved',
        businessNumber: '1248100998',
        venueId: mi.venueIds[0],
      });
      // One number, several shops.
      await office().register(mi, { ...CAFE, name: '둘째 집', businessNumber: '1248100998' });
      expect((await office().venues(mi)).map(({ name }) => name)).toEqual(['모퉁이 카페', '둘째 집']);
      await refused(
        office().register(mi, { ...CAFE, businessNumber: '124-81-00989' }),
        'register.business-number',
      );
      await refused(
        office().register(mi, { ...CAFE, kind: 'zoo', businessNumber: GOOD }),
        'register.venue-kind',
      );
      expect(mi.venueIds).toHaveLength(2);
    },
  );

  on('waits without a number until an inspector who did not ask for it approves, once', async () => {
    const club = owner('club');
    const inspector = person('gu office', 'inspector');
    const waiting = await office().register(club, { ...CAFE, businessNumber: null });
    expect(waiting).toMatchObject({ state: 'waiting', venueId: null });
    expect(club.venueIds).toEqual([]);
    expect((await office().registrations(inspector)).map((one) => one.registrationId)).toEqual([
      waiting.registrationId,
    ]);
    await refused(
      office().approve({ ...inspector, accountId: 'club' }, waiting.registrationId),
      'register.registration-unknown',
    );
    const approved = await office().approve(inspector, waiting.registrationId);
    expect(approved).toMatchObject({ state: 'approved', venueId: expect.any(Number) });
    expect(await office().approve(inspector, waiting.registrationId)).toEqual(approved);
    await refused(
      office().approve(person('another office', 'inspector'), waiting.registrationId),
      'register.registration-unknown',
    );
    await refused(office().approve(inspector, 999_999), 'register.registration-unknown');
    expect(new Set(club.venueIds)).toEqual(new Set([approved.venueId]));
    expect(await office().registrations(inspector)).toEqual([]);
    expect(await office().registrations(club)).toHaveLength(1);
    expect(await office().registrations(owner('somebody else'))).toEqual([]);
  });

  on('under a policy without numbers waits always', async () => {
    const test = await engine.fresh();
    const ward = await openRegister(test.db, { people, terms: SEOUL });
    const who = owner('ward');
    await refused(
      ward.desk.venues.register(who, { ...CAFE, businessNumber: GOOD }),
      'register.approval-needed',
    );
    expect(await ward.desk.venues.register(who, { ...CAFE, businessNumber: null })).toMatchObject({
      state: 'waiting',
    });
    await ward.desk.close();
    await test.done();
  });

  on(
    'is seen by its owner, its staff and operators, and changed by its owner and operators alone',
    async () => {
      const id = (await office().register(owner('first'), { ...CAFE, businessNumber: GOOD })).venueId!;
      owners.delete('first');
      await enrolOwnerDevice(register.desk, id);
      const own = { ...owner('own'), venueIds: [id] };
      owners.set('own', own);
      const staff = person('staff', 'staff', [id]);
      const strangers = [
        null,
        person('other owner', 'owner', [id + 1]),
        person('other staff', 'staff', [id + 1]),
        person('inspector', 'inspector', [id]),
        person('officer', 'officer', [id]),
      ];
      for (const who of [own, staff, OPERATOR]) {
        const detail = await office().venue(who, id);
        expect(detail.devices).toHaveLength(1);
        expect(detail.people.map(({ accountId }) => accountId)).toEqual(who === staff ? [] : ['own']);
        expect(await office().counts(who, id, 14)).toMatchObject({ hours: [], days: [] });
      }
      expect(await office().counts(person('inspector', 'inspector'), id, 14)).toMatchObject({ hours: [] });
      expect((await office().venues(own)).map((one) => one.venueId)).toEqual([id]);
      for (const who of strangers) {
        await refused(office().venue(who, id), 'register.not-yours');
        if (!who?.roles.includes('inspector'))
          await refused(office().counts(who, id, 14), 'register.not-yours');
      }
      const changes = [
        (who: Person | null) => office().enrolmentCode(who, id, 'owner'),
        (who: Person | null) => office().inviteStaff(who, id, 'new'),
        (who: Person | null) => office().renameGate(who, id, 1, 'back door'),
        (who: Person | null) => office().revokeGate(who, id, 1, null),
      ];
      for (const change of changes)
        for (const who of [...strangers, staff]) await refused(change(who), 'register.not-yours');
      for (const change of changes) await change(own);
      const [device] = (await office().venue(own, id)).devices;
      expect(device).toMatchObject({ name: 'back door', state: 'revoked', role: 'owner' });
      await refused(office().renameGate(own, id, 99, 'no door'), 'register.gate-unknown');
    },
  );

  on('from which nothing came for a week is told so once a week, until something comes', async () => {
    const made = await office().register(owner('quiet'), { ...CAFE, businessNumber: GOOD });
    const who = owners.get('quiet')!;
    const venueId = made.venueId!;
    const gate = await enrolOwnerDevice(register.desk, venueId);
    const since = async () => (await office().venues(who))[0]!.quietSinceMs;
    await office().noteQuiet();
    expect(await since()).toBeNull();
    register.at(STORY_MS + 7 * DAY_MS - 1_000);
    await office().noteQuiet();
    expect(await since()).toBeNull();
    register.at(STORY_MS + 7 * DAY_MS);
    expect(await office().noteQuiet()).toBeGreaterThan(0);
    expect(await office().noteQuiet()).toBe(0);
    expect(await since()).toBe(STORY_MS);
    expect(await office().news(venueId, gate.thumbprint)).toMatchObject({ quietSinceMs: STORY_MS });
    const backMs = STORY_MS + 8 * DAY_MS;
    register.at(backMs);
    await register.desk.ingest(await gate.append(1, backMs / 1000).batch());
    expect(await since()).toBeNull();
    register.at(backMs + 7 * DAY_MS);
    await office().noteQuiet();
    expect(await since()).toBe(backMs);
  });

  on('lists for operators what each gate said of itself last', async () => {
    const venueId = (await office().register(owner('listed'), { ...CAFE, businessNumber: GOOD })).venueId!;
    const gate: TestGate = await enrolOwnerDevice(register.desk, venueId, 'gate');
    const find = async () => (await office().gates(venueId - 1, 10)).find((one) => one.venueId === venueId);
    expect(await find()).toMatchObject({ counter: 0, lastReceiptMs: null, report: null });
    for (const app of [null, '1.2.0']) {
      const batch = await gate.append(2, STORY_MS / 1000).batch(gate.head.counter - 1);
      await register.desk.ingest(batch);
      office().noteReport(batch, app);
    }
    expect(await find()).toMatchObject({
      venueName: '모퉁이 카페',
      counter: 4,
      lastReceiptMs: STORY_MS,
      report: { bundleSequence: 1, pending: 0, app: '1.2.0', reportedMs: STORY_MS },
    });
  });
});
