import type { Case } from '@munjigi/core/case';
import { ENTRY_FLAGS, voidEntry } from '@munjigi/core/chain';
import { decodeDeterministic } from '@munjigi/core/encoding';
import { openKeyFolder } from '@munjigi/service/crypto';
import { OwnLayer } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesInScope } from '../packages/service/src/register/cases/release.ts';
import { testEngines } from './support/databases.ts';
import {
  enrol,
  newVenue,
  openRegister,
  STORY_MS,
  type TestGate,
  type TestRegister,
} from './support/register.ts';

const AT = STORY_MS / 1000;
const TODAY = '2022-01-06';

describe.each(testEngines())('what lies in the scope of a case, on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());
  const on = (name: string, work: (register: TestRegister) => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      const test = await engine.fresh();
      const register = await openRegister(test.db);
      await work(register);
      await register.desk.close();
      await test.done();
    });

  const scopeOf = async (
    { db, keys }: TestRegister,
    venueId: number,
    window: Partial<Pick<Case, 'from' | 'until'>> = {},
    without: readonly string[] = [],
  ) => {
    const layer = new OwnLayer(await openKeyFolder(keys));
    await layer.prepare([TODAY, '2022-01-05']);
    const one = { venueId, from: AT - 3600, until: AT + 3600, ...window } as Case;
    const dayOf = (seconds: number) => new Date((seconds + 9 * 3600) * 1000).toISOString().slice(0, 10);
    const layerKey = (day: string) => (without.includes(day) ? null : layer.find(day));
    return entriesInScope(db, one, { layerKey, dayOf, oldest: AT - 27 * 86_400 });
  };
  const cancel = (gate: TestGate, counter: number): TestGate => {
    const { venueId, anchor } = gate;
    const place = { venueId, anchor, counter: gate.head.counter + 1, enteredAt: AT, clockUnknown: false };
    return gate.append(1, AT, voidEntry({ ...place, cancels: counter }));
  };

  on(
    'are the entries of one venue from the first second to before the last, each as its gate sealed it',
    async (register) => {
      const { desk } = register;
      const gate = await enrol(desk, await newVenue(desk));
      const other = await enrol(desk, await newVenue(desk));
      for (const at of [AT - 3601, AT - 3600, AT, AT + 99, AT + 100]) gate.append(1, at);
      await desk.ingest(await gate.batch());
      await desk.ingest(await other.append(3, AT).batch());
      const found = await scopeOf(register, gate.venueId, { until: AT + 100 });
      expect(found).toMatchObject({ cancelled: 0, keyMissing: 0, moved: 0 });
      expect(found.entries.map(({ counter }) => counter)).toEqual([2, 3, 4]);
      for (const { counter, box, gate: thumbprint, venueId } of found.entries) {
        expect(Buffer.from(box).equals(gate.entries[counter - 1]!.subject)).toBe(true);
        expect([Buffer.from(thumbprint).equals(gate.thumbprint), venueId]).toEqual([true, gate.venueId]);
      }
    },
  );

  on('leave out what the venue cancelled, also where the void came after the window', async (register) => {
    const { desk } = register;
    const gate = await enrol(desk, await newVenue(desk));
    cancel(gate.append(3, AT), 2);
    await desk.ingest(await gate.batch());
    const found = await scopeOf(register, gate.venueId, { until: AT + 1 });
    expect([found.entries.map(({ counter }) => counter), found.cancelled]).toEqual([[1, 3], 1]);
  });

  on('a void of a fork or of a revoked gate takes nothing out: it marks', async (register) => {
    const { desk, db } = register;
    const gate = await enrol(desk, await newVenue(desk));
    gate.append(4, AT);
    await desk.ingest(await gate.batch());
    // A thief's copy of the tablet, put back to its third entry, cancels the second.
    const copy = cancel(gate.restoredAt(3), 2);
    await desk.ingest(await copy.batch(4, 4));
    const forked = await scopeOf(register, gate.venueId);
    expect(forked.cancelled).toBe(0);
    expect(forked.entries.filter(({ disputed }) => disputed).map(({ counter }) => counter)).toEqual([2]);
    await db.query('UPDATE gate SET revoked_after = 4 WHERE venue_id = $1', [gate.venueId]);
    await db.query('UPDATE entry SET flags = flags | $2 WHERE venue_id = $1 AND counter > 3', [
      gate.venueId,
      ENTRY_FLAGS['revoked-gate'],
    ]);
    const revoked = await scopeOf(register, gate.venueId);
    expect(
      revoked.entries.find(({ counter, disputed }) => counter === 4 && !disputed)!.flags &
        ENTRY_FLAGS['revoked-gate'],
    ).toBeGreaterThan(0);
  });

  on('a void of a fork cancels nothing on the branch that it does not follow', async (register) => {
    const { desk } = register;
    const gate = await enrol(desk, await newVenue(desk));
    gate.append(4, AT);
    await desk.ingest(await gate.batch());
    const copy = cancel(gate.restoredAt(2).append(2, AT + 7), 4);
    await desk.ingest(await copy.batch(3, 5));
    const found = await scopeOf(register, gate.venueId);
    const genuine = found.entries.filter(({ enteredAt }) => enteredAt === AT);
    expect(genuine.map(({ counter, disputed }) => [counter, disputed])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, false],
    ]);
  });

  on(
    'an entry whose clock is not believed counts by its claim and by its receiving, and says so',
    async (register) => {
      const { desk } = register;
      const gate = await enrol(desk, await newVenue(desk));
      gate.append(1, AT - 86_400, { clockUnknown: true }).append(1, AT + 86_400);
      await desk.ingest(await gate.batch());
      const received = await scopeOf(register, gate.venueId);
      expect(received.entries.map(({ flags }) => flags)).toEqual([ENTRY_FLAGS.clock, ENTRY_FLAGS.future]);
      const claimed = await scopeOf(register, gate.venueId, { from: AT - 86_500, until: AT - 86_300 });
      expect(claimed.entries).toMatchObject([{ counter: 1, enteredAt: AT - 86_400, filedAt: AT }]);
      expect(
        (await scopeOf(register, gate.venueId, { from: AT - 90_000, until: AT - 89_000 })).entries,
      ).toEqual([]);
    },
  );

  on('a layer key that is gone costs its own day; the next day goes on', async (register) => {
    const { desk } = register;
    const gate = await enrol(desk, await newVenue(desk));
    gate
      .append(2, AT - 15 * 3600)
      .append(1, AT)
      .append(1, AT, { subject: new Uint8Array(0), dayKeyId: 0, record: 'call' });
    await desk.ingest(await gate.batch());
    const found = await scopeOf(register, gate.venueId, { from: AT - 86_400 }, ['2022-01-05']);
    expect([found.entries.length, found.keyMissing]).toEqual([2, 2]);
    const none = await scopeOf(register, gate.venueId, { from: AT - 86_400 }, ['2022-01-05', TODAY]);
    // An entry without a box needs no key.
    expect([none.entries.map(({ record }) => record), none.keyMissing]).toEqual([['call'], 3]);
  });

  on('a void that was turned in the register names no entry', async (register) => {
    const { desk, db } = register;
    const gate = await enrol(desk, await newVenue(desk));
    cancel(gate.append(2, AT), 1);
    await desk.ingest(await gate.batch());
    expect(decodeDeterministic(gate.entries[2]!.subject, { maxBytes: 9, maxDepth: 1 })).toBe(1);
    await db.query(
      'UPDATE entry SET subject = set_byte(subject, 13, get_byte(subject, 13) # 1) WHERE venue_id = $1 AND kind = 1',
      [gate.venueId],
    );
    expect((await scopeOf(register, gate.venueId)).cancelled).toBe(0);
  });
});
