import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLine } from '@munjigi/core/log';
import { compilePolicy, obligation, recordRequired } from '@munjigi/core/rules';
import { compareBundles, dayKeyFor, openBundle, openNow, openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { daysOf, FOR_EVER } from '@munjigi/service/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as sunset } from '../packages/ops/src/sunset/main.ts';
import { packWithoutRecording, withoutRecord } from '../packages/service/src/authority/sunset.ts';
import { readPackFolder } from '../packages/service/src/config/pack-folder.ts';
import { testEngines } from './support/databases.ts';
import { RetentionWorld } from './support/retention-world.ts';
import { POLICY } from './support/service.ts';
import { spoken } from './support/spoken.ts';

const crypto = nodeCrypto();
const VENUE = { kind: 'restaurant', region: 'seoul' };

describe.each(testEngines())('the end of recording, on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  it('is public, at once and for good: keys gone early, gates told by signed rules, and nothing opens', async (context) => {
    const missing = engine.missing();
    if (missing !== null) return context.skip(missing);
    const world = await RetentionWorld.open(engine);
    await world.live(3);
    const before = await world.bundle();
    const at = world.nowMs() / 1000;
    const run = (...args: string[]) => spoken(() => sunset(['--data', world.data, ...args], world.nowMs()));

    const asked = await run('--body', 'authority');
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('--confirm');
    expect((await run('--body', 'nobody', '--confirm')).code).toBe(2);
    expect(await world.bundle()).toEqual(before);

    // While the service runs.
    const done = await run('--body', 'authority', '--confirm');
    expect(done).toMatchObject({ code: 0, json: { body: 'authority', highWater: FOR_EVER } });
    expect(done.json.destroyed).toHaveLength(before.dayKeys.length);

    const after = await world.bundle();
    expect(after.dayKeys).toEqual([]);
    expect(dayKeyFor(after, world.today)).toBeNull();
    expect(compareBundles(before, after, at)).toBe('take');
    expect(recordRequired(compilePolicy(before.pack), VENUE, at)).toBe(true);
    const policy = compilePolicy(after.pack);
    expect(recordRequired(policy, VENUE, at)).toBe(false);
    const { authority } = world.service.desks;
    const root = await openRoot(authority!.document('root')!, crypto);
    const now = await openNow(authority!.document('now')!, root, crypto);
    expect(obligation(policy, now.obligation)).toMatchObject({ record: 'none', check: 'required' });
    await openBundle(authority!.document('bundle')!, root, crypto, at);

    // The log has a line for each key, and one for the end.
    await world.endDays();
    const size = await authority!.log.store.size();
    const lines = await authority!.log.store.lines(0, size);
    const kinds = lines.map((line) => readLine(line).kind);
    expect(kinds.filter((kind) => kind === 'key-destroyed')).toHaveLength(before.dayKeys.length);
    expect(kinds.filter((kind) => kind === 'sunset')).toHaveLength(1);

    // A second time, and days later, nothing comes back.
    expect((await run('--body', 'authority', '--confirm')).json.destroyed).toEqual([]);
    world.nextDay(3);
    expect((await world.bundle()).dayKeys).toEqual([]);
    expect(await (await daysOf((await world.stores()).get('authority')!)).names()).toEqual([]);

    for (const body of ['register', 'issuer']) expect((await run('--body', body, '--confirm')).code).toBe(0);
    const { enrolment, nonce } = { ...world.enrolled() };
    const keys = world.keysFor(nonce);
    expect(await world.post('/api/issuer/batches', { enrolment, nonce, keys })).toMatchObject({
      status: 503,
      json: { error: 'issuer.ended' },
    });
    world.gate.append(1, at);
    const batch = await world.gate.batch(world.gate.head.counter);
    await expect(world.service.desks.register!.ingest(batch)).rejects.toMatchObject({
      code: 'register.ended',
    });

    await world.stop();
    const report = await world.report('9999-12-31');
    expect(report).toMatchObject({ clean: true, openable: 0, couldNotLook: [] });
    expect(report.stores.map(({ hasEnded, held }) => [hasEnded, held])).toEqual(Array(3).fill([true, 0]));
    expect(report.looked.reduce((sum, { boxes }) => sum + boxes.older, 0)).toBe(3);
    expect(existsSync(join(world.data, 'keys', 'CACHEDIR.TAG'))).toBe(true);
    await world.start();
    await world.done();
  }, 600_000);
});

describe('a pack without recording', () => {
  it('asks for no record from that day on, whatever its own rules say, and keeps everything else', () => {
    const pack = readPackFolder(POLICY) as { recording: unknown[] };
    const ended = packWithoutRecording(pack, '2022-01-10');
    const policy = compilePolicy(ended);
    const at = (day: string) => policy.calendar.startOf(day) + 43_200;
    expect(recordRequired(policy, VENUE, at('2022-01-09'))).toBe(true);
    expect(recordRequired(policy, VENUE, at('2022-01-10'))).toBe(false);
    expect(recordRequired(policy, VENUE, at('2022-02-10'))).toBe(false);
    expect({ ...(ended as object), recording: pack.recording }).toEqual(pack);
  });

  it('names an obligation without a record where the pack has one, and leaves the word where it has none', () => {
    const policy = compilePolicy(readPackFolder(POLICY));
    expect(withoutRecord(policy, 'usual')).toBe('check-only');
    expect(withoutRecord(policy, 'record-only')).toBe('nothing');
    const wards = compilePolicy(readPackFolder(POLICY.replace('kr-2022', 'visitor-register')));
    expect(withoutRecord(wards, 'usual')).toBe('usual');
  });
});
