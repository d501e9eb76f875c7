// @long All cases share one register: opening an embedded database takes seconds.
import { LONGEST_DELEGATION_SECONDS } from '@munjigi/core/delegation';
import type { Database } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngines } from './support/databases.ts';
import { newVenue, openRegister, STORY_MS, TestGate, type TestRegister } from './support/register.ts';
import {
  delegationFor,
  enrolOwnerDevice,
  enrolWith,
  OPERATOR,
  showDelegation,
  venueWithOwner,
} from './support/venues.ts';

const AT = STORY_MS / 1000;
const MARK = 'unconfirmed-gate';

describe.each(testEngines())('a gate that joins without a network, on $name', (engine) => {
  let register: TestRegister;
  let db: Database;
  const told: Uint8Array[] = [];
  let logAnswers = true;

  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    db = (await engine.fresh()).db;
    register = await openRegister(db, {
      tell: ({ gate }) => {
        if (!logAnswers) throw new Error('The log is away.');
        told.push(gate);
      },
    });
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

  /** Sends everything from a counter on; answers the results. */
  const send = async (gate: TestGate, from = 1) =>
    (await register.desk.ingest(await gate.batch(from))).results;
  const marked = (results: Awaited<ReturnType<typeof send>>) =>
    results.filter(({ flags }) => flags.includes(MARK)).map(({ n }) => n);
  const stored = async (gate: TestGate) =>
    (
      await db.query<{ n: number }>('SELECT count(*) AS n FROM entry WHERE venue_id = $1 AND gate_no > 1', [
        gate.venueId,
      ])
    ).rows[0]!.n;

  on('is unknown until it shows who let it in, and loses nothing by asking first', async () => {
    const { venueId, owner } = await venueWithOwner(register.desk);
    const tablet = new TestGate(venueId).append(3, AT);
    await expect(send(tablet)).rejects.toMatchObject({ code: 'register.gate-unknown' });
    const delegation = await delegationFor(tablet, owner, AT - 60);
    register.at(STORY_MS + 3_600_000);
    expect(await showDelegation(register.desk, tablet, delegation)).toMatchObject({
      unconfirmed: null,
      venue: { name: 'Sikdang', kind: 'restaurant', region: 'seoul' },
    });
    // What was written before the register knew carries the mark, what is written after does not.
    tablet.append(2, AT + 3_601);
    const results = await send(tablet);
    expect(results.every(({ result }) => result === 'stored')).toBe(true);
    expect(marked(results)).toEqual([1, 2, 3]);
    expect(await stored(tablet)).toBe(5);
    tablet.append(1, AT + 3_700);
    expect(marked(await send(tablet, 6))).toEqual([]);
  });

  on('shows its delegation twice, after a lost answer, and is one gate', async () => {
    const { venueId, owner } = await venueWithOwner(register.desk);
    const tablet = new TestGate(venueId);
    const delegation = await delegationFor(tablet, owner, AT);
    const first = await showDelegation(register.desk, tablet, delegation);
    const again = await showDelegation(register.desk, tablet, delegation);
    expect(again).toEqual(first);
    const { devices } = await register.desk.venues.venue(OPERATOR, venueId);
    expect(devices.map(({ name, role, state }) => [name, role, state])).toEqual([
      ['door', 'owner', 'confirmed'],
      ['second door', 'gate', 'confirmed'],
    ]);
  });

  on('is kept and marked, never dropped, where its delegation does not count', async () => {
    const { venueId, owner } = await venueWithOwner(register.desk);
    const plain = await enrolOwnerDevice(register.desk, venueId, 'gate');
    const second = new TestGate(venueId);
    await showDelegation(register.desk, second, await delegationFor(second, owner, AT));
    const lost = await enrolOwnerDevice(register.desk, venueId);
    const { devices } = await register.desk.venues.venue(OPERATOR, venueId);
    await register.desk.venues.revokeGate(OPERATOR, venueId, devices.at(-1)!.gateNo, null);
    const nonce = new Uint8Array(16).fill(7);
    const nonceUsed = new TestGate(venueId);
    await showDelegation(register.desk, nonceUsed, await delegationFor(nonceUsed, owner, AT, { nonce }));

    for (const [reason, giver, from, change] of [
      ['expired', owner, AT - LONGEST_DELEGATION_SECONDS, {}],
      ['not-yet', owner, AT + 3_600, {}],
      ['second-hand', second, AT, {}],
      ['not-owner', plain, AT, {}],
      ['owner-revoked', lost, AT, {}],
      ['nonce-used', owner, AT, { nonce }],
    ] as const) {
      const tablet = new TestGate(venueId).append(2, AT);
      const answer = await showDelegation(
        register.desk,
        tablet,
        await delegationFor(tablet, giver, from, change),
      );
      expect(answer.unconfirmed, reason).toBe(reason);
      const results = await send(tablet);
      expect(
        results.map(({ result }) => result),
        reason,
      ).toEqual(['stored', 'stored']);
      expect(marked(results), reason).toEqual([1, 2]);
      expect(await register.desk.venues.news(venueId, tablet.thumbprint), reason).toMatchObject({
        state: 'unconfirmed',
        unconfirmed: reason,
      });
    }
  });

  on('is confirmed later by another delegation or by a code, from then on', async () => {
    const { venueId, owner } = await venueWithOwner(register.desk);
    for (const how of ['delegation', 'code']) {
      const tablet = new TestGate(venueId).append(1, AT);
      const old = await delegationFor(tablet, owner, AT - LONGEST_DELEGATION_SECONDS);
      expect((await showDelegation(register.desk, tablet, old)).unconfirmed).toBe('expired');
      expect(marked(await send(tablet))).toEqual([1]);
      register.at(STORY_MS + 60_000);
      if (how === 'delegation') {
        const fresh = await delegationFor(tablet, owner, AT);
        expect((await showDelegation(register.desk, tablet, fresh)).unconfirmed).toBeNull();
      } else {
        const { enrolmentCode } = await register.desk.venues.enrolmentCode(OPERATOR, venueId, 'gate');
        await enrolWith(register.desk, venueId, enrolmentCode, tablet);
      }
      // The register remembers heads: it must not go on by what it remembers of the mark.
      tablet.append(1, AT + 30).append(1, AT + 61);
      expect(marked(await send(tablet, 2)), how).toEqual([2]);
      // Old papers do not take away what was confirmed.
      expect((await showDelegation(register.desk, tablet, old)).unconfirmed).toBeNull();
      register.at(STORY_MS);
    }
  });

  on('forked by a restored backup keeps its mark on both branches', async () => {
    const { venueId, owner } = await venueWithOwner(register.desk);
    const tablet = new TestGate(venueId).append(4, AT);
    await showDelegation(
      register.desk,
      tablet,
      await delegationFor(tablet, owner, AT - LONGEST_DELEGATION_SECONDS),
    );
    await send(tablet);
    const clone = tablet.restoredAt(2).append(2, AT + 5);
    const results = await send(clone);
    expect(results.filter(({ result }) => result === 'fork').map(({ n }) => n)).toEqual([3, 4]);
    expect(marked(results)).toEqual([3, 4]);
  });

  on('is refused by name where no device of the venue vouches for it', async () => {
    const { venueId, owner } = await venueWithOwner(register.desk);
    const elsewhere = await newVenue(register.desk);
    const tablet = new TestGate(venueId);
    const other = new TestGate(elsewhere.venueId);
    // A device of one venue signs for another, and a stranger signs for this one.
    for (const [gate, giver] of [
      [other, owner],
      [tablet, new TestGate(venueId)],
    ] as const)
      await expect(
        showDelegation(register.desk, gate, await delegationFor(gate, giver, AT)),
      ).rejects.toMatchObject({ code: 'register.delegation-key' });
    const nowhere = new TestGate(999_999);
    await expect(
      showDelegation(register.desk, nowhere, await delegationFor(nowhere, owner, AT)),
    ).rejects.toMatchObject({ code: 'register.venue-unknown' });
    // Somebody else than the new gate shows what they saw on its screen.
    const delegation = await delegationFor(tablet, owner, AT);
    const thief = await showDelegation(register.desk, new TestGate(venueId), delegation).catch((e) => e);
    expect(thief).toMatchObject({ code: 'register.possession' });
    const junk = { delegation: new Uint8Array([1, 2, 3]), proof: new Uint8Array(64) };
    await expect(register.desk.venues.takeDelegation(junk)).rejects.toMatchObject({
      code: 'register.delegation',
    });
    await expect(send(tablet.append(1, AT))).rejects.toMatchObject({ code: 'register.gate-unknown' });
  });

  on(
    'revoked, is told so; what it wrote after is kept and marked, and the log learns it without the place',
    async () => {
      const { venueId, owner } = await venueWithOwner(register.desk);
      owner.append(3, AT);
      await send(owner);
      logAnswers = false;
      const first = await register.desk.venues.revokeGate(OPERATOR, venueId, 1, null);
      expect(first).toEqual({ gateNo: 1, afterCounter: 3, atMs: STORY_MS });
      register.at(STORY_MS + 5_000);
      // The cut can be moved to an earlier place, never to a later one.
      expect(await register.desk.venues.revokeGate(OPERATOR, venueId, 1, 9)).toEqual(first);
      owner.append(2, AT + 2);
      const results = await send(owner, 4);
      expect(results.map(({ result, flags }) => [result, ...flags])).toEqual([
        ['stored', 'revoked-gate'],
        ['stored', 'revoked-gate'],
      ]);
      expect(await register.desk.venues.news(venueId, owner.thumbprint)).toMatchObject({
        state: 'revoked',
        revokedAfter: 3,
      });
      const before = told.length;
      await expect(register.desk.venues.tellLog()).rejects.toThrow('away');
      logAnswers = true;
      expect(await register.desk.venues.tellLog()).toBe(1);
      expect(await register.desk.venues.tellLog()).toBe(0);
      expect(told.slice(before)).toHaveLength(1);
      expect(told.at(-1)).not.toEqual(owner.thumbprint);
      await expect(register.desk.venues.revokeGate(OPERATOR, venueId, 99, null)).rejects.toMatchObject({
        code: 'register.gate-unknown',
      });
    },
  );

  on('uses a code once: another device is refused, a lost answer is not', async () => {
    const { venueId } = await newVenue(register.desk);
    const { enrolmentCode, endsMs } = await register.desk.venues.enrolmentCode(OPERATOR, venueId, 'owner');
    const phone = await enrolWith(register.desk, venueId, enrolmentCode);
    await enrolWith(register.desk, venueId, enrolmentCode, phone);
    await expect(enrolWith(register.desk, venueId, enrolmentCode)).rejects.toMatchObject({
      code: 'register.enrolment-code',
    });
    const late = await register.desk.venues.enrolmentCode(OPERATOR, venueId, 'gate');
    register.at(endsMs);
    await expect(enrolWith(register.desk, venueId, late.enrolmentCode)).rejects.toMatchObject({
      code: 'register.enrolment-code',
    });
  });
});
