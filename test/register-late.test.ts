import { openReceipt } from '@munjigi/core/chain';
import { spkiFromPoint } from '@munjigi/core/signing';
import { nodeCrypto } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngines } from './support/databases.ts';
import { enrol, newVenue, openRegister, STORY_MS, TestGate, type TestRegister } from './support/register.ts';

const AT = STORY_MS / 1000;
const DAY = 86_400;
const at = (days: number) => STORY_MS + days * DAY * 1000;

describe.each(testEngines())('what comes late to the register on $name', (engine) => {
  let register: TestRegister;
  let db: Database;
  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    db = (await engine.fresh()).db;
    register = await openRegister(db);
  });
  afterAll(async () => {
    await register?.desk.close();
    await engine.stop();
  });
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      if (engine.missing() !== null) return context.skip(engine.missing()!);
      register.at(STORY_MS);
      await work();
    });
  const gateOf = async () => enrol(register.desk, await newVenue(register.desk));
  const flagsOf = async (gate: TestGate) =>
    (
      await db.query<{ counter: number; flags: number }>(
        'SELECT counter, flags FROM entry WHERE venue_id = $1 ORDER BY counter, gate_no',
        [gate.venueId],
      )
    ).rows.map(({ counter, flags }) => [counter, flags]);

  on('of every age inside retention stands on its true day, received today', async () => {
    const gate = await gateOf();
    for (let age = 27; age >= 0; age--) gate.append(1, AT - age * DAY);
    const answer = await register.desk.ingest(await gate.batch());
    expect(answer.results.every(({ result, flags }) => result === 'stored' && flags.length === 0)).toBe(true);
    const { rows } = await db.query<{ at: number; late: number }>(
      `SELECT extract(epoch FROM entered_at)::int8 AS at, late_s AS late FROM entry WHERE venue_id = $1 ORDER BY counter`,
      [gate.venueId],
    );
    expect(rows).toEqual(
      Array.from({ length: 28 }, (_, i) => ({ at: AT - (27 - i) * DAY, late: (27 - i) * DAY })),
    );
    // The first second that is kept, and the last that is not.
    const first = Date.parse('2021-12-10T00:00:00+09:00') / 1000;
    gate.append(1, first).append(1, first - 1);
    expect((await register.desk.ingest(await gate.batch(29))).results.map(({ result }) => result)).toEqual([
      'stored',
      'expired',
    ]);
  });

  on(
    'never, leaves a gap that is asked for until it can hold nothing any more, then closed with a mark',
    async () => {
      const gate = (await gateOf()).append(30, AT);
      await register.desk.ingest(await gate.batch(1, 10));
      // The entries 11 to 20 are lost with the device's storage; it goes on with what it has.
      const waiting = await register.desk.ingest(await gate.batch(21, 30));
      expect(waiting).toMatchObject({
        resendFrom: 11,
        receipt: null,
        have: [
          [1, 10],
          [21, 30],
        ],
      });
      register.at(at(27));
      expect((await register.desk.retain()).closedGaps).toBe(0);
      const asked = await register.desk.whereAmI(gate.venueId, gate.thumbprint);
      expect(asked.resendFrom).toBe(11);

      register.at(at(28));
      expect((await register.desk.retain()).closedGaps).toBe(1);
      expect((await register.desk.retain()).closedGaps).toBe(0);
      const closed = await register.desk.whereAmI(gate.venueId, gate.thumbprint);
      expect(closed).toMatchObject({
        head: gate.head,
        resendFrom: null,
        have: [
          [1, 10],
          [21, 30],
        ],
      });
      const receipt = await openReceipt(
        closed.receipt!,
        () => spkiFromPoint(register.signer.publicKey),
        nodeCrypto(),
      );
      expect(receipt.head).toEqual(gate.head);
      const { rows } = await db.query(
        'SELECT gate_no FROM gate WHERE venue_id = $1 AND gap_closed_at IS NOT NULL',
        [gate.venueId],
      );
      expect(rows).toEqual([{ gate_no: 2 }]);

      // The gate goes on; and where the lost entries turn up after all, they are expired and nothing forks.
      gate.append(5, AT + 28 * DAY);
      const goesOn = await register.desk.ingest(await gate.batch(31));
      expect(goesOn).toMatchObject({ head: gate.head, resendFrom: null });
      expect(goesOn.receipt).not.toBeNull();
      const late = await register.desk.ingest(await gate.batch(11, 20));
      expect(late.results.every(({ result }) => result === 'expired')).toBe(true);
      expect(late.have).toEqual([[1, 35]]);
      expect(register.alarms.filter(({ kind }) => kind === 'fork')).toEqual([]);
      for (const gateNo of [1, 2])
        expect((await register.desk.verifyChain(gate.venueId, gateNo))!.problems).toEqual([]);
    },
  );

  on(
    'from a revoked gate is kept and marked, after the counter and not before, on every branch',
    async () => {
      const gate = (await gateOf()).append(10, AT);
      await register.desk.ingest(await gate.batch(1, 10));
      const revoked = await register.desk.revokeGate(gate.venueId, 1, 7);
      expect(revoked).toMatchObject({ venueId: gate.venueId, afterCounter: 7, atMs: STORY_MS });
      expect(await flagsOf(gate)).toEqual([...Array(10)].map((_, i) => [i + 1, i + 1 > 7 ? 64 : 0]));
      gate.append(2, AT);
      const answer = await register.desk.ingest(await gate.batch(11));
      expect(answer.results.map(({ result, flags }) => [result, ...flags])).toEqual(
        Array(2).fill(['stored', 'revoked-gate']),
      );
      // A clone that went another way from 5 on.
      const clone = new TestGate(gate.venueId, gate.signer);
      clone.heads.push(...gate.heads.slice(1, 6));
      clone.entries.push(...gate.entries.slice(0, 5));
      clone.append(4, AT + 60);
      const forked = await register.desk.ingest(await clone.batch(6));
      expect(forked.results.map(({ flags }) => [...flags])).toEqual([
        ['fork'],
        ['fork'],
        ['fork', 'revoked-gate'],
        ['fork', 'revoked-gate'],
      ]);
      // Earlier is possible, later is not.
      expect((await register.desk.revokeGate(gate.venueId, 2, 9)).afterCounter).toBe(7);
      expect((await register.desk.revokeGate(gate.venueId, 1, 5)).afterCounter).toBe(5);
      expect((await flagsOf(gate)).filter(([, flags]) => flags! & 64)).toHaveLength(7 + 4);
      await expect(register.desk.revokeGate(gate.venueId, 9, 1)).rejects.toMatchObject({
        code: 'register.gate-unknown',
      });
      for (const gateNo of [1, 2])
        expect((await register.desk.verifyChain(gate.venueId, gateNo))!.problems).toEqual([]);
    },
  );
});
