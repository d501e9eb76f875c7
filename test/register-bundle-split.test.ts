import { randomBytes } from 'node:crypto';
import { signBatch } from '@munjigi/core/chain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testEngines } from './support/databases.ts';
import { enrol, newVenue, openRegister, STORY_MS } from './support/register.ts';

describe.each(testEngines())('two bundles of one number, at the register on $name', (engine) => {
  let test: TestDatabase;
  let skip: string | null = null;

  beforeAll(async () => {
    await engine.start();
    skip = engine.missing();
    if (skip === null) test = await engine.fresh();
  });
  afterAll(() => engine.stop());

  it('are noticed from what gates name in their uploads, after a restart too, and delay nobody', async (context) => {
    if (skip !== null) return context.skip(skip);
    const first = await openRegister(test.db);
    const venue = await newVenue(first.desk);
    const bundle = (sequence: number) => ({ sequence, digest: new Uint8Array(randomBytes(32)) });
    const [one, other, next] = [bundle(5), bundle(5), bundle(6)];

    /** A new gate that works by a bundle, and its first upload. */
    const upload = async (register: typeof first, by: typeof one) => {
      const gate = (await enrol(register.desk, venue)).append(1, STORY_MS / 1000);
      const fields = { venueId: venue.venueId, previous: gate.heads[0]!, entries: gate.entries, pending: 0 };
      const batch = await signBatch({ ...fields, bundle: by }, gate.signer);
      const { results } = await register.desk.ingest(batch);
      expect(results).toEqual([{ n: 1, result: 'stored', flags: [] }]);
    };
    const splits = ({ alarms }: typeof first) => alarms.filter(({ kind }) => kind === 'bundle-split');

    for (const by of [one, one, next]) await upload(first, by);
    await expect.poll(async () => (await test.db.query('SELECT 1 FROM bundle_in_use')).count).toBe(2);
    expect(splits(first)).toEqual([]);
    await upload(first, other);
    await expect
      .poll(() => splits(first))
      .toEqual([{ kind: 'bundle-split', venueId: venue.venueId, gateNo: null }]);
    await upload(first, other);
    await first.desk.close();

    const second = await openRegister(test.db, { keys: first.keys });
    await upload(second, one);
    await expect.poll(() => splits(second)).toHaveLength(1);
    await second.desk.close();
  });
});
