import { Disk } from '../device/disk.ts';
import { DeviceLocks } from '../device/locks.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Process } from '../kernel/process.ts';
import type { Random } from '../kernel/random.ts';
import { Link } from '../network/link.ts';
import type { Network } from '../network/network.ts';
import { type ClockKind, drawCrystals, OwnClocks } from './clocks.ts';

/** A tablet or a phone: clocks of its own, a disk, a cable, and pages that come and go. */
export class Device {
  readonly link: Link;
  readonly disk: Disk;
  readonly random: Random;
  locks: DeviceLocks;
  readonly clocks: OwnClocks;
  on = true;
  /** How often its battery died. */
  deaths = 0;
  #host: Process;
  #starts = 0;

  constructor(
    readonly kernel: Kernel,
    private readonly network: Network,
    readonly name: string,
    clocks: ClockKind,
    private readonly noted: (what: string) => void,
  ) {
    this.random = kernel.random.fork(name);
    this.link = new Link(this.random.fork('link'));
    this.clocks = new OwnClocks(kernel, drawCrystals(this.random.fork('crystals'), clocks));
    this.#host = this.#newHost();
    this.disk = new Disk(kernel, this.#host, noted);
    this.locks = new DeviceLocks(kernel);
  }

  /** A page: its timers, requests and storage are this device's. */
  page(name: string): Process {
    const platform: { indexedDB?: IDBFactory; fetch?: typeof fetch } = {};
    const process = new Process(
      `${this.name} ${name}`,
      this.clocks.ofProcess(),
      this.random.fork(`${name} ${this.#starts++}`),
      platform,
    );
    platform.indexedDB = this.disk.factoryFor(process);
    platform.fetch = this.network.fetchOf(process, this.link);
    return process;
  }

  /** A page is closed, or crashes: nothing of its memory stays. */
  end(process: Process): void {
    process.alive = false;
    this.disk.abandon(process);
    this.locks.abandon(process);
  }

  /** The battery is dead, pages and all. The caller ends the pages first. */
  losePower(): void {
    this.on = false;
    this.deaths += 1;
    this.#host.alive = false;
    this.disk.losePower();
    this.noted('a battery died');
  }

  boot(): void {
    this.on = true;
    this.clocks.boot();
    this.#host = this.#newHost();
    this.disk.host = this.#host;
    this.locks = new DeviceLocks(this.kernel);
  }

  #newHost(): Process {
    return new Process(this.name, this.clocks.ofProcess(), this.random.fork(`host ${this.#starts++}`));
  }
}
