import { toHex } from '@munjigi/core/encoding';
import type { GateIdentity } from '@munjigi/offline';
import type { Told } from '../checks/clocks.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Process } from '../kernel/process.ts';
import type { Network } from '../network/network.ts';
import type { ClockKind } from './clocks.ts';
import { Device } from './device.ts';
import { GateTab, type TabParts } from './gate/tab.ts';

export interface GateDeviceParts {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly name: string;
  readonly clocks: ClockKind;
  /** Whoever does things to the world. */
  readonly hand: Process;
  readonly tab: Omit<TabParts, 'device' | 'onIdentity' | 'onTold'>;
  readonly onIdentity: (device: string, thumbprint: string) => void;
  readonly onTold: (device: string, told: Told) => void;
}

/** A gate's tablet with its pages. */
export class GateDevice {
  readonly device: Device;
  readonly name: string;
  readonly venueId: number;
  tabs: GateTab[] = [];
  #opened = 0;

  constructor(private readonly parts: GateDeviceParts) {
    const { kernel, network, name, clocks, tab } = parts;
    this.name = name;
    this.venueId = tab.link.venueId;
    this.device = new Device(kernel, network, name, clocks, tab.noted);
  }

  /** Opens a page; the device must be on. */
  open(): GateTab {
    const { parts } = this;
    const name = `tab ${this.#opened++}`;
    const tab = new GateTab(
      {
        ...parts.tab,
        device: this.device,
        onIdentity: (identity: GateIdentity) => parts.onIdentity(this.name, toHex(identity.thumbprint)),
        onTold: (roundTripMs) => this.#told(name, roundTripMs),
      },
      name,
    );
    tab.process.onDeath = (kind) => {
      parts.tab.noted(`a tab died at a ${kind}`);
      this.close(tab);
      // A moment later the battery is gone too, now and then.
      if (this.device.random.chance(0.3))
        parts.kernel.after(parts.hand, 2, () => this.device.on && this.die());
    };
    this.tabs.push(tab);
    parts.kernel.after(tab.process, 1, () => void this.#begin(tab));
    return tab;
  }

  close(tab: GateTab): void {
    this.device.end(tab.process);
    this.tabs = this.tabs.filter((one) => one !== tab);
  }

  /** The battery dies under everything. */
  die(): void {
    for (const tab of [...this.tabs]) this.close(tab);
    this.device.losePower();
  }

  /** Comes up again, with one page open. */
  boot(): void {
    this.device.boot();
    this.open();
  }

  /** The page before which guests stand; null where none works. */
  get atTheDoor(): GateTab | null {
    return this.tabs.find(({ ready }) => ready) ?? null;
  }

  online(): void {
    this.device.link.up = true;
    this.device.link.halfOpen = false;
    for (const tab of this.tabs) this.parts.kernel.after(tab.process, 5, () => tab.look());
  }

  #told(page: string, roundTripMs: number): void {
    const { kernel, onTold } = this.parts;
    const { aheadMs } = this.device.clocks;
    onTold(this.name, {
      page: `${this.name} ${page}`,
      atMs: kernel.nowMs,
      aheadMs,
      wayMs: roundTripMs / 2,
    });
  }

  async #begin(tab: GateTab): Promise<void> {
    try {
      await tab.open();
    } catch (error) {
      // A page whose storage fails at its start is loaded again by whoever stands before it.
      if (!(error instanceof DOMException)) return this.parts.tab.isWrong(error);
      this.parts.kernel.after(tab.process, 3_000, () => void this.#begin(tab));
    }
  }
}
