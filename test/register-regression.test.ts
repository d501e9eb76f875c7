import type { EntryResult } from '@munjigi/core/chain';
import { receiptHash } from '@munjigi/core/chain';
import type { Database } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngines } from './support/databases.ts';
import {
  enrol,
  newVenue,
  openRegister,
  STORY_MS,
  storedCounters,
  type TestGate,
  type TestRegister,
} from './support/register.ts';

const AT = STORY_MS / 1000;
const only = (results: readonly { result: EntryResult }[]) => [...new Set(results.map((one) => one.result))];

describe.each(testEngines())('a register on $name whose database is put back by ten minutes', (engine) => {
  let register: TestRegister;
  let db: Database;
  const gates: TestGate[] = [];
  const receipts = new Map<TestGate, Uint8Array>();
  let lost = 0;

  /** Sends entries in batches of ten, as a gate does that is online, each naming the receipt before as its anchor. */
  async function online(gate: TestGate, count: number, at: number): Promise<void> {
    for (let i = 0; i < count; i += 10) {
      const from = gate.head.counter + 1;
      gate.append(10, at + i);
      const { receipt } = await register.desk.ingest(await gate.batch(from));
      gate.anchor = receiptHash(receipt!);
      receipts.set(gate, receipt!);
    }
  }

  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    const test = await engine.fresh();
    register = await openRegister(test.db);
    const venue = await newVenue(register.desk);
    for (let i = 0; i < 4; i++) gates.push(await enrol(register.desk, venue));
    for (const gate of gates) await online(gate, 20, AT);
    await register.desk.close();
    const { signer, keys } = register;

    db = await test.keepCopy();
    register = await openRegister(db, { signer, keys, startMs: STORY_MS + 600_000 });
    for (const gate of gates) await online(gate, 40, AT + 560);
    const before = await storedCounters(db, venue.venueId);
    await register.desk.close();

    db = await test.putBack();
    register = await openRegister(db, { signer, keys, startMs: STORY_MS + 1_200_000 });
    lost = before.size - (await storedCounters(db, venue.venueId)).size;
  });
  afterAll(async () => {
    await register?.desk.close();
    await engine.stop();
  });

  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      await work();
    });

  on('really lost entries that it had signed for', async () => {
    expect(lost).toBe(4 * 40);
  });

  on(
    'tells a gate that asks, marks the loss at the sight of its own receipt, and raises an alarm once',
    async () => {
      const gate = gates[0]!;
      const shown = receipts.get(gate)!;
      expect(await register.desk.whereAmI(gate.venueId, gate.thumbprint)).toMatchObject({
        head: gate.heads[20],
        resendFrom: null,
      });
      expect(register.alarms).toEqual([]);
      for (let i = 0; i < 2; i++) await register.desk.whereAmI(gate.venueId, gate.thumbprint, shown);
      expect(register.alarms).toEqual([{ kind: 'regressed', venueId: gate.venueId, gateNo: 1 }]);
      expect((await register.desk.status()).regressed).toBe(1);
      // A receipt that another body signed, or that covers what is here, alarms nobody.
      const strange = await openReceiptOfAnother(gate);
      await register.desk.whereAmI(gate.venueId, gate.thumbprint, strange);
      expect(register.alarms).toHaveLength(1);
    },
  );

  async function openReceiptOfAnother(gate: TestGate): Promise<Uint8Array> {
    const shown = receipts.get(gate)!.slice();
    shown[shown.length - 1]! ^= 1;
    return shown;
  }

  on('has everything again after the gates sent what they kept, each in its own way', async () => {
    const [asks, goesOn, overlaps, silent] = gates as [TestGate, TestGate, TestGate, TestGate];

    // One that asked, and sends from there, showing its receipt.
    const again = await register.desk.ingest(await asks.batch(21), receipts.get(asks)!);
    expect(only(again.results)).toEqual(['stored']);

    // One that knows nothing of it and goes on: kept, and asked for what lies between.
    goesOn.append(5, AT + 1_190);
    const early = await register.desk.ingest(await goesOn.batch(61));
    expect(early).toMatchObject({
      head: goesOn.heads[20],
      have: [
        [1, 20],
        [61, 65],
      ],
      resendFrom: 21,
      receipt: null,
    });
    expect(early.results.flatMap((one) => one.flags)).toEqual(Array(5).fill('gap'));
    for (const from of [21, 41])
      await register.desk.ingest(await goesOn.batch(from, from + 19), receipts.get(goesOn)!);

    // One that sends slices which overlap what is there.
    const overlapping = await register.desk.ingest(await overlaps.batch(15, 60));
    expect(overlapping.results.map((one) => one.result)).toEqual([
      ...Array(6).fill('already-stored'),
      ...Array(40).fill('stored'),
    ]);

    // One that sends everything it has, from the first.
    await register.desk.ingest(await silent.batch(1));

    const counters = await storedCounters(db, silent.venueId);
    expect(Math.max(...counters.values())).toBe(1);
    expect(counters.size).toBe(3 * 60 + 65);
    for (const gate of gates) {
      const standing = await register.desk.whereAmI(gate.venueId, gate.thumbprint);
      expect(standing).toMatchObject({ head: gate.head, have: [[1, gate.head.counter]], resendFrom: null });
      expect(standing.receipt).not.toBeNull();
    }
    // No honest entry looks back-dated for it.
    expect((await db.query('SELECT count(*) AS marked FROM entry WHERE flags & 4 <> 0')).rows).toEqual([
      { marked: 0 },
    ]);
  });
});
