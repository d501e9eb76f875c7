import { chmodSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { addDays } from '@munjigi/core/rules';
import { readSettings } from '@munjigi/service';
import { makePrivateKey, openKeyFolder, publicPoint } from '@munjigi/service/crypto';
import { beginWeek, daysOf, endThrough, LineOutbox, weekOf } from '@munjigi/service/keys';
import { voiceOf } from '@munjigi/service/retention';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backups, databases, logHead, partitions } from '../packages/ops/src/doctor/databases.ts';
import { bundleAge } from '../packages/ops/src/doctor/documents.ts';
import { dayKeys, sheets, waitingLines } from '../packages/ops/src/doctor/keys.ts';
import { clock, disk as diskCheck, port as portCheck, rights } from '../packages/ops/src/doctor/machine.ts';
import { main as doctor, examine } from '../packages/ops/src/doctor/main.ts';
import type { Check, Finding } from '../packages/ops/src/doctor/types.ts';
import { tempFolder } from './support/databases.ts';
import { type DESKS, RetentionWorld } from './support/retention-world.ts';
import { POLICY } from './support/service.ts';
import { spoken } from './support/spoken.ts';

const GB = 1024 ** 3;
const ROOM = async () => ({ free: 50 * GB, total: 100 * GB });

describe('munjigi doctor', { timeout: 600_000 }, () => {
  let world: RetentionWorld;
  const config = (flags: Record<string, string> = {}) =>
    readSettings({ data: world.data, port: '0', ...flags }, {}, POLICY);
  /** All checks; with `only`, those, into one desk's database where they look into one. */
  const look = (
    nowMs = world.nowMs(),
    disk = ROOM,
    flags: Record<string, string> = {},
    only?: readonly Check[],
  ) => examine(config(flags), nowMs, disk, only);
  const lookAt = (only: readonly Check[], nowMs = world.nowMs(), desks = 'register', disk = ROOM) =>
    look(nowMs, disk, { desks }, only);
  const of = (findings: readonly Finding[], check: string, desk?: string) =>
    findings.filter((one) => one.check === check && (desk === undefined || one.desk === desk));
  const store = (desk: (typeof DESKS)[number]) => openKeyFolder(join(world.data, 'keys', desk));
  const inRegister = async (script: string) => {
    const places = await world.places();
    for (const { name, db } of places) {
      if (name === 'register') await db.script(script);
      await db.close();
    }
  };

  beforeAll(async () => {
    world = await RetentionWorld.inFolder();
    await world.live(1);
    await world.endDays();
    await world.stop();
    const mirror = join(world.data, 'mirror');
    for (const name of readdirSync(mirror))
      utimesSync(join(mirror, name), world.nowMs() / 1000, world.nowMs() / 1000);
    chmodSync(world.data, 0o700);
  }, 600_000);
  afterAll(() => world.stop());

  it('finds nothing that needs doing now in an installation that was just used, and says what it looked at', async () => {
    const findings = await look();
    expect(findings.filter(({ state }) => state === 'bad')).toEqual([]);
    const names = [
      'rights',
      'disk',
      'clock',
      'database',
      'migrations',
      'partitions',
      'backups',
      'log-head',
      'day-keys',
      'recovery-sheets',
      'lines',
      'bundle',
    ];
    for (const name of names) expect([name, of(findings, name).length > 0]).toEqual([name, true]);
    for (const name of [
      'rights',
      'disk',
      'clock',
      'database',
      'migrations',
      'partitions',
      'day-keys',
      'lines',
      'bundle',
    ])
      for (const { check, state } of of(findings, name)) expect([check, state]).toEqual([check, 'ok']);
    // Every finding that asks for something says what to do.
    for (const { state, todo } of findings) expect(state === 'ok' || todo !== null).toBe(true);
  });

  it('speaks in words or in JSON, and exits 1 only for what needs doing now', async () => {
    const args = ['--data', world.data, '--port', '0'];
    const words = await spoken(() => doctor(args, world.nowMs()));
    expect(words.stdout).toMatch(/● register, database: The database answers/);
    expect(words.stdout).toMatch(/◆ register, backups: .*\n {4}→ Run munjigi backup/);
    const json = await spoken(() => doctor([...args, '--json'], world.nowMs()));
    expect(json.json.healthy).toBe(true);
    expect(json.code).toBe(0);
    expect((await spoken(() => doctor([...args, '--jason']))).code).toBe(2);
    expect((await spoken(() => doctor(['--data', join(world.data, 'nowhere')]))).code).toBe(1);
  });

  it('rights: a key that others may read', async () => {
    if (process.platform === 'win32') return;
    const file = join(world.data, 'keys', 'register', 'receipt.key');
    chmodSync(file, 0o644);
    expect(of(await lookAt([rights]), 'rights')[0]).toMatchObject({
      state: 'bad',
      todo: expect.stringContaining('chmod'),
    });
    chmodSync(file, 0o600);
  });

  it('disk: little room, and none', async () => {
    const disk = (free: number) => async () => ({ free, total: 100 * GB });
    expect(of(await lookAt([diskCheck], world.nowMs(), 'register', disk(4 * GB)), 'disk')[0]!.state).toBe(
      'warn',
    );
    expect(of(await lookAt([diskCheck], world.nowMs(), 'register', disk(GB / 4)), 'disk')[0]!.state).toBe(
      'bad',
    );
  });

  it('clock: set back behind what was written, and behind keys that were destroyed', async () => {
    const back = await lookAt([clock], world.nowMs() - 7_200_000);
    expect(of(back, 'clock')[0]).toMatchObject({
      state: 'bad',
      todo: expect.stringContaining('Set the clock'),
    });
    const days = await lookAt([dayKeys], world.nowMs() - 40 * 86_400_000);
    expect(of(days, 'day-keys', 'register')[0]!.state).toBe('bad');
  });

  it('port: something else listens there', async () => {
    const server = createServer((_, reply) => reply.end('hello')).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const port = String((server.address() as AddressInfo).port);
    expect(of(await look(world.nowMs(), ROOM, { port }, [portCheck]), 'port')[0]!.state).toBe('bad');
    await new Promise((closed) => server.close(closed));
    expect(of(await look(world.nowMs(), ROOM, { port }, [portCheck]), 'port')[0]!.state).toBe('ok');
  });

  it('database: held by a running service, of another major, or not there', async () => {
    const places = await world.places();
    expect(of(await lookAt([databases]), 'database', 'register')[0]).toMatchObject({
      state: 'unknown',
      says: expect.stringContaining('in use by'),
    });
    for (const { db } of places) await db.close();
    const [here, there] = ['pg18', 'pg17'].map((name) => join(world.data, 'issuer', name));
    renameSync(here!, there!);
    expect(of(await lookAt([databases], world.nowMs(), 'issuer'), 'database', 'issuer')[0]).toMatchObject({
      state: 'bad',
      says: expect.stringContaining('PostgreSQL 17'),
    });
    renameSync(there!, here!);
    const empty = tempFolder('doctor');
    mkdirSync(join(empty, 'keys'), { mode: 0o700 });
    expect(
      of(await look(world.nowMs(), ROOM, { data: empty }, [databases]), 'database', 'issuer')[0]!.state,
    ).toBe('warn');
    const down = await look(
      world.nowMs(),
      ROOM,
      { desks: 'register', 'database-register': 'postgres://nobody@127.0.0.1:1/none' },
      [databases],
    );
    expect(of(down, 'database', 'register')[0]!.state).toBe('bad');
  });

  it('migrations: behind, and ahead of this version', async () => {
    await inRegister("INSERT INTO schema_migration VALUES (900, 'from-the-future', '2022-01-06')");
    expect(of(await lookAt([databases]), 'migrations', 'register')[0]!.state).toBe('bad');
    await inRegister('DELETE FROM schema_migration WHERE number > 3');
    expect(of(await lookAt([databases]), 'migrations', 'register')[0]!.state).toBe('warn');
  });

  it('partitions, day keys and the bundle: nobody has run it for days', async () => {
    const later = (days: number, check: Check, desk = 'register') =>
      lookAt([check], world.nowMs() + days * 86_400_000, desk);
    expect(of(await later(5, partitions), 'partitions')[0]!.state).toBe('warn');
    expect(of(await later(9, partitions), 'partitions')[0]!.state).toBe('bad');
    expect(of(await later(31, dayKeys, 'authority'), 'day-keys', 'authority').at(-1)!.state).toBe('warn');
    expect(of(await later(2, bundleAge, 'authority'), 'bundle')[0]!.state).toBe('warn');
    expect(of(await later(8, bundleAge, 'authority'), 'bundle')[0]!.state).toBe('bad');
    expect(of(await later(31, dayKeys), 'keys-past-retention', 'register')[0]!.state).toBe('bad');
    writeFileSync(join(world.data, 'mirror', 'bundle.cose'), 'torn');
    expect(of(await lookAt([bundleAge], world.nowMs(), 'authority'), 'bundle')[0]!.state).toBe('bad');
  });

  it('backups: none, one that is old, and one of today', async () => {
    expect(of(await lookAt([backups]), 'backups')[0]!.state).toBe('warn');
    const mark = (at: string) =>
      `DELETE FROM safe_mark; INSERT INTO safe_mark SELECT venue_id, gate_no, counter, '${at}' FROM gate_head WHERE counter > 0`;
    await inRegister(mark(new Date(world.nowMs() - 5 * 86_400_000).toISOString()));
    expect(of(await lookAt([backups]), 'backups')[0]!.state).toBe('warn');
    await inRegister(mark(new Date(world.nowMs()).toISOString()));
    expect(of(await lookAt([backups]), 'backups')[0]!.state).toBe('ok');
  });

  it('recovery sheets, and lines that wait for the log', async () => {
    const keys = await store('register');
    expect(of(await lookAt([sheets]), 'recovery-sheets', 'register')[0]!.state).toBe('warn');
    for (const day of [world.today, addDays(world.today, 7)])
      await beginWeek(await daysOf(keys), weekOf(day), publicPoint(makePrivateKey()));
    expect(of(await lookAt([sheets]), 'recovery-sheets', 'register')[0]!.state).toBe('ok');
    const outbox = await LineOutbox.of(keys, await voiceOf('register', keys));
    await outbox.say('a-line', 'recovery', 1, { day: world.today });
    expect(of(await lookAt([waitingLines]), 'lines', 'register')[0]!.state).toBe('warn');
  });

  it('the log: a head that nobody else signed', async () => {
    const places = await world.places();
    for (const { name, db } of places) {
      if (name === 'authority') await db.script("INSERT INTO log_head VALUES (5, '\\x00', 0, '\\x00')");
      await db.close();
    }
    expect(of(await lookAt([logHead], world.nowMs(), 'authority'), 'log-head')[0]!.state).toBe('warn');
  });

  it('a body that has ended recording is well', async () => {
    const keys = await store('issuer');
    await endThrough(
      { keys, lines: await voiceOf('issuer', keys), log: null, at: 0 },
      '9999-12-31',
      world.today,
    );
    expect(of(await lookAt([dayKeys], world.nowMs(), 'issuer'), 'day-keys', 'issuer')[0]).toMatchObject({
      state: 'ok',
      says: expect.stringContaining('ended'),
    });
  });
});
