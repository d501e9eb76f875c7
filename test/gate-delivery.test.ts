import { type BatchJson, batchFromJson, type Entry, voidEntry } from '@munjigi/core/chain';
import { spkiFromPoint } from '@munjigi/core/signing';
import {
  type KeptReceipt,
  MemoryOutboxStore,
  Outbox,
  type RegisterAnswer,
  type RegisterTransport,
  ServerError,
  SyncLoop,
} from '@munjigi/offline';
import { makePrivateKey, nodeCrypto } from '@munjigi/service/crypto';
import type { RegisterDesk } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testEngines } from './support/databases.ts';
import {
  enrol,
  newVenue,
  openRegister,
  STORY_MS,
  storedCounters,
  type TestGate,
  type TestRegister,
} from './support/register.ts';

const AT = STORY_MS / 1000;

/** The outbox of a gate and the loop that sends it, against a desk through the JSON that HTTP carries. */
class DeliveringGate {
  readonly store = new MemoryOutboxStore();
  readonly receipts: KeptReceipt[] = [];
  readonly regressed: number[] = [];
  forks = 0;
  readonly outbox: Outbox;
  readonly loop: SyncLoop;
  #desk: RegisterDesk | null;
  /** The next answers are lost on the way back. */
  lostAnswers = 0;

  constructor(
    readonly gate: TestGate,
    register: TestRegister,
  ) {
    this.#desk = register.desk;
    this.outbox = new Outbox({
      chain: async () => ({ store: this.store, gate: gate.thumbprint }),
      venueId: gate.venueId,
      anchor: async () => (await this.store.newestReceipt())?.hash ?? gate.anchor,
    });
    const through = (json: BatchJson) => batchFromJson(JSON.parse(JSON.stringify(json)));
    const answer = async (
      work: (desk: RegisterDesk) => Promise<Omit<RegisterAnswer, 'results'> & Partial<RegisterAnswer>>,
    ) => {
      if (!this.#desk) throw new ServerError(503, 'service.full', 1);
      const given = await work(this.#desk);
      if (this.lostAnswers-- > 0) throw new ServerError(0, 'network', null);
      this.lostAnswers = 0;
      return { results: [], ...given };
    };
    const transport: RegisterTransport = {
      send: (json, shown) => answer((desk) => desk.ingest(through(json), shown ?? null)),
      state: (thumbprint, venueId, shown) =>
        answer((desk) => desk.whereAmI(venueId, thumbprint, shown ?? null)),
    };
    this.loop = new SyncLoop({
      store: this.store,
      transport,
      signer: gate.signer,
      gate: gate.thumbprint,
      venueId: gate.venueId,
      bundle: () => ({ sequence: 1, digest: new Uint8Array(32) }),
      registerKey: () => spkiFromPoint(register.signer.publicKey),
      crypto: nodeCrypto(),
      random: () => 0,
      monotonicMs: () => 0,
      now: () => AT,
      events: {
        confirmed: (receipt) => this.receipts.push(receipt),
        regressed: (from) => this.regressed.push(from),
        forked: () => {
          this.forks += 1;
        },
      },
    });
  }

  connect(desk: RegisterDesk | null): void {
    this.#desk = desk;
  }

  async add(count: number, at = AT): Promise<void> {
    for (let i = 0; i < count; i++) {
      const made = async ({ counter, anchor }: { counter: number; anchor: Uint8Array }): Promise<Entry> =>
        counter % 7 === 0
          ? voidEntry({
              venueId: this.gate.venueId,
              counter,
              enteredAt: at,
              cancels: counter - 1,
              anchor,
              clockUnknown: false,
            })
          : {
              venueId: this.gate.venueId,
              counter,
              enteredAt: at,
              check: 'scan',
              record: 'scan',
              kind: 'entry',
              dayKeyId: 1,
              subject: new Uint8Array(193).fill(counter % 251),
              anchor,
              clockUnknown: false,
            };
      await this.outbox.append(made);
    }
  }

  /** Rounds until nothing is left or something fails. */
  async deliver(): Promise<string> {
    for (;;) {
      const round = await this.loop.round();
      if (round.state !== 'sent') return round.state === 'idle' ? 'idle' : round.code;
    }
  }

  async confirmed(): Promise<number> {
    return (await this.store.newestReceipt())?.counter ?? 0;
  }
}

describe.each(testEngines().filter((engine) => engine.name === 'PGlite'))(
  'a gate and the real register on $name',
  (engine) => {
    let test: TestDatabase;
    let register: TestRegister;
    // One key for every start of the desk, as its key folder keeps it.
    const privateKey = makePrivateKey();
    beforeAll(async () => {
      await engine.start();
      test = await engine.fresh();
      register = await openRegister(test.db, { privateKey });
    });
    afterAll(async () => {
      await register?.desk.close();
      await engine.stop();
    });

    const counters = async (gate: TestGate) => [
      ...(await storedCounters(register.db, gate.venueId)).entries(),
    ];
    const newGate = async () =>
      new DeliveringGate(await enrol(register.desk, await newVenue(register.desk)), register);

    it('agree on every entry, voids included, over many batches and lost answers', async () => {
      const gate = await newGate();
      await gate.add(40);
      expect(await gate.deliver()).toBe('idle');
      await gate.add(600);
      gate.lostAnswers = 1;
      expect(await gate.deliver()).toBe('network');
      expect(await gate.deliver()).toBe('idle');
      expect(await gate.confirmed()).toBe(640);
      const stored = await counters(gate.gate);
      expect(stored).toHaveLength(640);
      expect(stored.every(([, times]) => times === 1)).toBe(true);
    });

    it('deliver an outage of 30 guests once each, however often the gate tried meanwhile', async () => {
      const gate = await newGate();
      await gate.add(1);
      await gate.deliver();
      gate.connect(null);
      for (let i = 0; i < 30; i++) {
        await gate.add(1);
        expect(await gate.deliver()).toBe('service.full');
      }
      gate.connect(register.desk);
      expect(await gate.deliver()).toBe('idle');
      expect(await gate.confirmed()).toBe(31);
      expect(await counters(gate.gate)).toHaveLength(31);
    });

    it('keep both branches of a device that was put back to an older state, with nothing left unsent', async () => {
      const gate = await newGate();
      await gate.add(6);
      await gate.deliver();
      const putBack = new DeliveringGate(gate.gate, register);
      for (const kept of await gate.store.entriesFrom(1, 6)) {
        const before = (await putBack.store.head()) ?? { counter: 0, hash: kept.before };
        expect(await putBack.store.append(kept, before)).toBe('saved');
      }
      await putBack.store.saveReceipt((await gate.store.newestReceipt())!);
      await gate.add(9);
      await gate.deliver();
      await putBack.add(3, AT + 600);
      expect(await putBack.deliver()).toBe('idle');
      expect(putBack.forks).toBeGreaterThan(0);
      expect(await putBack.confirmed()).toBe(9);
      expect(await gate.confirmed()).toBe(15);
      const { total } = await register.desk.rows(gate.gate.venueId);
      expect(total).toBe(18);
    });

    it('lose nothing when the register comes back from a backup: the gate shows its receipt and sends again', async () => {
      const gate = await newGate();
      await gate.add(20);
      await gate.deliver();
      await register.desk.close();
      register = await openRegister(await test.keepCopy(), { privateKey, keys: register.keys });
      gate.connect(register.desk);
      await gate.add(25);
      expect(await gate.deliver()).toBe('idle');
      expect(await gate.confirmed()).toBe(45);
      await register.desk.close();
      register = await openRegister(await test.putBack(), { privateKey, keys: register.keys });
      gate.connect(register.desk);
      await gate.add(5);
      for (let i = 0; i < 3 && (await gate.deliver()) !== 'idle'; i++);
      expect(gate.regressed[0]).toBe(21);
      expect(await gate.confirmed()).toBe(50);
      const stored = await counters(gate.gate);
      expect(stored).toHaveLength(50);
      expect(stored.every(([, times]) => times === 1)).toBe(true);
      expect((await register.desk.status()).regressed).toBeGreaterThan(0);
    });
  },
);
