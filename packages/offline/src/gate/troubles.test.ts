import { fromBase64 } from '@munjigi/core/encoding';
import { webCrypto } from '@munjigi/core/signing';
import { openTrouble } from '@munjigi/core/trouble';
import { describe, expect, it } from 'vitest';
import type { GateIdentity } from '../outbox/types.ts';
import { makeDeviceKey } from '../storage/device-key.ts';
import { ServerError } from '../sync/server.ts';
import { Troubles } from './troubles.ts';

const NOW = 1_641_445_200;

/** A device, and a register that answers as the test says. */
async function device() {
  const key = await makeDeviceKey();
  const kept = new Map<string, unknown>();
  const world = {
    now: NOW,
    answer: null as ServerError | null,
    sent: [] as { readonly what: string; readonly at: number; readonly venueId: number }[],
    /** The same device after a reload. */
    open: () =>
      new Troubles({
        now: () => world.now,
        store: {
          setting: async <T>(name: string) => kept.get(name) as T | undefined,
          setSetting: async (name, value) => void kept.set(name, value),
          identity: async () => ({ venueId: 7 }) as GateIdentity,
          gateKey: async () => key,
        },
        transport: {
          async trouble({ signed }) {
            if (world.answer) throw world.answer;
            const crypto = webCrypto(globalThis.crypto.subtle as never);
            world.sent.push(await openTrouble(fromBase64(signed), key.publicKey, crypto));
            return { counted: true };
          },
        },
      }),
  };
  return world;
}

const away = new ServerError(0, 'network', null);

describe("an owner's word that something does not work", () => {
  it('is signed and sent at once', async () => {
    const world = await device();
    expect(await world.open().say('reading')).toBe(true);
    expect(world.sent).toEqual([{ venueId: 7, what: 'reading', at: NOW }]);
    expect(await world.open().flush()).toBe(true);
    expect(world.sent).toHaveLength(1);
  });

  it('waits for a network over a reload, each word once, with the time at which it was said last', async () => {
    const world = await device();
    world.answer = away;
    const before = world.open();
    expect(await before.say('sending')).toBe(false);
    world.now += 60;
    expect(await before.say('sending')).toBe(false);
    expect(await before.say('wallets')).toBe(false);
    world.now += 600;
    world.answer = null;
    expect(await world.open().flush()).toBe(true);
    expect(world.sent).toEqual([
      { venueId: 7, what: 'sending', at: NOW + 60 },
      { venueId: 7, what: 'wallets', at: NOW + 60 },
    ]);
  });

  it('is dropped after an hour: it says nothing of now', async () => {
    const world = await device();
    world.answer = away;
    await world.open().say('sending');
    world.now += 3_600;
    world.answer = null;
    expect(await world.open().flush()).toBe(true);
    expect(world.sent).toEqual([]);
  });

  it('is kept while the register is busy, and dropped where it will never be taken', async () => {
    const world = await device();
    for (const [answer, gone] of [
      [new ServerError(503, 'service.full', 30), false],
      [new ServerError(429, 'request.rate', 30), false],
      [new ServerError(404, 'register.gate-unknown', null), true],
    ] as const) {
      world.answer = answer;
      expect(await world.open().say('answers')).toBe(gone);
    }
  });
});
