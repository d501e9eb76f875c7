import { addDays } from '@munjigi/core/rules';
import { Ledger } from '../checks/ledger.ts';
import { pageCrypto } from '../crypto/page-crypto.ts';
import { KeyRing, type Suite, suiteOf } from '../crypto/suite.ts';
import { Kernel } from '../kernel/kernel.ts';
import { installPlatform } from '../kernel/platform.ts';
import { exactClocks, Process } from '../kernel/process.ts';
import { Random } from '../kernel/random.ts';
import { Trace } from '../kernel/trace.ts';
import { Network } from '../network/network.ts';
import type { Past } from '../past/past.ts';
import { StoreServer } from '../store/server.ts';
import { Authority } from './authority.ts';
import { Backups } from './backups.ts';
import { Balancer } from './balancer.ts';
import { GateDevice } from './gate-device.ts';
import { MemoryKeys } from './memory-keys.ts';
import { Mirror } from './mirror.ts';
import { RegisterNode } from './node.ts';
import { RETENTION_DAYS, TIME_ZONE, VENUE } from './pack.ts';
import type { Plan } from './plan.ts';
import { type Plant, planted } from './plants.ts';

/** 9 January 2022, 18:00 in Seoul. */
const EVENING_MS = Date.UTC(2022, 0, 9, 9, 0, 0);
const MIRRORS = ['https://mirror-a.example/mirror', 'https://mirror-b.example/mirror'];

export interface WorldOptions {
  readonly seed: number;
  readonly plan: Plan;
  readonly plant: Plant | null;
  readonly tell: ((line: string) => void) | null;
}

/** Everything there is in one run: gates and their guests, nodes, a database, mirrors, an authority, and what is true of them. */
export class World {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly trace: Trace;
  readonly suite: Suite;
  readonly keys: KeyRing;
  readonly ledger = new Ledger();
  readonly network: Network;
  readonly store: StoreServer;
  readonly nodes: readonly RegisterNode[];
  readonly authority: Authority;
  readonly mirrors: readonly Mirror[];
  readonly gates: GateDevice[] = [];
  readonly backups = new Backups(this);
  /** The strategies of the past beside the product, where they are asked for. */
  past: Past | null = null;
  /** Whoever does things to the world. */
  readonly hand: Process;
  readonly layerKeys: MemoryKeys;
  readonly plan: Plan;
  readonly plant: Plant | null;
  readonly #uninstall: () => void;

  constructor({ seed, plan, plant, tell }: WorldOptions) {
    this.plan = plan;
    this.plant = plant;
    this.random = new Random(`seed ${seed}`);
    this.trace = new Trace(tell);
    this.kernel = new Kernel(EVENING_MS + plan.startOffsetMs, this.random, this.trace);
    const { kernel, random, ledger } = this;
    this.suite = suiteOf(plan.crypto, kernel);
    this.keys = new KeyRing(random.fork('keys').bits());
    this.hand = this.#still('hand');
    this.network = new Network(kernel, ledger.reach);
    this.layerKeys = new MemoryKeys(`seed ${seed}`);
    const isWrong = (error: unknown) => this.isWrong(error);
    let starts = 0;
    this.store = new StoreServer(
      kernel,
      () => this.#still(`database ${starts++}`),
      plant === 'no-idempotency' ? plant : null,
      ledger.reach,
      isWrong,
    );
    const registerKey = this.keys.next();
    this.nodes = ['node-a', 'node-b', 'node-c'].slice(0, plan.nodes).map((name) => {
      const node = new RegisterNode(name, {
        kernel,
        store: this.store,
        noted: ledger.reach,
        isWrong,
        options: {
          crypto: this.suite.crypto,
          signer: this.suite.signerOf(registerKey),
          keyStore: this.layerKeys,
          terms: { timeZone: TIME_ZONE, retentionDays: RETENTION_DAYS },
          // Counting by hours is a job of its own with a clock of its own; it is not part of the simulation.
          countMs: 2 ** 31,
          alarm: ({ kind }) => ledger.reach(`alarm ${kind}`),
        },
      });
      this.network.attach(`${name}.example`, node);
      return node;
    });
    this.network.attach('door.example', new Balancer(kernel, this.nodes));
    this.mirrors = ['mirror-a', 'mirror-b'].map((name) => {
      const mirror = new Mirror(kernel, name);
      this.network.attach(`${name}.example`, mirror);
      return mirror;
    });
    const doors = ['https://door.example', ...this.nodes.map(({ name }) => `https://${name}.example`)];
    const today = new Date(kernel.nowMs + 9 * 3_600_000).toISOString().slice(0, 10);
    this.authority = new Authority(
      kernel,
      this.suite,
      this.keys,
      { register: doors.map((door) => `${door}/api/register`), mirrors: MIRRORS },
      addDays(today, plan.changeAfterDays),
    );
    this.authority.registerKeys.push(registerKey);
    this.#uninstall = installPlatform(kernel, pageCrypto(kernel, this.suite, this.keys));
  }

  /** What no caller should ever see, or no model should ever do. */
  isWrong(error: unknown): void {
    const { name = '', message = String(error), stack = '' } = (error ?? {}) as Error;
    this.ledger.fail(
      `unforeseen: ${name} ${message} ${stack
        .split('\n')
        .slice(1, 4)
        .map((line) => line.trim())
        .join(' < ')}`,
    );
  }

  note(who: string, what: string): void {
    this.kernel.note(who, what);
  }

  /** Runs in the hand of the world, now. */
  do(work: () => void | Promise<void>): void {
    this.kernel.after(this.hand, 0, () => void Promise.resolve(work()).catch((error) => this.isWrong(error)));
  }

  /** Publishes, and lets the mirrors copy. */
  async publish(fresh: boolean): Promise<void> {
    await this.authority.publish(fresh);
    for (const mirror of this.mirrors) mirror.copy(this.authority.documents);
    this.note('authority', `publishes ${this.authority.documents.sequence}`);
  }

  /** A venue with its gates, enrolled by an operator through a node. */
  async addVenue(gates: number): Promise<void> {
    const node = this.nodes[0]!;
    const { venueId, enrolmentCode } = await new Promise<{ venueId: number; enrolmentCode: string }>(
      (done, fail) => {
        this.kernel.after(node.process!, 0, () => {
          node.desk!.enrolVenue({ name: 'hall', ...VENUE }).then(done, fail);
        });
      },
    );
    for (let i = 0; i < gates; i++) {
      const name = `gate-${venueId}-${i + 1}`;
      const random = this.random.fork(name);
      this.gates.push(
        new GateDevice({
          kernel: this.kernel,
          network: this.network,
          name,
          clocks: this.plan.clocks,
          hand: this.hand,
          onTold: (device, told) => this.ledger.clocksTold.add(device, told),
          onIdentity: (device, thumbprint) => this.ledger.devices.set(thumbprint, device),
          tab: {
            suite: this.suite,
            link: { venueId, enrolmentCode },
            register: 'https://door.example/api/register',
            mirrors: MIRRORS,
            rulesEveryMs: this.plan.rulesEveryMs,
            hasLocks: !random.chance(0.1),
            ...planted(this.plant),
            noted: this.ledger.reach,
            isWrong: (error) => this.isWrong(error),
          },
        }),
      );
    }
  }

  /** The first day that the register keeps. */
  oldestDay(today: string): string {
    return addDays(today, 1 - RETENTION_DAYS);
  }

  end(): void {
    this.#uninstall();
  }

  #still(name: string): Process {
    const { kernel } = this;
    return new Process(name, exactClocks(kernel), this.random.fork(name));
  }
}
