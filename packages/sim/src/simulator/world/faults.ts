import type { Process } from '../kernel/process.ts';
import type { Random } from '../kernel/random.ts';
import { FAULTS, type FaultName } from './plan.ts';
import type { World } from './world.ts';

/** A page dies while it writes, or anywhere. */
const WAYS_TO_DIE: readonly ((random: Random) => NonNullable<Process['dies']>)[] = [
  (random) => ({ at: random.scale(1, 8), kinds: ['write'] }),
  (random) => ({ at: random.scale(1, 30), kinds: ['write', 'read', 'network'] }),
];

type Harm = (random: Random, forMs: number) => (() => void) | undefined;

/** Draws when what breaks, for how long, and mends all of it in the end. */
export class Faults {
  readonly #random: Random;
  #over = false;
  readonly #mend = new Set<() => void>();

  constructor(private readonly world: World) {
    this.#random = world.random.fork('faults');
  }

  schedule(untilMs: number): void {
    const { kernel, hand, plan } = this.world;
    const forMs = untilMs - kernel.nowMs;
    for (const name of FAULTS) {
      const random = this.#random.fork(name);
      for (let n = Math.round(plan.faults[name]); n > 0; n--) {
        const [at, lasts] = [random.share() * forMs * 0.95, random.scale(2_000, forMs / 2)];
        kernel.after(hand, at, () => this.#strike(name, random, lasts));
      }
    }
  }

  /** Everything works again, and stays so. */
  stop(): void {
    this.#over = true;
    for (const mend of this.#mend) mend();
    this.#mend.clear();
    const { nodes, store, gates, network: _, mirrors } = this.world;
    for (const mirror of mirrors) mirror.link.heal();
    if (store.process === null) store.restart();
    store.standbyIsBack();
    for (const node of nodes) {
      node.link.heal();
      node.hangs = false;
      if (node.process) node.process.dies = null;
      node.start();
    }
    for (const gate of gates) {
      const { device } = gate;
      device.link.heal();
      Object.assign(device.disk.terms, { writeMs: 4, full: false, lostBefore: 0, lostAfter: 0 });
      if (!device.on) gate.boot();
      for (const { process } of gate.tabs) process.dies = null;
      if (gate.tabs.length === 0) gate.open();
      gate.online();
    }
  }

  #strike(name: FaultName, random: Random, lasts: number): void {
    if (this.#over) return;
    const { kernel, hand } = this.world;
    kernel.note('fault', name);
    const mend = this.#harms[name](random, lasts);
    if (!mend) return;
    this.#mend.add(mend);
    kernel.after(hand, lasts, () => {
      if (this.#mend.delete(mend)) mend();
    });
  }

  #gate(random: Random) {
    return random.pick(this.world.gates);
  }

  readonly #harms: Readonly<Record<FaultName, Harm>> = {
    cable: (random) => {
      const gate = this.#gate(random);
      gate.device.link.up = false;
      return () => gate.online();
    },
    'half-open': (random) => {
      const gate = this.#gate(random);
      gate.device.link.halfOpen = true;
      return () => gate.online();
    },
    'slow-network': (random) => {
      const { link } = this.#gate(random).device;
      link.latencyMs = random.scale(100, 12_000);
      link.loss = random.share() * 0.5;
      link.doubled = random.share();
      return () => link.heal();
    },
    'node-crash': (random) => {
      const node = random.pick(this.world.nodes);
      node.kill(random.chance(0.3));
      return () => node.start();
    },
    'node-dies-at-await': (random) => {
      const node = random.pick(this.world.nodes);
      if (node.process) node.process.dies = { at: random.scale(1, 100), kinds: ['store'] };
      return () => node.start();
    },
    'node-hangs': (random) => {
      const node = random.pick(this.world.nodes);
      node.hangs = true;
      return () => {
        node.hangs = false;
      };
    },
    'node-cut': (random) => {
      const node = random.pick(this.world.nodes);
      node.link.up = false;
      return () => node.link.heal();
    },
    'database-crash': () => {
      const { store } = this.world;
      store.crash();
      return () => store.restart();
    },
    'lost-tail': (random) => {
      const { store } = this.world;
      if (store.process === null) return undefined;
      store.crash();
      return () => {
        if (store.process !== null) return;
        store.restart(random.scale(1, 40));
        this.world.backups.forgetAfter(store.position);
      };
    },
    'standby-away': () => {
      const { store } = this.world;
      store.terms.standby = false;
      return () => store.standbyIsBack();
    },
    'older-backup': (random) => {
      const { backups, nodes, store } = this.world;
      if (store.process === null || backups.taken.length === 0) return undefined;
      store.crash();
      const restarts = random.chance(0.5);
      if (restarts) for (const node of nodes) node.kill();
      return () => {
        backups.restore(random);
        if (restarts) for (const node of nodes) node.start();
      };
    },
    'tab-closed': (random) => {
      const gate = this.#gate(random);
      const tab = gate.tabs[0];
      if (tab) {
        gate.close(tab);
        this.world.ledger.reach('a tab was closed');
      }
      return () => {
        if (gate.device.on && gate.tabs.length === 0) gate.open();
      };
    },
    'tab-dies-at-await': (random) => {
      const gate = this.#gate(random);
      const process = gate.tabs[0]?.process;
      if (process) process.dies = random.pick(WAYS_TO_DIE)(random);
      return () => {
        if (gate.device.on && gate.tabs.length === 0) gate.open();
      };
    },
    battery: (random) => {
      const gate = this.#gate(random);
      if (!gate.device.on) return undefined;
      gate.die();
      return () => {
        if (!gate.device.on) gate.boot();
      };
    },
    'disk-full': (random) => {
      const { terms } = this.#gate(random).device.disk;
      terms.full = true;
      return () => {
        terms.full = false;
      };
    },
    'disk-fails': (random) => {
      const { terms } = this.#gate(random).device.disk;
      terms.lostBefore = random.share() * 0.2;
      terms.lostAfter = random.share() * 0.2;
      terms.writeMs = random.scale(4, 400);
      return () => Object.assign(terms, { lostBefore: 0, lostAfter: 0, writeMs: 4 });
    },
    'clock-jump': (random) => {
      const { device } = this.#gate(random);
      const scale = random.scale(1_000, 40 * 86_400_000);
      const ms = random.chance(0.5) ? scale : -scale;
      device.clocks.jump(ms);
      this.world.ledger.clocksTold.set(device.name, this.world.kernel.nowMs, ms);
      return undefined;
    },
  };
}
