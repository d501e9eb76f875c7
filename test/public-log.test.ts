import {
  acceptHead,
  leafHash,
  lineSigner,
  openHead,
  openLogReceipt,
  treeOfLeaves,
  treeRoot,
  verifyConsistency,
} from '@munjigi/core/log';
import { makePrivateKey, nodeSigner } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogKeeper } from '../packages/service/src/authority/log/index.ts';
import { type TestDatabase, testEngines } from './support/databases.ts';
import {
  crypto,
  forgedHead,
  hashOf,
  LOG_AT,
  type LogStand,
  logStand,
  migrated,
  ORIGIN,
} from './support/log-stand.ts';

describe.each(testEngines())('the public log on $name', (engine) => {
  let test: TestDatabase;
  let witness: TestDatabase;
  let other: TestDatabase;
  let stand: LogStand;
  let log: LogKeeper;
  let skip: string | null = null;

  beforeAll(async () => {
    await engine.start();
    skip = engine.missing();
    if (skip !== null) return;
    [test, witness, other] = [await engine.fresh(), await engine.fresh(), await engine.fresh()];
  });
  afterAll(() => engine.stop());
  beforeEach(async (context) => {
    if (skip !== null) return context.skip(skip);
    for (const one of [test, witness, other])
      await one.db.script('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrated(test.db, 'authority');
    await migrated(witness.db, 'register');
    await migrated(other.db, 'issuer');
    stand = logStand([witness, other]);
    log = stand.keeper(test.db);
  });

  const trust = () => ({
    origin: ORIGIN,
    key: stand.logKey.publicKey,
    bodies: new Map(Object.entries(stand.keys).map(([body, { publicKey }]) => [body, [publicKey]])),
  });
  const append = async (count: number) => {
    for (let i = 0; i < count; i++) await log.append(await stand.line());
    await log.collect();
  };

  it('gives each line a receipt that proves it, under heads that grow out of each other and that two bodies signed', async () => {
    const taken = [];
    for (let i = 0; i < 13; i++) taken.push(await log.append(await stand.line()));
    await log.collect();
    const { line: first } = taken[0]!;
    expect(taken.map(({ index }) => index)).toEqual([...Array(13).keys()]);
    for (const { receipt, line, index } of taken) {
      const proved = await openLogReceipt(receipt, line, stand.logKey.publicKey, crypto);
      expect(proved).toMatchObject({ origin: ORIGIN, index, size: index + 1 });
      const later = await log.proof(index, 13);
      expect((await openLogReceipt(later.receipt, line, stand.logKey.publicKey, crypto)).size).toBe(13);
      await expect(
        openLogReceipt(later.receipt, index ? first : taken[1]!.line, stand.logKey.publicKey, crypto),
      ).rejects.toMatchObject({ code: 'log.receipt' });
    }
    const all = await log.store.lines(0, 100);
    const tree = treeOfLeaves(all.map(leafHash));
    for (const { head, size } of await log.store.heads(0, 100)) {
      const said = await openHead(head, stand.logKey.publicKey, crypto);
      expect(said.root).toEqual(treeRoot(size, tree));
      const path = await log.consistency(size, 13);
      expect(verifyConsistency(said, { size: 13, root: treeRoot(13, tree) }, path)).toBe(true);
    }
    const newest = (await log.store.head())!;
    const cosignatures = newest.cosignatures.map(({ cosignature }) => cosignature);
    expect(await acceptHead({ head: newest.head, cosignatures }, trust(), crypto)).toMatchObject({
      size: 13,
    });
    expect([stand.alarms, stand.troubles]).toEqual([[], []]);
  });

  it('logs the same words once, whoever signs them again, and after the time went back heads do not', async () => {
    const words = { case: hashOf('one case') };
    const line = await stand.lines.authority.sign('case-opened', LOG_AT, words);
    const again = await stand.lines.authority.sign('case-opened', LOG_AT, words);
    const first = await log.append(line);
    await append(2);
    stand.at -= 5000;
    for (const sent of [line, again]) {
      const answer = await log.append(sent);
      expect(answer.index).toBe(first.index);
      expect(answer.line).toEqual(line);
      expect((await openLogReceipt(answer.receipt, line, stand.logKey.publicKey, crypto)).size).toBe(3);
    }
    await append(1);
    const heads = await log.store.heads(0, 10);
    expect(heads.map(({ size }) => size)).toEqual([1, 2, 3, 4]);
    expect(heads.every(({ at }, i) => i === 0 || at >= heads[i - 1]!.at)).toBe(true);
  });

  it('puts the lines of several processes at once into one order, each once', async () => {
    const second = await test.again();
    const keepers = [log, stand.keeper((second ?? test.db) as Database)];
    const lines = await Promise.all(Array.from({ length: 24 }, () => stand.line()));
    const taken = await Promise.all(
      lines.flatMap((line, i) => [keepers[i % 2]!.append(line), keepers[(i + 1) % 2]!.append(line)]),
    );
    await Promise.all(keepers.map((keeper) => keeper.collect()));
    const places = new Set(taken.map(({ index }) => index));
    expect([...places].sort((a, b) => a - b)).toEqual([...Array(24).keys()]);
    for (const { receipt, line } of taken)
      await openLogReceipt(receipt, line, stand.logKey.publicKey, crypto);
    expect(stand.alarms).toEqual([]);
    await second?.close();
  });

  it('takes no line of an unknown body, none of a wrong kind, none with a field of its own', async () => {
    const stranger = nodeSigner(makePrivateKey());
    const day = { day: '2022-01-06' };
    const unknown = await lineSigner('issuer-second', stranger).sign('sunset', LOG_AT, day);
    await expect(log.append(unknown)).rejects.toMatchObject({ code: 'signing.unknown-key' });
    const borrowed = await lineSigner('register', stranger).sign('sunset', LOG_AT, day);
    await expect(log.append(borrowed)).rejects.toMatchObject({ code: 'signing.unknown-key' });
    await expect(log.append(new Uint8Array(5000))).rejects.toMatchObject({ code: 'encoding.too-long' });
    expect(await log.store.size()).toBe(0);
    expect(await log.store.head()).toBeNull();
  });

  it('finds its cosigners refusing a fork, a rollback and an unproved head, with an alarm', async () => {
    await append(5);
    const [register] = stand.cosigners;
    const ask = (head: Uint8Array, path: Uint8Array[] = []) => register.cosign({ head, from: 5, path });
    await expect(ask(await forgedHead(stand, 5, LOG_AT))).rejects.toMatchObject({ code: 'log.fork' });
    await expect(ask(await forgedHead(stand, 3, LOG_AT + 60))).rejects.toMatchObject({
      code: 'log.rollback',
    });
    await expect(
      ask(await forgedHead(stand, 9, LOG_AT + 60), [hashOf('x'), hashOf('y')]),
    ).rejects.toMatchObject({
      code: 'log.unproved',
    });
    expect(stand.alarms).toEqual(['register log-fork', 'register log-rollback', 'register log-unproved']);
    const stranger = { ...stand, logKey: nodeSigner(makePrivateKey()) };
    await expect(ask(await forgedHead(stranger, 9, LOG_AT))).rejects.toMatchObject({
      code: 'signing.unknown-key',
    });
    expect(stand.alarms).toHaveLength(3);

    // It goes on signing the true history, and an old head of it is answered as before.
    const old = (await log.store.head())!;
    await append(3);
    expect((await log.store.head())!.cosignatures.map(({ body }) => body)).toEqual(['issuer', 'register']);
    const again = await register.cosign({ head: old.head, from: 0, path: [] });
    expect(again.size).toBe(8);
    expect(again.cosignature).toEqual(old.cosignatures.find(({ body }) => body === 'register')!.cosignature);
    expect(await register.knows(ORIGIN, old)).toBe(true);
    expect(await register.knows(ORIGIN, { ...old, root: hashOf('other') })).toBe(false);
  });

  it('goes on without a cosigner, and is signed under as soon as it is back', async () => {
    const [register] = stand.cosigners;
    const cosign = register.cosign.bind(register);
    register.cosign = () => Promise.reject(new Error('away'));
    await append(3);
    expect((await log.store.head())!.cosignatures.map(({ body }) => body)).toEqual(['issuer']);
    expect(await log.store.cosignedHead(2)).toBeNull();
    expect(stand.troubles.length).toBeGreaterThan(0);
    register.cosign = cosign;
    await log.collect();
    expect((await log.store.cosignedHead(2))!.size).toBe(3);
  });

  /** A copy closes every handle of the server. */
  async function openAgain(): Promise<void> {
    for (const one of [witness, other]) await one.reopen();
    log = stand.keeper(test.db);
  }

  it('put back from an older copy is not signed under by anyone, so that no device follows it', async () => {
    await append(3);
    await test.keepCopy();
    await openAgain();
    await append(2);
    expect((await log.store.cosignedHead(2))!.size).toBe(5);
    await test.putBack();
    await openAgain();
    stand.at += 3600;
    // The lost lines are logged over: other lines stand at their places, each under a head that the log's key signs.
    const alarmed = async (count: number) => {
      stand.alarms.length = 0;
      await append(count);
      return [...new Set(stand.alarms)].sort();
    };
    expect(await alarmed(1)).toEqual(['issuer log-rollback', 'register log-rollback']);
    expect(await alarmed(1)).toEqual(['issuer log-fork', 'register log-fork']);
    expect(await alarmed(3)).toEqual(['issuer log-unproved', 'register log-unproved']);
    expect((await log.store.head())!.size).toBe(8);
    expect((await log.store.cosignedHead(2))!.size).toBe(3);
  });
});
