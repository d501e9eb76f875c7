import type { Random } from '../kernel/random.ts';
import { Link } from '../network/link.ts';
import type { GateDevice } from '../world/gate-device.ts';
import type { World } from '../world/world.ts';
import { beside, type OldServers } from './servers.ts';

/** What a strategy came to. Guests are counted once, however often somebody pressed. */
export interface Tally {
  guests: number;
  /** Guests that the door had no answer for, for want of a server. */
  unanswered: number;
  /** Answers that took longer than three seconds. */
  slow: number;
  /** Guests that were let in as written down. */
  readonly told: Set<number>;
  /** Entries that a device still holds. */
  waiting: number;
}

export interface Parts {
  readonly world: World;
  readonly servers: OldServers;
  readonly random: Random;
  readonly tally: Tally;
}

/** A strategy at work: told of each guest at each gate. */
export type Strategy = (parts: Parts) => (guest: number, gate: GateDevice) => void;

const LOOK_UP_MS = 0.6;
const RENEW_MS = 5;
const TRIES = 3;
const PRESSED_AGAIN_MS = 1_000;
const SLOW_MS = 3_000;
const POLL_MS = 5_000;
const SEND_AGAIN_MS = 30_000;
const RENEW_AGAIN_MS = 60_000;
export const REFUSED_AFTER_MS = 300_000;

/** The server says whether a guest is let in, and writes it down in the same call. Three tries, then the guest is turned away. */
export const online: Strategy = ({ world, servers, random, tally }) => {
  const { kernel, hand } = world;
  return async (guest, gate) => {
    const link = beside(gate.device.link, random);
    const came = kernel.nowMs;
    for (let tried = 0; tried < TRIES; tried++) {
      if (tried > 0) await kernel.pause(hand, PRESSED_AGAIN_MS);
      if (!(await servers.call(link, LOOK_UP_MS, (write) => write(guest)))) continue;
      if (kernel.nowMs - came > SLOW_MS) tally.slow += 1;
      tally.told.add(guest);
      return;
    }
    tally.unanswered += 1;
  };
};

/** The same; and every scanner asks for the venue's counter again and again. */
export const polled: Strategy = (parts) => {
  const { world, servers, random } = parts;
  const poll = (gate: GateDevice) => {
    if (gate.device.on) void servers.call(beside(gate.device.link, random), LOOK_UP_MS, () => {});
    world.kernel.after(world.hand, POLL_MS, () => poll(gate));
  };
  for (const gate of world.gates) poll(gate);
  return online(parts);
};

/** The door decides by itself and sends later: `most` entries a request, which a server refuses when they are older than `untilMs`. */
const later =
  (most: number, untilMs: number): Strategy =>
  ({ world, servers, random, tally }) => {
    const { kernel, hand } = world;
    const outboxes = new Map<GateDevice, { guest: number; atMs: number }[]>();
    const send = async (gate: GateDevice, waiting: { guest: number; atMs: number }[]) => {
      const link = beside(gate.device.link, random);
      while (waiting.length > 0) {
        const batch = waiting.slice(0, most);
        const fits = batch.filter(({ atMs }) => kernel.nowMs - atMs <= untilMs);
        const sent =
          gate.device.on &&
          (await servers.call(link, LOOK_UP_MS + 0.02 * batch.length, (write) => {
            for (const { guest } of fits) write(guest);
          }));
        if (sent) tally.waiting -= waiting.splice(0, batch.length).length;
        else await kernel.pause(hand, SEND_AGAIN_MS);
      }
    };
    return (guest, gate) => {
      const waiting = outboxes.get(gate) ?? [];
      outboxes.set(gate, waiting);
      tally.told.add(guest);
      tally.waiting += 1;
      waiting.push({ guest, atMs: kernel.nowMs });
      if (waiting.length === 1) void send(gate, waiting);
    };
  };

/** An entry that comes later than 300 s after it was made is refused, and the device lets go of it. */
export const refusedLate = later(Number.POSITIVE_INFINITY, REFUSED_AFTER_MS);
/** One entry a request, the next after the answer. */
export const serial = later(1, Number.POSITIVE_INFINITY);

/** Every phone's pass ends at the same instant and is drawn anew in that second; who has none is turned away. */
export const alignedRenewal: Strategy = ({ world, servers, random, tally }) => {
  const { kernel, hand, plan } = world;
  const renewed = new Set<number>();
  const middleMs = Math.max(...plan.shifts.map(({ toMs }) => toMs)) / 2;
  const endsMs = kernel.nowMs + middleMs;
  const phone = new Link(random);
  const renew = async (owner: number): Promise<void> => {
    if (await servers.call(phone, RENEW_MS, () => {})) renewed.add(owner);
    else kernel.after(hand, RENEW_AGAIN_MS, () => void renew(owner));
  };
  for (let owner = 0; owner < plan.guests; owner++)
    kernel.after(hand, middleMs + random.below(1_000), () => void renew(owner));
  return (guest) => {
    if (kernel.nowMs > endsMs + 1_000 && !renewed.has(guest % plan.guests)) tally.unanswered += 1;
  };
};
