import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHex } from '@munjigi/core/encoding';
import { readLine } from '@munjigi/core/log';
import { addDays, compilePolicy } from '@munjigi/core/rules';
import { openKeyFolder, random } from '@munjigi/service/crypto';
import { migrate } from '@munjigi/service/db';
import {
  DayEnded,
  DayStore,
  dayKeyId,
  dayOfKeyId,
  endThrough,
  FOR_EVER,
  keyHash,
  namedDay,
} from '@munjigi/service/keys';
import { OwnLayer } from '@munjigi/service/register';
import { voiceOf } from '@munjigi/service/retention';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DayKeys } from '../packages/service/src/authority/day-keys.ts';
import { readPackFolder } from '../packages/service/src/config/pack-folder.ts';
import { bundle } from './support/bundle.ts';
import { tempFolder, testEngines } from './support/databases.ts';
import { enrol, newVenue, openRegister } from './support/register.ts';
import { POLICY } from './support/service.ts';

const policy = compilePolicy(readPackFolder(POLICY));
const noon = (day: string): number => policy.calendar.startOf(day) + 12 * 3600;
const body = async (name = 'register') => openKeyFolder(join(tempFolder('keys'), name));
const parts = async (keys: Awaited<ReturnType<typeof body>>, lines: Uint8Array[] | null = []) => ({
  keys,
  lines: await voiceOf('register', keys),
  log: lines && { append: async (line: Uint8Array) => void lines.push(line) },
  at: noon('2022-02-03'),
});

describe('the name of a key', () => {
  it('tells its last day: of days, of spares that end with their week, of symmetric keys; and none for other names', () => {
    expect(namedDay('layer-2022-01-06')).toEqual({ day: '2022-01-06', spare: false, lastDay: '2022-01-06' });
    expect(namedDay(`day-${dayKeyId('2022-01-03', true)}`)).toEqual({
      day: '2022-01-03',
      spare: true,
      lastDay: '2022-01-09',
    });
    for (const name of ['root-1', 'signing-7', 'day-', 'receipt', 'delegate-00'])
      expect(namedDay(name)).toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15_000 }), fc.integer({ min: 0, max: 2_000 }), (days, weeks) => {
        const day = addDays('2020-01-01', days);
        const monday = addDays('2020-01-06', 7 * weeks);
        expect(dayOfKeyId(dayKeyId(day, false))).toEqual({ day, spare: false });
        expect(dayOfKeyId(dayKeyId(monday, true))).toEqual({ day: monday, spare: true });
      }),
    );
  });
});

describe('a key that was destroyed', () => {
  it('is gone from the disk, its bytes overwritten, and from the memory of whoever else has the store open', async () => {
    const keys = await body();
    const [here, elsewhere] = [
      new DayStore(await keys.folder('days')),
      new DayStore(await keys.folder('days')),
    ];
    const key = await here.key('layer-2022-01-06', '2022-01-06', () => random(32));
    expect(await elsewhere.find('layer-2022-01-06')).toEqual(key);
    const file = join(here.keys.path, 'layer-2022-01-06.key');
    const sameBytes = join(tempFolder('linked'), 'still');
    linkSync(file, sameBytes);
    const before = readFileSync(sameBytes);
    await here.keys.destroy('layer-2022-01-06');
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(sameBytes).length).toBe(before.length);
    expect(readFileSync(sameBytes).equals(before)).toBe(false);
    expect(await elsewhere.find('layer-2022-01-06')).toBeNull();
  });

  it('is never made again: not by a clock set back, another process, or a day beneath it', async () => {
    const keys = await body();
    const store = new DayStore(await keys.folder('days'));
    await store.key('layer-2022-01-06', '2022-01-06', () => random(32));
    await endThrough(await parts(keys), '2022-01-06', '2022-02-03');
    const second = new DayStore(await (await openKeyFolder(keys.path)).folder('days'));
    for (const one of [store, second])
      for (const day of ['2022-01-06', '2021-12-31', '2020-01-01'])
        await expect(one.key(`layer-${day}`, day, () => random(32))).rejects.toThrow(DayEnded);
    expect(readdirSync(store.keys.path).filter((name) => name.endsWith('.key'))).toEqual([]);
    // The mark never falls.
    await store.raise('2021-12-01', '2022-02-03');
    expect(second.highWater()).toBe('2022-01-06');
    expect(await second.key('layer-2022-01-07', '2022-01-07', () => random(32))).toHaveLength(32);
  });

  it('is not left behind by somebody who was making it meanwhile', async () => {
    const keys = await body();
    const days = await keys.folder('days');
    const store = new DayStore(days);
    const other = new DayStore(await keys.folder('days'));
    const making = store.key('layer-2022-01-06', '2022-01-06', () => {
      // While the bytes are drawn, another process raises the mark: it has listed the names before this one is there.
      writeFileSync(join(days.path, 'ended-2022-01-06.mark'), '2022-02-03');
      writeFileSync(join(days.path, 'generation'), 'ended elsewhere');
      return random(32);
    });
    await expect(making).rejects.toThrow(DayEnded);
    expect(await other.find('layer-2022-01-06')).toBeNull();
  });
});

describe('ending days', () => {
  it('says each destruction once, in public, by the hash of a name and never of a key', async () => {
    const keys = await body();
    const layer = new OwnLayer(keys);
    await layer.prepare(['2022-01-05', '2022-01-06', '2022-01-07']);
    const lines: Uint8Array[] = [];
    const ended = await endThrough(await parts(keys, lines), '2022-01-06', '2022-02-03');
    expect(ended).toMatchObject({ destroyed: ['layer-2022-01-05', 'layer-2022-01-06'], sent: 2, waiting: 0 });
    expect(lines.map(readLine)).toEqual(
      ['2022-01-05', '2022-01-06'].map((day) => ({
        body: 'register',
        kind: 'key-destroyed',
        at: noon('2022-02-03'),
        fields: { day, key: keyHash('register', `layer-${day}`, new Uint8Array(32)) },
      })),
    );
    const again = await endThrough(await parts(keys, lines), '2022-01-06', '2022-02-03');
    expect(again).toMatchObject({ destroyed: [], sent: 0, waiting: 0 });
    expect(lines).toHaveLength(2);
  });

  it('does not wait for the log: lines wait beside the keys until it takes them', async () => {
    const keys = await body();
    await new OwnLayer(keys).prepare(['2022-01-05', '2022-01-06']);
    const down = { ...(await parts(keys)), log: { append: () => Promise.reject(new Error('down')) } };
    expect(await endThrough(down, '2022-01-06', '2022-02-03')).toMatchObject({ sent: 0, waiting: 2 });
    expect(await endThrough(await parts(keys, null), '2022-01-06', '2022-02-04')).toMatchObject({
      sent: 0,
      waiting: 2,
    });
    const lines: Uint8Array[] = [];
    expect(await endThrough(await parts(keys, lines), '2022-01-06', '2022-02-05')).toMatchObject({ sent: 2 });
    expect(lines.map((line) => readLine(line).at)).toEqual([noon('2022-02-03'), noon('2022-02-03')]);
  });

  it('killed at any step and run again, ends every key, and says each at most twice in the same words', async () => {
    const program = await bundle(fileURLToPath(new URL('./support/ending-child.ts', import.meta.url)));
    const killedAt = new Set<string>();
    const keys = await body();
    await new OwnLayer(keys).prepare(['2022-01-05', '2022-01-06']);
    const log = join(tempFolder('log'), 'lines');
    for (let step = 1; ; step++) {
      const child = spawn(process.execPath, [program, keys.path, '2022-01-06', String(step), log], {
        stdio: 'inherit',
      });
      const [code, signal] = await once(child, 'exit');
      killedAt.add(String(signal));
      if (code === 0) break;
      expect(step).toBeLessThan(60);
    }
    expect(killedAt.has('SIGKILL')).toBe(true);
    const days = new DayStore(await keys.folder('days'));
    expect((await days.names()).filter((name) => name <= 'layer-2022-01-06')).toEqual([]);
    const said = readFileSync(log, 'utf8').trim().split('\n');
    const words = said.map((line) => JSON.stringify(readLine(fromHex(line)).fields));
    expect(new Set(words).size).toBe(2);
    // The same bytes, though each run had another time: the public log takes them once.
    expect(new Set(said).size).toBe(2);
    for (const word of new Set(words))
      expect(words.filter((one) => one === word).length).toBeLessThanOrEqual(2);
  }, 300_000);
});

describe.each(testEngines())('days that have ended, on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      await work();
    });

  on(
    'are in no bundle of a database that was put back, and a lost private half is replaced before it is sealed for',
    async () => {
      const test = await engine.fresh();
      await migrate(test.db, 'authority', 0);
      const keys = await body('authority');
      const dayKeys = new DayKeys(test.db, await keys.folder('days'), policy);
      const before = await dayKeys.around(noon('2022-01-06'));
      const db = await test.keepCopy();
      const lines = await voiceOf('authority', keys);
      await endThrough({ keys, lines, log: null, at: 0 }, '2022-01-10', '2022-02-07');
      await db.query("DELETE FROM day_key WHERE day <= '2022-01-10'");
      const restored = new DayKeys(await test.putBack(), await keys.folder('days'), policy);
      // The clock is set back as well.
      const after = await restored.around(noon('2022-01-06'));
      expect(after.every(({ day, spare }) => (spare ? addDays(day, 6) : day) > '2022-01-10')).toBe(true);
      expect(after.length).toBeLessThan(before.length);
      const tomorrow = after.find(({ day, spare }) => day === '2022-01-11' && !spare)!;
      expect(before.find(({ keyId }) => keyId === tomorrow.keyId)).toEqual(tomorrow);

      await (await keys.folder('days')).destroy(`day-${tomorrow.keyId}`);
      const replaced = (await restored.around(noon('2022-01-06'))).find(
        ({ keyId }) => keyId === tomorrow.keyId,
      )!;
      expect(replaced.publicKey).not.toEqual(tomorrow.publicKey);
      expect(await restored.privateKey(tomorrow.keyId)).not.toBeNull();
      await test.done();
    },
  );

  on(
    'take no entry: a register whose clock was set back says so, loses nothing, and goes on when it is set',
    async () => {
      const test = await engine.fresh();
      const register = await openRegister(test.db, { startMs: noon('2022-02-10') * 1000 });
      const gate = await enrol(register.desk, await newVenue(register.desk));
      const keys = await openKeyFolder(register.keys);
      gate.append(1, noon('2022-01-20'));
      const early = await gate.batch(1);
      await endThrough(
        { keys, lines: await voiceOf('register', keys), log: null, at: 0 },
        '2022-01-25',
        '2022-02-10',
      );
      // Kept by the clock, ended by the store: the entry is too old, and its chain goes on.
      expect((await register.desk.ingest(early)).results[0]!.result).toBe('expired');

      register.at(noon('2022-01-20') * 1000);
      gate.append(1, noon('2022-01-20'));
      await expect(register.desk.ingest(await gate.batch(2))).rejects.toMatchObject({
        code: 'service.day-ended',
      });
      register.at(noon('2022-02-10') * 1000);
      gate.append(1, noon('2022-02-10'));
      const { results } = await register.desk.ingest(await gate.batch(2));
      expect(results.map(({ result }) => result)).toEqual(['expired', 'stored']);

      await endThrough(
        { keys, lines: await voiceOf('register', keys), log: null, at: 0 },
        FOR_EVER,
        '2022-02-10',
      );
      gate.append(1, noon('2022-02-10'));
      await expect(register.desk.ingest(await gate.batch(4))).rejects.toMatchObject({
        code: 'register.ended',
      });
      await register.desk.close();
      await test.done();
    },
  );
});
