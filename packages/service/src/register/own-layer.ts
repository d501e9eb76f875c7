import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { addDays } from '@munjigi/core/rules';
import type { KeyFolder } from '../crypto/index.ts';
import { type DayStore, daysOf } from '../lib/keys/index.ts';
import { DAYS_AHEAD as KEPT_AHEAD } from './retention-days.ts';

/** Keys are made so many days ahead, as at every desk. */
const DAYS_AHEAD = 35;
const nameOf = (day: string): string => `layer-${day}`;

/**
 * The register's own layer around a gate's box: AES-256-GCM under a random symmetric key of the day. The keys stand in the
 * desk's key store, never in the database: when the key of a day is destroyed, nothing of that day can be opened, whoever
 * kept a copy of the rows. A case needs both bodies: the register takes its layer off, the authority opens the box.
 */
export class OwnLayer {
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  readonly #desk: KeyFolder;
  #store: DayStore | null = null;
  #heldAt = '';

  /** @param desk the desk's key store; the day keys stand in its folder `days` */
  constructor(desk: KeyFolder) {
    this.#desk = desk;
  }

  /** True where a key ended, here or in another process, since the keys were last held ready. Cheap. */
  get stale(): boolean {
    return this.#store !== null && this.#store.keys.generation() !== this.#heldAt;
  }

  /** The last day whose keys were destroyed; '' where none was, or before `prepare`. */
  get endedThrough(): string {
    return this.#store?.highWater() ?? '';
  }

  /** Makes the keys of days that have none, and of those to come, and holds them ready. Days that have ended get none. */
  async prepare(days: readonly string[]): Promise<void> {
    this.#store ??= await this.#open();
    const store = this.#store;
    const generation = store.keys.generation();
    const keys = new Map(generation === this.#heldAt ? this.#keys : []);
    const last = days[days.length - 1];
    const ahead =
      last === undefined ? [] : Array.from({ length: DAYS_AHEAD }, (_, i) => addDays(last, i + 1));
    const wanted = [...days, ...ahead.slice(0, Math.max(0, DAYS_AHEAD - KEPT_AHEAD))].filter(
      (day) => !keys.has(day) && !store.hasEnded(day),
    );
    await Promise.all(
      wanted.map(async (day) => {
        const key = await store.key(nameOf(day), day, () => new Uint8Array(randomBytes(32)));
        keys.set(day, createSecretKey(key));
      }),
    );
    this.#keys = keys;
    this.#heldAt = generation;
  }

  /** The key of a day, or null where it is gone. */
  find(day: string): KeyObject | null {
    return this.#keys.get(day) ?? null;
  }

  /** The day's key in hand. Throws where there is none. */
  keyOf(day: string): KeyObject {
    const key = this.#keys.get(day);
    if (key === undefined) throw new Error(`The register has no layer key for ${day}.`);
    return key;
  }

  async #open(): Promise<DayStore> {
    const store = await daysOf(this.#desk);
    // Keys that an earlier version kept one folder higher.
    for (const name of await this.#desk.names()) {
      if (!name.startsWith('layer-')) continue;
      const key = await this.#desk.find(name);
      if (key && !store.hasEnded(name.slice('layer-'.length))) await store.keys.secret(name, () => key);
      await this.#desk.destroy(name);
    }
    return store;
  }
}

const NONCE = 12;
const TAG = 16;
const NOTHING = new Uint8Array(0);

/** Where a box stands: bound as additional data, so that a moved row opens nowhere else. */
export interface LayerPlace {
  readonly venueId: number;
  /** Thumbprint of the gate key. */
  readonly gate: Uint8Array;
  readonly counter: number;
}

function placeBytes({ venueId, gate, counter }: LayerPlace): Buffer {
  const bytes = Buffer.alloc(44);
  bytes.writeBigUInt64BE(BigInt(venueId), 0);
  bytes.set(gate, 8);
  bytes.writeUInt32BE(counter, 40);
  return bytes;
}

/**
 * Puts the layer on the boxes of one chain: nonce, ciphertext, tag. Nothing stays nothing. Nonces and room for the results
 * are drawn for all boxes at once, which is a third of the cost of doing it for each.
 */
export class Sealer {
  readonly #place: Buffer;
  readonly #nonces: Uint8Array;
  readonly #room: Buffer;
  #box = 0;
  #at = 0;

  /** @param boxes how many there are at most, with `bytes` together */
  constructor(chain: Omit<LayerPlace, 'counter'>, boxes: number, bytes: number) {
    this.#place = placeBytes({ ...chain, counter: 0 });
    this.#nonces = randomBytes(NONCE * boxes);
    this.#room = Buffer.allocUnsafeSlow(bytes + (NONCE + TAG) * boxes);
  }

  putOn(key: KeyObject, counter: number, box: Uint8Array): Uint8Array {
    if (box.length === 0) return NOTHING;
    const start = this.#at;
    const nonce = this.#nonces.subarray(NONCE * this.#box, NONCE * (this.#box + 1));
    if (nonce.length !== NONCE) throw new Error('A nonce is used once.');
    this.#box += 1;
    this.#place.writeUInt32BE(counter, 40);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(this.#place);
    this.#room.set(nonce, start);
    this.#room.set(cipher.update(box), start + NONCE);
    cipher.final();
    this.#room.set(cipher.getAuthTag(), start + NONCE + box.length);
    this.#at += NONCE + box.length + TAG;
    return this.#room.subarray(start, this.#at);
  }
}

/** Takes the layer off; null under another key or at another place. */
export function takeOff(key: KeyObject, place: LayerPlace, stored: Uint8Array): Uint8Array | null {
  if (stored.length === 0) return NOTHING;
  if (stored.length < NONCE + TAG) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, NONCE)).setAAD(placeBytes(place));
  decipher.setAuthTag(stored.subarray(stored.length - TAG));
  try {
    const box = decipher.update(stored.subarray(NONCE, stored.length - TAG));
    decipher.final();
    return new Uint8Array(box);
  } catch {
    return null;
  }
}
