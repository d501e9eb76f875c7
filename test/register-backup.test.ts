import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openReceipt, receiptHash } from '@munjigi/core/chain';
import { spkiFromPoint } from '@munjigi/core/signing';
import { nodeCrypto, openKeyFolder } from '@munjigi/service/crypto';
import { type Database, exportDatabase, importDatabase, migrate, verifyBackup } from '@munjigi/service/db';
import { marksOfBackup, restoreRegister } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder, testEngines } from './support/databases.ts';
import {
  enrol,
  newVenue,
  openRegister,
  SEOUL,
  STORY_MS,
  storedCounters,
  type TestGate,
  type TestRegister,
} from './support/register.ts';

const AT = STORY_MS / 1000;
const DAY = 86_400;
const engines = testEngines();

/** A backup taken on one engine is restored on the other. */
const ways = [
  { from: engines[0]!, to: engines[1]! },
  { from: engines[1]!, to: engines[0]! },
].map(({ from, to }) => ({ name: `${from.name}, restored on ${to.name}`, from, to }));

beforeAll(async () => {
  for (const engine of engines) await engine.start();
});
afterAll(async () => {
  for (const engine of engines) await engine.stop();
});

describe.each(ways)('a backup of the register on $name', ({ from, to }) => {
  let register: TestRegister;
  let gate: TestGate;
  let idle: TestGate;
  let newest: Uint8Array | null = null;
  const folder = join(tempFolder('backup'), 'first');
  const missing = () => from.missing() ?? to.missing();
  const open = (bytes: Uint8Array) =>
    openReceipt(bytes, () => spkiFromPoint(register.signer.publicKey), nodeCrypto());
  const send = async (one: TestGate, count: number, at = AT) => {
    one.append(count, at);
    const answer = await register.desk.ingest(await one.batch(one.head.counter - count + 1));
    one.anchor = receiptHash(answer.receipt!);
    return answer.receipt!;
  };
  /** The backup on an empty machine, at a moment, with the keys of before. */
  const restored = async (
    nowMs: number,
  ): Promise<{ db: Database; register: TestRegister; left: readonly string[] }> => {
    const { db } = await to.fresh();
    await migrate(db, 'register', nowMs);
    const { left } = await restoreRegister(db, folder, SEOUL, nowMs);
    const { signer, keys } = register;
    return { db, left, register: await openRegister(db, { signer, keys, startMs: nowMs }) };
  };
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => (missing() === null ? work() : context.skip(missing()!)));

  beforeAll(async () => {
    if (missing() !== null) return;
    register = await openRegister((await from.fresh()).db);
    const venue = await newVenue(register.desk);
    gate = await enrol(register.desk, venue);
    idle = await enrol(register.desk, venue);
    await send(gate, 20, AT - 3 * DAY);
    await send(idle, 7);
    await send(gate, 20);
    await register.desk.rollUp();
  });
  afterAll(() => register?.desk.close());

  on('moves the safe mark once it is verified: receipts carry it, and an idle gate hears of it', async () => {
    const before = await register.desk.whereAmI(idle.venueId, idle.thumbprint);
    expect((await open(before.receipt!)).safeCounter).toBe(0);
    const manifest = await exportDatabase(register.db, folder, 'register', STORY_MS);
    expect(manifest.tables.find(({ name }) => name === 'entry')?.rows).toBe(47);
    expect(await register.desk.raiseSafeMarks(await marksOfBackup(folder))).toBe(2);
    expect(await register.desk.raiseSafeMarks(await marksOfBackup(folder))).toBe(0);

    register.at(STORY_MS + 60_000);
    newest = await send(gate, 10);
    expect(await open(newest)).toMatchObject({ safeCounter: 40, head: { counter: 50 } });
    const after = await register.desk.whereAmI(idle.venueId, idle.thumbprint);
    const first = await open(before.receipt!);
    expect(await open(after.receipt!)).toEqual({ ...first, safeCounter: 7 });
    // The receipt that was signed again is known as an anchor: an entry from before it is marked.
    idle.anchor = receiptHash(after.receipt!);
    idle.append(1, AT - 3600);
    const marked = await register.desk.ingest(await idle.batch(8));
    expect(marked.results[0]!.flags).toEqual(['before-anchor']);
  });

  on('holds no key, and says so when it was damaged or is another desk’s', async () => {
    const keys = await (await openKeyFolder(register.keys)).folder('days');
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file)))
      .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8'))
      .join('\n');
    expect((await keys.names()).length).toBeGreaterThan(30);
    for (const name of await keys.names()) {
      const bytes = Buffer.from((await keys.find(name))!);
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(text.includes(bytes.toString(form).slice(0, 40))).toBe(false);
    }
    await expect(importDatabase(register.db, folder, 'issuer')).rejects.toThrow(/of the register desk/);
    await expect(importDatabase(register.db, folder, 'register')).rejects.toThrow(/not empty/);
    await expect(exportDatabase(register.db, folder, 'register', 0)).rejects.toThrow(/not empty/);
    const file = join(folder, 'gate.ndjson.gz');
    const whole = readFileSync(file);
    const lines = gunzipSync(whole).toString('utf8').split('\n');
    for (const damaged of [
      gzipSync(lines.slice(1).join('\n')),
      whole.subarray(0, whole.length - 30),
      Buffer.from('x'),
    ]) {
      writeFileSync(file, damaged);
      await expect(verifyBackup(folder)).rejects.toThrow(/gate\.ndjson\.gz was changed/);
    }
    writeFileSync(file, whole);
    const manifest = join(folder, 'manifest.json');
    const good = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, good.replace('"name": "gate"', '"name": "gate; DROP TABLE venue"'));
    await expect(verifyBackup(folder)).rejects.toThrow(/form of a backup/);
    writeFileSync(manifest, good);
    expect((await verifyBackup(folder)).desk).toBe('register');
  });

  on('restored on an empty machine, has everything again once the gates sent what they kept', async () => {
    const second = await restored(STORY_MS + 7_200_000);
    const { desk } = second.register;
    const stands = await desk.whereAmI(gate.venueId, gate.thumbprint, newest);
    expect(stands.head.counter).toBe(40);
    expect(second.register.alarms).toEqual([{ kind: 'regressed', venueId: gate.venueId, gateNo: 1 }]);
    await desk.ingest(await gate.batch(41), newest);
    await desk.ingest(await idle.batch(8));
    expect(await storedCounters(second.db, gate.venueId)).toEqual(
      await storedCounters(register.db, gate.venueId),
    );
    for (const gateNo of [1, 2])
      expect(await desk.verifyChain(gate.venueId, gateNo)).toMatchObject({
        gone: 0,
        unproved: 0,
        problems: [],
      });
    await desk.rollUp();
    await register.desk.rollUp();
    expect(await desk.counts(gate.venueId, 14)).toMatchObject({
      hours: (await register.desk.counts(gate.venueId, 14)).hours,
    });
    // No number that may have been given out meanwhile is given out again.
    expect((await newVenue(desk)).venueId).toBeGreaterThan(gate.venueId + 1000);
    await desk.close();
  });

  on('restored late, brings nothing past retention back to life', async () => {
    const nowMs = STORY_MS + 26 * DAY * 1000;
    const late = await restored(nowMs);
    expect(late.left).toEqual([]);
    const kept = await storedCounters(late.db, gate.venueId);
    expect([...kept.keys()].filter((place) => place.startsWith('1/'))).toHaveLength(20);
    expect(await late.register.desk.verifyChain(gate.venueId, 1)).toMatchObject({
      gone: 20,
      verified: 20,
      problems: [],
    });
    await late.register.desk.close();

    const dead = await restored(STORY_MS + 40 * DAY * 1000);
    expect((await storedCounters(dead.db, gate.venueId)).size).toBe(0);
    expect(await dead.register.desk.oldTables()).toEqual([]);
    expect((await dead.register.desk.counts(gate.venueId, 28)).hours).toEqual([]);
    // The gate sends what it kept: it is too old, and the chain goes on over it.
    const answer = await dead.register.desk.ingest(await gate.batch(41), newest);
    expect(answer.results.every(({ result }) => result === 'expired')).toBe(true);
    expect(answer.head.counter).toBe(50);
    await dead.register.desk.close();
  });
});
