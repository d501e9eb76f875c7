import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { KeyFolder } from '../crypto/index.ts';

/**
 * The register's own layer around a gate's box: AES-256-GCM under a random symmetric key of the day. The keys stand in the
 * desk's key store, never in the database: when the key of a day is destroyed, nothing of that day can be opened, whoever
 * kept a copy of the rows. A case needs both bodies: the register takes its layer off, the authority opens the box.
 */
export class OwnLayer {
  readonly #keys = new Map<string, KeyObject>();
  readonly #store: KeyFolder;

  constructor(store: KeyFolder) {
    this.#store = store;
  }

  /** Makes the keys of days that have none, and holds them ready. */
  async prepare(days: readonly string[]): Promise<void> {
    for (const day of days) {
      if (this.#keys.has(day)) continue;
      this.#keys.set(
        day,
        createSecretKey(await this.#store.secret(`layer-${day}`, () => new Uint8Array(randomBytes(32)))),
      );
    }
  }

  /** Ends what a day holds. */
  async destroy(day: string): Promise<void> {
    this.#keys.delete(day);
    await this.#store.destroy(`layer-${day}`);
  }

  /** The key of a day, or null where it is gone. */
  find(day: string): KeyObject | null {
    return this.#keys.get(day) ?? null;
  }

  keyOf(day: string): KeyObject {
    const key = this.#keys.get(day);
    if (key === undefined) throw new Error(`The register has no layer key for ${day}.`);
    return key;
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
