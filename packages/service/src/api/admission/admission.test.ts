import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../contracts/index.ts';
import { Admission } from './admission.ts';
import { weightOf } from './agent.ts';
import { FIRST, MOST_BYTES, TERMS } from './terms.ts';

const refused = async (entering: Promise<unknown>): Promise<ApiError> => {
  const error = await entering.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error('It was let in.');
  return error;
};

/** Lets in as many as there is room for. */
async function fill(admission: Admission, work: (typeof FIRST)[number]) {
  const tickets = [];
  for (;;) {
    const { limit, running } = admission.stateOf(work);
    if (running >= limit) return tickets;
    const before = running;
    const entering = admission.enter(work, 1);
    if (admission.stateOf(work).running === before) {
      await refused(entering);
      return tickets;
    }
    tickets.push(await entering);
  }
}

describe('admission', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('turns away what finds the queue full or waits too long, with an instant to come again that is spread', async () => {
    const admission = new Admission({ random: () => 0.5 });
    const running = await fill(admission, 'statistics');
    const waiting = Array.from({ length: TERMS.statistics.queue }, () => admission.enter('statistics'));
    const late = Promise.all(waiting.map(refused));
    const error = await refused(admission.enter('statistics'));
    expect(error).toMatchObject({ code: 'service.full', status: 503 });
    expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(30);
    const again = (await late).map(({ retryAfterSeconds }) => retryAfterSeconds!);
    expect(Math.max(...again)).toBeLessThanOrEqual(3600);
    for (const ticket of running) ticket.end();
    expect(admission.stateOf('statistics')).toMatchObject({ running: 0, waiting: 0 });
  });

  it('lets statistics starve before uploads, and no class for ever', async () => {
    const admission = new Admission();
    const uploads = await fill(admission, 'upload');
    const documents = await fill(admission, 'documents');
    expect(uploads.length + documents.length).toBeGreaterThan(12);
    const [one, two] = [await admission.enter('statistics'), await admission.enter('statistics')];
    await refused(admission.enter('statistics', 1));
    for (const ticket of [...uploads, ...documents, one, two]) ticket.end();
    await admission.enter('statistics');
  });

  it('gives room that came free to the oldest of those who wait', async () => {
    const admission = new Admission();
    const [first, ...rest] = await fill(admission, 'issue');
    const order: number[] = [];
    const waiting = [1, 2, 3].map((one) =>
      admission.enter('issue').then((ticket) => {
        order.push(one);
        ticket.end();
      }),
    );
    first!.end();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    for (const ticket of rest) ticket.end();
  });

  it('holds the bodies under way below what memory bears, and still takes one that is larger than all of it', async () => {
    const why: string[] = [];
    const admission = new Admission({ onRefused: (work, reason) => why.push(`${work} ${reason}`) });
    const most = admission.hold('upload', MOST_BYTES - 10);
    const other = admission.hold('documents', 0);
    other.more(10);
    expect(() => other.more(1)).toThrow(expect.objectContaining({ code: 'service.full', status: 503 }));
    expect(() => admission.hold('statistics', 1)).toThrow(expect.objectContaining({ code: 'service.full' }));
    expect(why).toEqual(['documents bytes', 'statistics bytes']);
    most.release();
    other.release();
    const large = admission.hold('trace', MOST_BYTES);
    large.more(MOST_BYTES);
    large.release();
    large.release();
    admission.hold('upload', MOST_BYTES).release();
  });

  it('lets nobody wait long in a queue that only stands, and long again once it was empty', async () => {
    let now = 0;
    const admission = new Admission({ nowMs: () => now });
    const running = await fill(admission, 'upload');
    const waited = async () => {
      const begun = performance.now();
      await refused(admission.enter('upload'));
      return performance.now() - begun;
    };
    const first = waited();
    // Somebody waits all the time from now on.
    const always = admission.enter('upload');
    now += 2_000;
    const inAStandingQueue = await waited();
    expect(inAStandingQueue).toBeLessThan(await first);
    const entered = always.catch(() => null);
    for (const ticket of running) ticket.end();
    (await entered)?.end();
    await fill(admission, 'upload');
    expect(await waited()).toBeGreaterThan(inAStandingQueue);
  });

  it.each([
    ['issue', 12, 900],
    ['trace', 12, 900],
    ['console', 12, 900],
    ['statistics', 8, 900],
  ] as const)(
    'refuses nobody on a slow machine that is not overloaded: %s, %i at once',
    async (work, many, tookMs) => {
      vi.useFakeTimers();
      const admission = new Admission();
      // Three times over, and longer than it takes a queue to stand.
      for (let times = 0; times < 3; times++) {
        const all = Promise.all(
          Array.from({ length: many }, async () => {
            const ticket = await admission.enter(work);
            await new Promise((done) => setTimeout(done, tookMs));
            ticket.end();
          }),
        );
        const outcome = all.then(
          () => 'served',
          (error: ApiError) => error.code,
        );
        await vi.advanceTimersByTimeAsync(5_000);
        expect(await outcome).toBe('served');
      }
    },
  );

  it('grows while requests are quick and gives back a tenth when they take long; its own refusals teach it nothing', async () => {
    let now = 0;
    const admission = new Admission({ nowMs: () => now });
    const round = async (tookMs: number) => {
      const tickets = await fill(admission, 'upload');
      now += tookMs;
      for (const ticket of tickets) ticket.end();
      now += 200;
    };
    const begin = admission.stateOf('upload').limit;
    for (let i = 0; i < 60; i++) await round(5);
    const grown = admission.stateOf('upload').limit;
    expect(grown).toBeGreaterThan(begin);
    const held = await fill(admission, 'upload');
    for (let i = 0; i < 500; i++) await refused(admission.enter('upload', 0));
    expect(admission.stateOf('upload').limit).toBe(grown);
    for (const ticket of held) ticket.end();
    for (let i = 0; i < 60; i++) await round(2_000);
    expect(admission.stateOf('upload').limit).toBe(TERMS.upload.floor);
  });

  it('never runs more of a class than its limit, whoever comes and goes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...FIRST), fc.boolean(), fc.nat(3)), { maxLength: 200 }),
        async (steps) => {
          const admission = new Admission();
          const running: { end(): void }[] = [];
          for (const [work, ends, which] of steps) {
            if (ends) running.splice(which, 1)[0]?.end();
            else
              await admission.enter(work, 0).then(
                (ticket) => running.push(ticket),
                () => {},
              );
            for (const one of FIRST) {
              const { limit, running: many } = admission.stateOf(one);
              expect(many).toBeLessThanOrEqual(limit);
            }
          }
          for (const ticket of running) ticket.end();
          for (const one of FIRST) expect(admission.stateOf(one)).toMatchObject({ running: 0, waiting: 0 });
        },
      ),
      { seed: 20220106, numRuns: 40 },
    );
  });

  it('tells a balancer how much of its work it takes, and never a word that would end a drain, or begin one that nobody ends', () => {
    expect([weightOf(1, false), weightOf(0.42, false), weightOf(0, false), weightOf(1, true)]).toEqual([
      '100%',
      '42%',
      '10%',
      '0%',
    ]);
  });
});
