import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crypto } from '../../../core/test/test-keys.ts';
import type { KeptVisit } from './types.ts';
import { Visits } from './visits.ts';

const VISIT: KeptVisit = {
  visit: 'v'.repeat(22),
  code: 'code',
  at: 1_641_445_200,
  dayKeyId: 3,
  box: 'box',
  refused: false,
  again: null,
};

/** A phone's store with one visit in it. */
class OneVisit {
  kept: KeptVisit | null = VISIT;

  proofOfVisit = async () => null;
  visits = async () => (this.kept ? [this.kept] : []);
  addVisit = async (visit: KeptVisit) => this.#change(visit);
  visitTold = async (_: string, again: number) => this.#change({ again });
  visitRefused = async () => this.#change({ refused: true });

  async visitDone(): Promise<void> {
    this.kept = null;
  }

  #change(change: Partial<KeptVisit>): void {
    if (this.kept) this.kept = { ...this.kept, ...change };
  }
}

describe('a visit by a poster, told to a register that may be put back from a backup,', () => {
  let server: Server;
  let door: string;
  let told: string[];
  let answer: [number, object];
  let store: OneVisit;
  let visits: Visits;
  const open = (againMs: number): void => {
    visits = new Visits({
      store,
      crypto,
      doors: () => [door],
      againMs: () => againMs,
    });
  };

  beforeEach(async () => {
    told = [];
    answer = [200, { result: 'stored' }];
    store = new OneVisit();
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      told.push(body);
      response.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    door = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    visits.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  it('stays on the phone after the answer, and is not told again before its time', async () => {
    open(60_000);
    await visits.send();
    expect(store.kept?.again).toBeGreaterThan(Date.now() + 30_000);
    await visits.send();
    expect(told).toHaveLength(1);
  });

  it('is told once more, byte for byte, and then let go', async () => {
    open(0);
    await visits.send();
    expect(store.kept).toMatchObject({ refused: false });
    await visits.send();
    expect(store.kept).toBeNull();
    expect(told).toEqual([told[0], told[0]]);
    expect(Object.keys(JSON.parse(told[0]!)).sort()).toEqual(['at', 'box', 'code', 'dayKeyId', 'visit']);
  });

  it('is let go where the register will not take it the second time, and told of where it never took it', async () => {
    open(0);
    await visits.send();
    answer = [400, { error: 'register.poster-ended' }];
    await visits.send();
    expect(store.kept).toBeNull();
    store.kept = VISIT;
    await visits.send();
    expect(store.kept).toMatchObject({ refused: true, again: null });
  });

  it('waits for its time where this phone’s clock is ahead', async () => {
    open(0);
    answer = [425, { error: 'register.poster-early' }];
    await visits.send();
    expect(store.kept).toEqual(VISIT);
  });
});
