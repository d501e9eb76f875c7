import type { GateDevice } from '../world/gate-device.ts';
import type { World } from '../world/world.ts';
import { OldServers } from './servers.ts';
import {
  alignedRenewal,
  online,
  polled,
  refusedLate,
  type Strategy,
  serial,
  type Tally,
} from './strategies.ts';

/** How it was done, each strategy by itself. `looks`: the front door leaves out nodes that are not well. */
export const STRATEGIES: Readonly<
  Record<string, { readonly says: string; readonly play: Strategy; readonly looks: boolean }>
> = {
  online: { says: 'a verdict from the server for each scan', play: online, looks: true },
  polled: { says: 'the same, and every scanner polls its counter', play: polled, looks: true },
  'dead-node': { says: 'the same, round robin to nodes that are dead', play: online, looks: false },
  'refused-late': { says: 'entries sent later, refused after 300 s', play: refusedLate, looks: true },
  serial: { says: 'entries sent later, one after the other', play: serial, looks: true },
  'aligned-renewal': { says: 'all passes renewed in the same second', play: alignedRenewal, looks: true },
};

/** What one way of doing it came to; sums over seeds but for the busiest second. */
export interface CameTo {
  readonly guests: number;
  readonly unanswered: number;
  readonly slow: number;
  readonly lost: number;
  readonly doubled: number;
  readonly waiting: number;
  readonly requests: number;
  readonly busiestSecond: number;
}

/** The strategies of the past, in the same world at the same moment: same guests, gates, cables, nodes, database and faults. */
export class Past {
  readonly #playing: readonly {
    readonly name: string;
    readonly servers: OldServers;
    readonly tally: Tally;
    readonly come: (guest: number, gate: GateDevice) => void;
  }[];
  #guests = 0;

  constructor(world: World) {
    this.#playing = Object.entries(STRATEGIES).map(([name, { play, looks }]) => {
      const servers = new OldServers(world, looks);
      const tally: Tally = { guests: 0, unanswered: 0, slow: 0, told: new Set(), waiting: 0 };
      const random = world.random.fork(`past ${name}`);
      return { name, servers, tally, come: play({ world, servers, random, tally }) };
    });
    world.store.onCut = (atMs) => {
      for (const { servers } of this.#playing) servers.cut(atMs);
    };
  }

  /** A guest stands before a gate. */
  come(gate: GateDevice): void {
    const guest = this.#guests++;
    for (const { tally, come } of this.#playing) {
      tally.guests += 1;
      come(guest, gate);
    }
  }

  cameTo(): Record<string, CameTo> {
    return Object.fromEntries(
      this.#playing.map(({ name, servers, tally }) => {
        const { guests, unanswered, slow, told, waiting } = tally;
        const { rows, requests, busiestSecond } = servers;
        const there = new Set(rows.map(({ guest }) => guest));
        const missing = [...told].filter((guest) => !there.has(guest)).length;
        return [
          name,
          {
            guests,
            unanswered,
            slow,
            lost: Math.max(0, missing - waiting),
            doubled: rows.length - there.size,
            waiting,
            requests,
            busiestSecond,
          },
        ];
      }),
    );
  }
}
