// @long All cases share one register: opening an embedded database takes seconds.

import { openSuccessor } from '@munjigi/core/delegation';
import { sha256 } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint } from '@munjigi/core/signing';
import { nodeCrypto } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngines } from './support/databases.ts';
import { openRegister, STORY_MS, storedCounters, TestGate, type TestRegister } from './support/register.ts';
import {
  delegationFor,
  enrolOwnerDevice,
  enrolWith,
  OPERATOR,
  showDelegation,
  successorOf,
  venueWithOwner,
} from './support/venues.ts';

const AT = STORY_MS / 1000;

describe.each(testEngines())('a gate’s new key after a fork, on $name', (engine) => {
  let register: TestRegister;
  let db: Database;
  const told: Uint8Array[] = [];

  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    db = (await engine.fresh()).db;
    register = await openRegister(db, {
      tell: ({ gate }) => {
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
      register.alarms.length = 0;
      await work();
    });

  const send = async (gate: TestGate, from = 1) =>
    (await register.desk.ingest(await gate.batch(from))).results;
  const show = (old: TestGate, made: Awaited<ReturnType<typeof successorOf>>) =>
    register.desk.venues.takeSuccessor(old.thumbprint, made);
  const news = (gate: TestGate) => register.desk.venues.news(gate.venueId, gate.thumbprint);
  const devices = async (venueId: number) => (await register.desk.venues.venue(OPERATOR, venueId)).devices;
  const flagged = (results: Awaited<ReturnType<typeof send>>, flag: string) =>
    results.filter(({ flags }) => (flags as readonly string[]).includes(flag)).map(({ n }) => n);
  /** A gate with 8 entries at the register, and the same device put back to where it had 5. */
  const restored = async (role: 'gate' | 'owner' = 'gate') => {
    const { venueId } = await venueWithOwner(register.desk);
    const gate = (await enrolOwnerDevice(register.desk, venueId, role)).append(8, AT);
    await send(gate);
    return { venueId, gate, back: gate.restoredAt(5) };
  };
  const secondAlarms = () => register.alarms.filter(({ kind }) => kind === 'second-successor');

  on('goes on under the old one’s name; the old chain is closed, nothing is lost or doubled', async () => {
    const { venueId, gate, back } = await restored();
    back.append(2, AT + 60);
    const made = await successorOf(back);
    made.next.append(3, AT + 90);
    const taken = await show(back, made);
    expect(taken).toMatchObject({ venueId, unconfirmed: null, venue: { name: 'Sikdang' } });
    // The branch that it wrote before comes after the certificate: kept, marked as a branch, and not as later than the end.
    const branch = await send(back, 6);
    expect(flagged(branch, 'fork')).toEqual([6, 7]);
    expect(flagged(branch, 'revoked-gate')).toEqual([]);
    const onward = await send(made.next);
    expect(onward.every(({ result, flags }) => result === 'stored' && flags.length === 0)).toBe(true);
    // What had a receipt before is not marked afterwards: the chain ends where the register stood.
    expect(await news(gate)).toMatchObject({ state: 'revoked', revokedAfter: 8 });
    const { rows } = await db.query<{ flags: number }>(
      'SELECT flags FROM entry WHERE venue_id = $1 AND counter <= 5',
      [venueId],
    );
    expect(rows.every(({ flags }) => flags === 0)).toBe(true);
    const stored = await storedCounters(db, venueId);
    expect([...stored.values()].every((times) => times === 1)).toBe(true);
    expect(stored.size).toBe(8 + 2 + 3);
    expect((await devices(venueId)).map(({ name, state, forked }) => [name, state, forked])).toEqual([
      ['door', 'confirmed', false],
      ['door', 'revoked', true],
      ['door', 'confirmed', false],
    ]);
    // Later entries under the old key are kept and marked; the log was told that the key ended.
    back.append(1, AT + 120);
    back.append(1, AT + 121);
    expect(flagged(await send(back, 8), 'revoked-gate')).toEqual([9]);
    expect(told.length).toBeGreaterThan(0);
    expect(secondAlarms()).toEqual([]);
  });

  on('is taken once however often it is shown, and after a restart of the gate', async () => {
    const { venueId, back } = await restored();
    const made = await successorOf(back);
    const first = await show(back, made);
    register.at(STORY_MS + 3_600_000);
    expect(await show(back, made)).toEqual(first);
    expect(await devices(venueId)).toHaveLength(3);
    // Shown at the same moment through two connections, too.
    const again = await restored();
    const twice = await successorOf(again.back);
    const both = await Promise.all([show(again.back, twice), show(again.back, twice)]);
    expect(both[0]).toEqual(both[1]);
    expect(await devices(again.venueId)).toHaveLength(3);
    expect(secondAlarms()).toEqual([]);
  });

  on('of a copy as well: both are let in and marked, the alarm is raised, the owner decides', async () => {
    const { venueId, gate, back } = await restored();
    const one = await successorOf(back);
    expect(await show(back, one)).toMatchObject({ unconfirmed: null });
    one.next.append(1, AT + 60);
    expect(flagged(await send(one.next), 'unconfirmed-gate')).toEqual([]);
    // The other device learns from the register that its key has a successor which it never signed.
    const signed = (await news(gate))!.successor!;
    expect((await openSuccessor(signed, gate.signer.publicKey, nodeCrypto())).gateKey).toEqual(
      compressPoint(one.next.signer.publicKey),
    );
    gate.append(2, AT + 70);
    expect(flagged(await send(gate, 9), 'revoked-gate')).toEqual([9, 10]);
    const two = await successorOf(gate);
    two.next.append(2, AT + 80);
    expect(await show(gate, two)).toMatchObject({ unconfirmed: 'second-successor' });
    expect(secondAlarms()).toHaveLength(1);
    expect(flagged(await send(two.next), 'unconfirmed-gate')).toEqual([1, 2]);
    one.next.append(1, AT + 90);
    expect(flagged(await send(one.next, 2), 'unconfirmed-gate')).toEqual([2]);
    expect(await news(one.next)).toMatchObject({ state: 'unconfirmed', unconfirmed: 'second-successor' });

    // A code of the owner's confirms the right one for good: neither the copy nor a third takes that back.
    register.at(STORY_MS + 120_000);
    const { enrolmentCode } = await register.desk.venues.enrolmentCode(OPERATOR, venueId, 'gate');
    await enrolWith(register.desk, venueId, enrolmentCode, one.next);
    one.next.append(1, AT + 130);
    expect(flagged(await send(one.next, 3), 'unconfirmed-gate')).toEqual([]);
    const three = await successorOf(back);
    expect(await show(back, three)).toMatchObject({ unconfirmed: 'second-successor' });
    expect(await news(one.next)).toMatchObject({ state: 'confirmed', unconfirmed: null });
    expect(await news(two.next)).toMatchObject({ state: 'unconfirmed' });
    // Shown again, nothing changes.
    expect(await show(back, one)).toMatchObject({ unconfirmed: null });
    expect(secondAlarms()).toHaveLength(2);
  });

  on('of an owner’s device may let nobody in: two devices would be able to', async () => {
    const { venueId, back } = await restored('owner');
    const made = await successorOf(back);
    await show(back, made);
    expect((await devices(venueId)).map(({ role, state }) => [role, state])).toEqual([
      ['owner', 'confirmed'],
      ['owner', 'revoked'],
      ['gate', 'confirmed'],
    ]);
    for (const [giver, why] of [
      [made.next, 'second-hand'],
      [back, 'owner-revoked'],
    ] as const) {
      const tablet = new TestGate(venueId);
      const shown = await showDelegation(register.desk, tablet, await delegationFor(tablet, giver, AT));
      expect(shown.unconfirmed).toBe(why);
    }
    const { enrolmentCode } = await register.desk.venues.enrolmentCode(OPERATOR, venueId, 'owner');
    await enrolWith(register.desk, venueId, enrolmentCode, made.next);
    const tablet = new TestGate(venueId);
    const given = await delegationFor(tablet, made.next, AT);
    expect(await showDelegation(register.desk, tablet, given)).toMatchObject({ unconfirmed: null });
  });

  on('is no better than the old one: revoked or unconfirmed before, it is kept and marked', async () => {
    const { venueId, gate } = await restored();
    const { gateNo } = (await devices(venueId)).find(({ counter }) => counter === 8)!;
    await register.desk.venues.revokeGate(OPERATOR, venueId, gateNo, 6);
    const stolen = await successorOf(gate);
    expect(await show(gate, stolen)).toMatchObject({ unconfirmed: 'old-revoked' });
    expect(await news(gate)).toMatchObject({ revokedAfter: 6 });
    expect(secondAlarms()).toHaveLength(1);
    // Its own successor does not wash it.
    const washed = await successorOf(stolen.next);
    expect(await show(stolen.next, washed)).toMatchObject({ unconfirmed: 'old-unconfirmed' });
    washed.next.append(1, AT);
    expect(flagged(await send(washed.next), 'unconfirmed-gate')).toEqual([1]);

    const { venueId: other } = await venueWithOwner(register.desk);
    const giver = await enrolOwnerDevice(register.desk, other, 'gate');
    const tablet = new TestGate(other);
    await showDelegation(register.desk, tablet, await delegationFor(tablet, giver, AT));
    const after = await successorOf(tablet);
    expect(await show(tablet, after)).toMatchObject({ unconfirmed: 'old-unconfirmed' });
  });

  on('that came with a code before its certificate counts at once', async () => {
    const { venueId, back } = await restored();
    const made = await successorOf(back);
    const { enrolmentCode } = await register.desk.venues.enrolmentCode(OPERATOR, venueId, 'gate');
    await enrolWith(register.desk, venueId, enrolmentCode, made.next);
    expect(await show(back, made)).toMatchObject({ unconfirmed: null });
    expect(await news(back)).toMatchObject({ state: 'revoked' });
    made.next.append(1, AT - 60);
    expect(flagged(await send(made.next), 'unconfirmed-gate')).toEqual([]);
  });

  on('is refused where somebody else signed it, asked for it, or shows it elsewhere', async () => {
    const { venueId, gate, back } = await restored();
    const made = await successorOf(back);
    const stranger = new TestGate(venueId);
    const forged = await successorOf(stranger, made.next);
    await expect(show(gate, forged)).rejects.toMatchObject({ code: 'register.successor' });
    await expect(show(stranger, forged)).rejects.toMatchObject({ code: 'register.gate-unknown' });
    await expect(show(stranger, made)).rejects.toMatchObject({ code: 'register.successor' });
    const proof = await stranger.signer.sign(
      possessionBytes(sha256(made.successor), compressPoint(made.next.signer.publicKey)),
    );
    await expect(show(back, { ...made, proof })).rejects.toMatchObject({ code: 'register.possession' });
    await expect(show(back, { ...made, successor: made.successor.slice(1) })).rejects.toMatchObject({
      code: 'register.successor',
    });
    const elsewhere = await successorOf(new TestGate(venueId + 100_000, back.signer));
    await expect(show(back, elsewhere)).rejects.toMatchObject({ code: 'register.gate-unknown' });
    expect(await news(gate)).toMatchObject({ state: 'confirmed', successor: null });
    expect(await devices(venueId)).toHaveLength(2);
  });

  on(
    'cannot use up a venue’s gate numbers: beyond a day’s measure it waits, and comes in the day after',
    async () => {
      const { back } = await restored();
      for (let i = 0; i < 20; i++) await show(back, await successorOf(back));
      const last = await successorOf(back);
      await expect(show(back, last)).rejects.toMatchObject({ code: 'register.successors', status: 429 });
      register.at(STORY_MS + 86_400_000 + 1000);
      expect(await show(back, last)).toMatchObject({ unconfirmed: 'second-successor' });
    },
  );
});
