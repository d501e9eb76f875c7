import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { addDays } from '@munjigi/core/rules';
import { openKeyFolder } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as backup } from '../packages/ops/src/backup/backup.ts';
import { main as retention } from '../packages/ops/src/retention/main.ts';
import { tempFolder } from './support/databases.ts';
import { DESKS, RetentionWorld } from './support/retention-world.ts';
import { spoken } from './support/spoken.ts';

describe('munjigi retention report', { timeout: 600_000 }, () => {
  let world: RetentionWorld;
  const logical = join(tempFolder('backup'), 'logical');
  const copied = tempFolder('copied');
  const report = (...args: string[]) =>
    spoken(() => retention(['report', '--data', world.data, ...args], world.nowMs()));

  beforeAll(async () => {
    world = await RetentionWorld.inFolder();
    await world.live(2);
    await world.stop();
    for (const desk of DESKS) {
      const at = new Date(world.nowMs()).toISOString();
      const args = ['--desk', desk, '--data', world.data, '--to', join(logical, desk), '--at', at];
      expect((await spoken(() => backup(args))).code).toBe(0);
      cpSync(join(world.data, desk), join(copied, desk), { recursive: true });
    }
  }, 600_000);
  afterAll(() => world.stop());

  it('no backup holds a key: munjigi backup never goes near them', async () => {
    const held = new Set<string>();
    for (const [, keys] of await world.stores())
      for (const folder of [keys, await keys.folder('days')])
        for (const name of await folder.names())
          held.add(Buffer.from((await folder.find(name))!).toString('base64url'));
    expect(held.size).toBeGreaterThan(100);
    for (const desk of DESKS) {
      const files = readdirSync(join(logical, desk));
      expect(files).toContain('manifest.json');
      for (const file of files) {
        const bytes = readFileSync(join(logical, desk, file));
        const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
        for (const key of held) {
          expect(text).not.toContain(key);
          expect(text).not.toContain(Buffer.from(key, 'base64url').toString('hex'));
        }
      }
    }
  });

  it('counts what opens in both kinds of backup, and exits 1', async () => {
    const day = addDays(world.today, 1);
    const said = await report('--date', day, '--backup', logical, '--backup', copied);
    expect(said.code).toBe(1);
    expect(said.json).toMatchObject({ clean: false, openable: 6, date: day });
    const places = said.json.looked.map(({ place, boxes }: { place: string; boxes: { opened: number } }) => [
      place.startsWith('backup') ? 'backup' : place,
      boxes.opened,
    ]);
    expect(places.filter(([, opened]: [string, number]) => opened === 2)).toHaveLength(3);
    expect(said.stderr).toBe('');
  });

  it('is clean once the days were ended by the command, in backups too, and twice is once', async () => {
    world.nextDay(45);
    const run = () => spoken(() => retention(['run', '--data', world.data], world.nowMs()));
    const first = await run();
    expect(first.code).toBe(0);
    expect(first.json.through).toBe(addDays(world.today, -28));
    const bodies = first.json.desks as {
      body: string;
      destroyed: string[];
      deleted: Record<string, number>;
    }[];
    for (const { body, destroyed } of bodies) expect([body, destroyed.length > 0]).toEqual([body, true]);
    expect(bodies.find(({ body }) => body === 'issuer')!.deleted.mappings).toBe(1);
    expect(bodies.find(({ body }) => body === 'register')!.deleted.days).toBeGreaterThan(0);
    for (const { destroyed } of (await run()).json.desks) expect(destroyed).toEqual([]);

    const said = await report('--backup', logical, '--backup', copied);
    expect(said.json).toMatchObject({ clean: true, openable: 0, couldNotLook: [] });
    expect(said.code).toBe(0);
    const older = said.json.looked.map(
      ({ boxes, mappings }: { boxes: { older: number }; mappings: { older: number } }) =>
        boxes.older + mappings.older,
    );
    expect(older.reduce((sum: number, n: number) => sum + n, 0)).toBe(6);
  });

  it('is not clean where it could not look, or where a key of an older day is still held', async () => {
    const nowhere = await report('--backup', join(copied, 'nothing-here'));
    expect(nowhere.code).toBe(1);
    expect(nowhere.json.couldNotLook[0]).toContain('no database in it');
    expect((await report('--desks', 'register', '--data', tempFolder('empty'))).code).toBe(1);

    const days = await (await openKeyFolder(join(world.data, 'keys', 'register'))).folder('days');
    await days.secret('layer-2022-01-07', () => new Uint8Array(32));
    const kept = await report();
    expect(kept.code).toBe(1);
    expect(kept.json.stores.find(({ desk }: { desk: string }) => desk === 'register').older).toEqual([
      'layer-2022-01-07',
    ]);
    await days.destroy('layer-2022-01-07');
  });

  it('finds a table that was detached and not dropped', async () => {
    const places = await world.places();
    const register = places.find(({ name }) => name === 'register')!;
    await register.db.script('CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.kept_aside (LIKE entry)');
    for (const { db } of places) await db.close();
    const said = await report();
    const seen = said.json.looked.find(({ place }: { place: string }) => place === 'register');
    expect(seen.boxes.tables).toContain('"elsewhere"."kept_aside"');
  });

  it('wrong usage is 2', async () => {
    expect((await spoken(() => retention(['reprot']))).code).toBe(2);
    expect((await spoken(() => retention(['report', '--date', 'yesterday']))).code).toBe(2);
    expect((await spoken(() => retention([]))).code).toBe(2);
  });
});
