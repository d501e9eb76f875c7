// @long All cases share one register: opening an embedded database takes seconds.
import { type EntryResult, openReceipt, receiptHash, voidEntry } from '@munjigi/core/chain';
import { sha256, toHex } from '@munjigi/core/encoding';
import { spkiFromPoint } from '@munjigi/core/signing';
import { nodeCrypto, openKeyFolder } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import { OwnLayer, takeOff } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testEngines } from './support/databases.ts';
import {
  enrol,
  newVenue,
  openRegister,
  STORY_MS,
  storedCounters,
  TestGate,
  type TestRegister,
} from './support/register.ts';

const AT = STORY_MS / 1000;
const DAY = 86_400;

/** How often each result came, and which flags at all. */
function tally(results: readonly { result: EntryResult; flags: readonly string[] }[]) {
  const counts: Record<string, number> = {};
  for (const { result, flags } of results)
    for (const word of [result, ...flags]) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

describe.each(testEngines())('the register on $name', (engine) => {
  let register: TestRegister;
  let db: Database;
  let fresh: TestDatabase;
  let reopen: () => Promise<Database>;

  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    const test = await engine.fresh();
    db = test.db;
    fresh = test;
    reopen = () => test.reopen();
    register = await openRegister(db);
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

  const gateOf = async () => enrol(register.desk, await newVenue(register.desk));
  const open = (bytes: Uint8Array) =>
    openReceipt(bytes, () => spkiFromPoint(register.signer.publicKey), nodeCrypto());

  on('stores a batch once, however often it is sent, and answers with the same receipt', async () => {
    const gate = (await gateOf()).append(20, AT);
    const batch = await gate.batch();
    const first = await register.desk.ingest(batch);
    expect(tally(first.results)).toEqual({ stored: 20 });
    expect(first).toMatchObject({ head: gate.head, have: [[1, 20]], resendFrom: null });
    register.at(STORY_MS + 60_000);
    const second = await register.desk.ingest(batch);
    expect(tally(second.results)).toEqual({ 'already-stored': 20 });
    expect(second.receipt).toEqual(first.receipt);
    expect((await open(second.receipt!)).receivedAtMs).toBe(STORY_MS);
    expect([...(await storedCounters(db, gate.venueId)).values()]).toEqual(Array(20).fill(1));
  });

  on('chains its receipts: each names the one before', async () => {
    const gate = await gateOf();
    const receipts: Uint8Array[] = [];
    for (let i = 0; i < 4; i++) {
      gate.append(2, AT + i);
      receipts.push((await register.desk.ingest(await gate.batch(2 * i + 1))).receipt!);
    }
    const opened = await Promise.all(receipts.map(open));
    expect(opened[0]!.previousReceipt).toEqual(new Uint8Array(32));
    for (let i = 1; i < 4; i++)
      expect(toHex(opened[i]!.previousReceipt)).toBe(toHex(receiptHash(receipts[i - 1]!)));
    expect(opened.map((receipt) => receipt.head.counter)).toEqual([2, 4, 6, 8]);
  });

  on('stores each batch once when eight senders bring it at the same time', async () => {
    const gate = await gateOf();
    const other = await openRegister((await sameDatabase()) ?? db, {
      signer: register.signer,
      keys: register.keys,
    });
    const desks = [register.desk, other.desk];
    let stored = 0;
    let again = 0;
    for (let round = 0; round < 8; round++) {
      gate.append(10, AT + round);
      const batch = await gate.batch(round * 10 + 1);
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => desks[i % 2]!.ingest(batch)));
      for (const answer of answers) {
        expect(answer.head).toEqual(gate.head);
        if (answer.results.every((one) => one.result === 'stored')) stored += 1;
        else if (answer.results.every((one) => one.result === 'already-stored')) again += 1;
      }
      expect(new Set(answers.map((answer) => toHex(answer.receipt!))).size).toBe(1);
    }
    expect({ stored, again }).toEqual({ stored: 8, again: 56 });
    const counters = await storedCounters(db, gate.venueId);
    expect([counters.size, Math.max(...counters.values())]).toEqual([80, 1]);
    await other.desk.close();
  });

  let second: Database | null | undefined;
  /** A second pool on the same database, as another node would have; null where the engine allows one only. */
  async function sameDatabase(): Promise<Database | null> {
    second ??= await fresh.again();
    return second;
  }

  on('accepts a batch that was cut anew and overlaps the head', async () => {
    const gate = (await gateOf()).append(30, AT);
    await register.desk.ingest(await gate.batch(1, 20));
    const answer = await register.desk.ingest(await gate.batch(11, 30));
    expect(tally(answer.results)).toEqual({ 'already-stored': 10, stored: 10 });
    expect(answer.head).toEqual(gate.head);
    // Cut anew and ending below the head, at no receipt's place.
    const inside = await register.desk.ingest(await gate.batch(5, 17));
    expect(tally(inside.results)).toEqual({ 'already-stored': 13 });
    expect((await open(inside.receipt!)).head.counter).toBe(17);
    expect((await storedCounters(db, gate.venueId)).size).toBe(30);
  });

  on('gives a gate that was put back, and has nothing new, a receipt for what it holds', async () => {
    const gate = (await gateOf()).append(34, AT);
    const whole = await register.desk.ingest(await gate.batch());
    register.at(STORY_MS + 60_000);
    // It cannot compare a receipt over the 34th entry with anything that it has.
    const held = await gate.batch(1, 21);
    const answer = await register.desk.ingest(held);
    expect(tally(answer.results)).toEqual({ 'already-stored': 21 });
    const receipt = await open(answer.receipt!);
    expect(receipt.head).toEqual(gate.heads[21]);
    expect(receipt.receivedAtMs).toBe((await open(whole.receipt!)).receivedAtMs);
    // What it writes from now on names that receipt, and only its fork is marked, twice: as result and as flag.
    const back = gate.restoredAt(21);
    back.anchor = receiptHash(answer.receipt!);
    back.append(2, AT + 90);
    const on = await register.desk.ingest(await back.batch(22));
    expect(tally(on.results)).toEqual({ fork: 4 });
  });

  on('keeps both branches of a restored device, each entry once, and marks the second', async () => {
    const gate = (await gateOf()).append(10, AT);
    await register.desk.ingest(await gate.batch(1, 10));
    const restored = gate.restoredAt(6);
    gate.append(5, AT + 60);
    await register.desk.ingest(await gate.batch(11, 15));
    restored.append(4, AT + 120);
    register.alarms.length = 0;
    const forked = await register.desk.ingest(await restored.batch(5, 10));
    expect(tally(forked.results)).toEqual({ 'already-stored': 2, fork: 8 });
    expect(forked.head).toEqual(restored.head);
    expect(register.alarms).toMatchObject([{ kind: 'fork', venueId: gate.venueId, gateNo: 2 }]);

    // Both go on, in turn, and may be sent again.
    gate.append(3, AT + 180);
    restored.append(3, AT + 180);
    expect(tally((await register.desk.ingest(await gate.batch(16))).results)).toEqual({ stored: 3 });
    expect(tally((await register.desk.ingest(await restored.batch(11))).results)).toEqual({ fork: 6 });
    expect(tally((await register.desk.ingest(await restored.batch(5))).results)).toEqual({
      'already-stored': 9,
    });
    expect(tally((await register.desk.ingest(await gate.batch(1))).results)).toEqual({
      'already-stored': 18,
    });
    const counters = await storedCounters(db, gate.venueId);
    expect(counters.size).toBe(18 + 7);
    expect(Math.max(...counters.values())).toBe(1);
    const seen = await db.query(
      'SELECT gate_no, seen & 1 AS forked FROM gate_head WHERE venue_id = $1 ORDER BY gate_no',
      [gate.venueId],
    );
    expect(seen.rows).toEqual([
      { gate_no: 1, forked: 1 },
      { gate_no: 2, forked: 1 },
    ]);
  });

  on('keeps a batch whose parent is missing, asks for the gap, and joins the two', async () => {
    const gate = (await gateOf()).append(40, AT);
    await register.desk.ingest(await gate.batch(1, 10));
    const early = await register.desk.ingest(await gate.batch(31, 40));
    expect(tally(early.results)).toEqual({ stored: 10, gap: 10 });
    expect(early).toMatchObject({
      head: gate.heads[10],
      have: [
        [1, 10],
        [31, 40],
      ],
      resendFrom: 11,
      receipt: null,
    });
    expect(await register.desk.whereAmI(gate.venueId, gate.thumbprint)).toMatchObject({
      have: [
        [1, 10],
        [31, 40],
      ],
      resendFrom: 11,
    });

    expect(tally((await register.desk.ingest(await gate.batch(11, 20))).results)).toEqual({ stored: 10 });
    const closed = await register.desk.ingest(await gate.batch(15, 35));
    expect(tally(closed.results)).toEqual({ 'already-stored': 11, stored: 10 });
    expect(closed).toMatchObject({ head: gate.head, have: [[1, 40]], resendFrom: null });
    expect((await open(closed.receipt!)).head).toEqual(gate.head);
    gate.append(2, AT + 5);
    expect((await register.desk.ingest(await gate.batch(41))).head).toEqual(gate.head);
    const counters = await storedCounters(db, gate.venueId);
    expect([counters.size, Math.max(...counters.values())]).toEqual([42, 1]);
  });

  on('does not let one entry with a silly date stop the other 499', async () => {
    const gate = (await gateOf()).append(500, AT, (n) =>
      n === 250 ? { enteredAt: AT + 14 * 365 * DAY } : {},
    );
    const answer = await register.desk.ingest(await gate.batch());
    expect(tally(answer.results)).toEqual({ stored: 500, future: 1 });
    expect(answer.results[249]).toEqual({ n: 250, result: 'stored', flags: ['future'] });
    const { rows } = await db.query(
      `SELECT extract(epoch FROM entered_at)::int8 AS at, extract(epoch FROM claimed_at)::int8 AS claimed FROM entry WHERE venue_id = $1 AND counter = 250`,
      [gate.venueId],
    );
    expect(rows).toEqual([{ at: AT, claimed: AT + 14 * 365 * DAY }]);
  });

  on(
    'follows the dates rule: today and the 27 days before, unknown clocks on the day of receiving',
    async () => {
      const startOfToday = Date.parse('2022-01-06T00:00:00+09:00') / 1000;
      const oldest = startOfToday - 27 * DAY;
      const cases: [number, boolean, string][] = [
        [oldest - 1, false, 'expired'],
        [oldest, false, 'stored'],
        [AT + 300, false, 'stored'],
        [AT + 301, false, 'stored future'],
        [oldest - 500 * DAY, true, 'stored clock'],
        [253_402_300_799, true, 'stored clock'],
        [0, false, 'expired'],
      ];
      const gate = await gateOf();
      for (const [enteredAt, clockUnknown] of cases) gate.append(1, enteredAt, { clockUnknown });
      const answer = await register.desk.ingest(await gate.batch());
      expect(answer.results.map(({ result, flags }) => [result, ...flags].join(' '))).toEqual(
        cases.map(([, , said]) => said),
      );
      expect(answer.head).toEqual(gate.head);
      const rejected = await db.query(
        'SELECT counter, reason FROM rejected WHERE venue_id = $1 ORDER BY counter',
        [gate.venueId],
      );
      expect(rejected.rows).toEqual([
        { counter: 1, reason: 1 },
        { counter: 7, reason: 1 },
      ]);
      // Sent again, they are still expired, and the chain is still the same.
      const again = await register.desk.ingest(await gate.batch(1, 5));
      expect(again.results.map((one) => one.result)).toEqual([
        'expired',
        'already-stored',
        'already-stored',
        'already-stored',
        'already-stored',
      ]);
      gate.append(1, AT);
      expect(tally((await register.desk.ingest(await gate.batch(8))).results)).toEqual({ stored: 1 });
    },
  );

  on('refuses a malformed and a foreign entry each by itself', async () => {
    const gate = await gateOf();
    gate
      .append(1, AT)
      .append(1, AT, { subject: new Uint8Array(100) })
      .append(1, AT);
    gate.append(1, AT, (n) =>
      voidEntry({
        venueId: gate.venueId,
        counter: n,
        enteredAt: AT,
        cancels: 1,
        anchor: gate.anchor,
        clockUnknown: false,
      }),
    );
    gate.append(1, AT, {
      kind: 'void',
      subject: Uint8Array.of(9),
      dayKeyId: 0,
      check: 'not-made',
      record: 'none',
    });
    const answer = await register.desk.ingest(await gate.batch());
    expect(answer.results.map((one) => one.result)).toEqual([
      'stored',
      'malformed',
      'stored',
      'stored',
      'malformed',
    ]);
    expect((await storedCounters(db, gate.venueId)).size).toBe(3);
  });

  on('marks an entry that claims a time before the receipt it names', async () => {
    const gate = (await gateOf()).append(1, AT);
    const { receipt } = await register.desk.ingest(await gate.batch());
    register.at(STORY_MS + 600_000);
    gate.anchor = receiptHash(receipt!);
    gate
      .append(1, AT - 3600)
      .append(1, AT - 100)
      .append(1, AT + 500);
    const answer = await register.desk.ingest(await gate.batch(2));
    expect(answer.results.map((one) => one.flags)).toEqual([['before-anchor'], [], []]);
  });

  on('moves no head and stores nothing for a forged head or signature, or an unknown gate', async () => {
    const gate = (await gateOf()).append(5, AT);
    await register.desk.ingest(await gate.batch());
    gate.append(3, AT);
    const batch = await gate.batch(6);
    const forged = { ...batch, head: { counter: batch.head.counter, hash: new Uint8Array(32).fill(1) } };
    await expect(register.desk.ingest(forged)).rejects.toMatchObject({ code: 'register.signature' });
    const stranger = new TestGate(gate.venueId).append(3, AT);
    await expect(register.desk.ingest(await stranger.batch())).rejects.toMatchObject({
      code: 'register.gate-unknown',
    });
    await expect(
      register.desk.ingest({ ...batch, signed: (await stranger.batch()).signed }),
    ).rejects.toMatchObject({ code: 'register.signature' });
    // Signed by the gate, but the entries were changed on the way.
    const changed = {
      ...batch,
      entries: batch.entries.map((entry, i) => (i === 1 ? { ...entry, enteredAt: AT - 9 } : entry)),
    };
    await expect(register.desk.ingest(changed)).rejects.toMatchObject({ code: 'register.head' });
    expect((await register.desk.whereAmI(gate.venueId, gate.thumbprint)).head).toEqual(gate.heads[5]);
    expect((await storedCounters(db, gate.venueId)).size).toBe(5);
  });

  on('takes the same counter with another time for a fork, never for a second copy', async () => {
    const gate = (await gateOf()).append(5, AT);
    await register.desk.ingest(await gate.batch());
    const twin = gate.restoredAt(4).append(1, AT - 3600);
    expect(tally((await register.desk.ingest(await twin.batch(5))).results)).toEqual({ fork: 2 });
    const counters = await storedCounters(db, gate.venueId);
    expect([...counters.keys()].sort()).toEqual(['1/1', '1/2', '1/3', '1/4', '1/5', '2/5']);
  });

  on('stores the others of a group when one batch poisons it', async () => {
    const venue = await newVenue(register.desk);
    const gates: TestGate[] = [];
    for (let i = 0; i < 8; i++) gates.push(await enrol(register.desk, venue));
    for (const gate of gates) await register.desk.ingest(await gate.append(1, AT).batch());
    // A row that stands where the poisoned batch wants to write, which only damage could bring about.
    await db.query(
      `INSERT INTO entry SELECT venue_id, entered_at, 2, late_s, anchor_ref, day_key_id, gate_no, check_code, record_code, kind, flags, subject_hash, subject
       FROM entry WHERE venue_id = $1 AND gate_no = 4`,
      [venue.venueId],
    );
    const batches = await Promise.all(gates.map((gate) => gate.append(2, AT).batch(2)));
    const answers = await Promise.allSettled(batches.map((batch) => register.desk.ingest(batch)));
    expect(answers.map((answer) => answer.status)).toEqual(
      gates.map((_, i) => (i === 3 ? 'rejected' : 'fulfilled')),
    );
    expect((await register.desk.whereAmI(venue.venueId, gates[3]!.thumbprint)).head.counter).toBe(1);
    for (const i of [0, 7])
      expect((await register.desk.whereAmI(venue.venueId, gates[i]!.thumbprint)).head.counter).toBe(3);
    await db.query('DELETE FROM entry WHERE venue_id = $1 AND gate_no = 4 AND counter = 2', [venue.venueId]);
  });

  on('keeps a box that only both bodies together can open, at its own place and no other', async () => {
    const gate = (await gateOf()).append(2, AT);
    await register.desk.ingest(await gate.batch());
    const { rows } = await db.query<{ subject: Uint8Array; hash: Uint8Array }>(
      'SELECT subject, subject_hash AS hash FROM entry WHERE venue_id = $1 ORDER BY counter',
      [gate.venueId],
    );
    const layer = new OwnLayer(await openKeyFolder(register.keys));
    await layer.prepare(['2022-01-06', '2022-01-07']);
    const place = { venueId: gate.venueId, gate: gate.thumbprint, counter: 1 };
    const box = takeOff(layer.keyOf('2022-01-06'), place, rows[0]!.subject);
    expect(box).toEqual(gate.entries[0]!.subject);
    expect(toHex(rows[0]!.hash)).toBe(toHex(sha256(gate.entries[0]!.subject)));
    expect(
      Buffer.from(rows[0]!.subject).includes(Buffer.from(gate.entries[0]!.subject.subarray(65, 97))),
    ).toBe(false);
    // Another place, another day's key, another row: nothing opens.
    expect(takeOff(layer.keyOf('2022-01-06'), { ...place, counter: 2 }, rows[0]!.subject)).toBeNull();
    expect(takeOff(layer.keyOf('2022-01-07'), place, rows[0]!.subject)).toBeNull();
    expect(takeOff(layer.keyOf('2022-01-06'), place, rows[1]!.subject)).toBeNull();
    // Nonces are never used twice.
    const nonces = await db.query<{ all: number; different: number }>(
      `SELECT count(*) AS "all", count(DISTINCT substring(subject FROM 1 FOR 12)) AS different FROM entry WHERE octet_length(subject) > 0`,
    );
    expect(nonces.rows[0]!.different).toBe(nonces.rows[0]!.all);
    const seen = await register.desk.rows(gate.venueId);
    expect(seen).toMatchObject({
      total: 2,
      rows: [
        { counter: 2, check: 'scan', record: 'scan', confirmed: true, receivedAtMs: STORY_MS },
        { counter: 1 },
      ],
    });
  });

  on('finds its way again after it forgot everything in memory', async () => {
    const gate = (await gateOf()).append(10, AT);
    await register.desk.ingest(await gate.batch());
    await register.desk.close();
    db = await reopen();
    register = await openRegister(db, { signer: register.signer, keys: register.keys });
    gate.append(5, AT);
    const answer = await register.desk.ingest(await gate.batch(8));
    expect(tally(answer.results)).toEqual({ 'already-stored': 3, stored: 5 });
  });
});
