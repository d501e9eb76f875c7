import { pbkdf2Sync } from 'node:crypto';
import { toBase64url } from '@munjigi/core/encoding';
import { describe, expect, it } from 'vitest';
import { Pin, type PinStore } from './pin.ts';

class Settings implements PinStore {
  readonly kept = new Map<string, unknown>();
  async setting<T>(name: string): Promise<T | undefined> {
    return this.kept.get(name) as T | undefined;
  }
  async setSetting(name: string, value: unknown): Promise<void> {
    this.kept.set(name, value);
  }
}

describe('the PIN before the settings', () => {
  it('is the one that the owner set for all devices, from when they set it', async () => {
    const store = new Settings();
    const pin = new Pin(store);
    await pin.set('1111');
    const salt = new Uint8Array(16).fill(3);
    const hash = new Uint8Array(pbkdf2Sync('2580', salt, 1000, 32, 'sha256'));
    const given = { salt: toBase64url(salt), hash: toBase64url(hash), rounds: 1000, setMs: 5 };
    await pin.follow(given);
    expect(await pin.try('1111')).toEqual({ state: 'wrong', left: 4 });
    expect(await pin.try('2580')).toEqual({ state: 'right' });
    // Changed here since: what was followed once is not taken over again.
    await pin.set('3333');
    await pin.follow(given);
    expect(await pin.try('3333')).toEqual({ state: 'right' });
  });

  it('opens with the right digits only, and is nowhere to be read', async () => {
    const store = new Settings();
    const pin = new Pin(store);
    expect(await pin.isSet()).toBe(false);
    expect(await pin.try('')).toEqual({ state: 'right' });
    await pin.set('2580');
    expect(await pin.isSet()).toBe(true);
    expect(await pin.try('2581')).toEqual({ state: 'wrong', left: 4 });
    expect(await pin.try('2580')).toEqual({ state: 'right' });
    expect(JSON.stringify([...store.kept])).not.toContain('2580');
    for (const wrong of ['123', '123456789', '12a4', ''])
      await expect(pin.set(wrong)).rejects.toThrow('4 to 8');
  });

  it('waits longer with every wrong try after the fifth, through reloads, and never for ever', async () => {
    const store = new Settings();
    let now = 1_000_000;
    const open = () => new Pin(store, () => now);
    await open().set('1234');
    for (const left of [4, 3, 2, 1]) expect(await open().try('0000')).toEqual({ state: 'wrong', left });
    expect(await open().try('0000')).toEqual({ state: 'wait', seconds: 30 });
    // Nothing is looked at meanwhile, the right digits neither.
    expect(await open().try('1234')).toEqual({ state: 'wait', seconds: 30 });
    now += 30_000;
    expect(await open().try('0000')).toEqual({ state: 'wait', seconds: 60 });
    for (let i = 0; i < 8; i++) {
      now += 900_000;
      await open().try('0000');
    }
    expect(await open().try('1234')).toEqual({ state: 'wait', seconds: 900 });
    // The clock was set back by a year: fifteen minutes are still the longest.
    now -= 365 * 86_400_000;
    expect(await open().try('1234')).toEqual({ state: 'wait', seconds: 900 });
    now += 366 * 86_400_000;
    expect(await open().try('1234')).toEqual({ state: 'right' });
    expect(await open().try('0000')).toEqual({ state: 'wrong', left: 4 });
  });
});
