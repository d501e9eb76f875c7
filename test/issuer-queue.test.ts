import { migrate } from '@munjigi/service/db';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Enrolments } from '../packages/service/src/issuer/enrolments.ts';
import {
  afterMove,
  askAgainAfter,
  type Moves,
  waitOf,
} from '../packages/service/src/issuer/queue/estimate.ts';
import { IssueQueue, type QueueLimits, type QueuePlace } from '../packages/service/src/issuer/queue/index.ts';
import { testEngines } from './support/databases.ts';
import { NOON } from './support/packs.ts';

const ONE: QueueLimits = { first: 1, renewal: 1, paper: 1 };

describe('the wait that is told', () => {
  it('is nothing before it was measured, and leans to the long side after', () => {
    let moves: Moves = { movedAt: null, perSecond: null };
    expect(waitOf(moves, 10, 0)).toBeNull();
    moves = afterMove(moves, 4, 1_000);
    expect(waitOf(moves, 10, 1_000)).toBeNull();
    for (let second = 2; second < 30; second++) moves = afterMove(moves, 4, second * 1_000);
    expect(moves.perSecond).toBeCloseTo(4);
    expect(waitOf(moves, 100, 29_000), '25 seconds and a quarter, in steps of five').toBe(35);
    expect(waitOf(moves, 4_000, 29_000), 'in whole minutes').toBe(1260);
    expect(waitOf(moves, 4_000_000, 29_000), 'nobody knows that far ahead').toBeNull();
    expect(waitOf(moves, 100, 129_000)!, 'a queue that stands is told as slow as it stands').toBeGreaterThan(
      1_000,
    );
  });

  it('holds in a queue that moves steadily: nobody waits longer than they were told', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2_000 }), (perSecond, ahead) => {
        let moves: Moves = { movedAt: null, perSecond: null };
        for (let second = 0; second < 60; second++) moves = afterMove(moves, perSecond, second * 1_000);
        expect(waitOf(moves, ahead, 59_000)!).toBeGreaterThanOrEqual(ahead / perSecond);
      }),
    );
  });

  it('never asks a wallet to come back in a herd, nor never', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 1, max: 21_600 })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (wait, share) => {
          const after = askAgainAfter(wait, share);
          expect(after).toBeGreaterThanOrEqual(1);
          expect(after).toBeLessThanOrEqual(90);
        },
      ),
    );
    expect(new Set([0, 0.5, 0.999].map((share) => askAgainAfter(600, share))).size).toBe(3);
  });
});

describe.each(testEngines())('the queue before issuing on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  const on = (
    name: string,
    work: (parts: {
      open(limits?: QueueLimits): IssueQueue;
      join(): Promise<string>;
      enrolments: Enrolments;
      clock: { ms: number };
    }) => Promise<void>,
  ) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      const test = await engine.fresh();
      await migrate(test.db, 'issuer', 0);
      const clock = { ms: NOON * 1000 };
      const enrolments = new Enrolments(test.db, new Uint8Array(32).fill(3));
      await work({
        open: (limits = ONE) => new IssueQueue(test.db, { nowMs: () => clock.ms }, limits),
        join: async () => (await enrolments.add('p', 'somebody', null, NOON)).secret,
        enrolments,
        clock,
      });
      await test.done();
    });

  /** A task that ends when it is told to. */
  const held = () => {
    let end: () => void = () => {};
    let begin: () => void = () => {};
    const started = new Promise<void>((done) => {
      begin = done;
    });
    const task = () =>
      new Promise<void>((done) => {
        end = done;
        begin();
      });
    return { task, started, end: () => end() };
  };
  const placeOf = (place: QueuePlace) => (place.state === 'wait' ? place.place : 0);

  on('lets everybody through without a number while there is room', async ({ open, join, enrolments }) => {
    const queue = open();
    for (let i = 0; i < 3; i++) {
      const { secretHash, ticket } = await enrolments.find(await join());
      expect(await queue.place('first', secretHash, ticket)).toEqual({ state: 'go' });
      expect(await queue.run('first', secretHash, ticket, async () => i)).toBe(i);
      expect(ticket).toBeNull();
    }
  });

  on(
    'gives places in the order of coming, keeps them for who leaves, and starves no renewal',
    async ({ open, join, enrolments, clock }) => {
      const queue = open();
      const busy = held();
      const first = await enrolments.find(await join());
      const running = queue.run('first', first.secretHash, null, busy.task);
      await busy.started;
      const secrets = [await join(), await join(), await join()];
      const ask = async (secret: string) => {
        const { secretHash, ticket } = await enrolments.find(secret);
        return queue.place('first', secretHash, ticket);
      };
      const run = async (secret: string) => {
        const { secretHash, ticket } = await enrolments.find(secret);
        return queue.run('first', secretHash, ticket, async () => 'served');
      };
      await expect(run(secrets[0]!)).rejects.toMatchObject({
        code: 'issuer.queue',
        retryAfterSeconds: expect.any(Number),
      });
      expect([
        placeOf(await ask(secrets[0]!)),
        placeOf(await ask(secrets[1]!)),
        placeOf(await ask(secrets[2]!)),
      ]).toEqual([1, 2, 3]);
      expect(placeOf(await ask(secrets[1]!)), 'asking again changes nothing').toBe(2);

      const renewing = await enrolments.find(await join());
      expect(await queue.run('renewal', renewing.secretHash, null, async () => 'renewed')).toBe('renewed');

      // The second one goes away for an hour; the third may not overtake the first.
      clock.ms += 3_600_000;
      await expect(run(secrets[2]!)).rejects.toMatchObject({ code: 'issuer.queue' });
      expect(placeOf(await ask(secrets[0]!))).toBe(1);
      expect(placeOf(await ask(secrets[2]!))).toBe(3);
      busy.end();
      await running;
      const late = await join();
      expect(placeOf(await ask(late)), 'who comes late stands behind').toBeGreaterThan(0);
      expect(await ask(secrets[0]!)).toEqual({ state: 'go' });
      expect(await run(secrets[0]!)).toBe('served');
      expect(await ask(secrets[2]!), 'who is away is passed over').toEqual({ state: 'go' });
      expect(await run(secrets[2]!)).toBe('served');
      expect(await ask(secrets[1]!), 'and keeps the turn').toEqual({ state: 'go' });
      expect(await run(secrets[1]!)).toBe('served');
      expect((await enrolments.find(secrets[1]!)).ticket).toBeNull();
    },
  );

  on(
    'serves a surge of sixty in order at two servers, and what it said of the wait was kept',
    async ({ open, join, enrolments, clock }) => {
      const servers = [open({ ...ONE, first: 2 }), open({ ...ONE, first: 2 })];
      const people: {
        secret: string;
        order: number;
        told: { at: number; wait: number }[];
        served: number;
      }[] = [];
      for (let i = 0; i < 60; i++) people.push({ secret: await join(), order: i, told: [], served: 0 });
      let atWork = 0;
      const ending: { at: number; end: () => void; done: Promise<unknown> }[] = [];
      const servedOrder: number[] = [];
      for (let step = 0; step < 400 && servedOrder.length < people.length; step++) {
        clock.ms += 250;
        for (const one of ending.filter(({ at }) => at <= clock.ms)) {
          one.end();
          await one.done;
          ending.splice(ending.indexOf(one), 1);
          atWork -= 1;
        }
        for (const person of people.filter(({ served }) => served === 0)) {
          const queue = servers[(person.order + step) % 2]!;
          const found = await enrolments.find(person.secret);
          const place = await queue.place('first', found.secretHash, found.ticket);
          if (place.state === 'wait') {
            if (place.waitSeconds !== null) person.told.push({ at: clock.ms, wait: place.waitSeconds });
            continue;
          }
          const { ticket } = await enrolments.find(person.secret);
          const task = held();
          const done = queue.run('first', found.secretHash, ticket, task.task);
          const begun = await Promise.race([
            task.started.then(() => true),
            done.then(
              () => true,
              () => false,
            ),
          ]);
          if (!begun) continue;
          person.served = clock.ms;
          servedOrder.push(person.order);
          atWork += 1;
          expect(atWork, 'never more at work than the limits of both').toBeLessThanOrEqual(4);
          ending.push({ at: clock.ms + 1_000, end: task.end, done });
        }
      }
      for (const { end, done } of ending) {
        end();
        await done;
      }
      expect([...servedOrder].sort((a, b) => a - b)).toEqual(people.map(({ order }) => order));
      const jumped = servedOrder.filter((order, i) => Math.abs(order - i) > 8);
      expect(jumped, 'in order, but for those who are called together').toEqual([]);
      const broken = people.flatMap(({ told, served }) =>
        told.filter(({ at, wait }) => (served - at) / 1000 > wait + 1),
      );
      const all = people.reduce((sum, { told }) => sum + told.length, 0);
      expect(all).toBeGreaterThan(100);
      expect(broken.length / all, 'of the waits that were told').toBeLessThan(0.1);
    },
  );
});
