import { concatBytes, toHex, utf8Encode } from '@munjigi/core/encoding';
import type { DeviceDatabase } from '../storage/database.ts';
import { randomBytes } from '../storage/random.ts';

/** A code that was accepted in this shift: when first (seconds) and as which entry. */
export interface SeenCode {
  readonly at: number;
  readonly counter: number | null;
}

interface Shift {
  readonly key: CryptoKey;
  readonly startedAt: number;
}

const SHIFT_SECONDS = 12 * 3600;
const isOver = (shift: Shift, now: number): boolean => Math.abs(now - shift.startedAt) > SHIFT_SECONDS;
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/**
 * Tells that the same code comes twice without keeping whose it is: tags are eight bytes of an HMAC under a random key of
 * the shift that cannot leave the browser. Key and tags are dropped after twelve hours; both survive a reload.
 */
export class SeenBefore {
  #shift: Shift | null = null;
  /** False while the disk has not taken the key of the shift: it is tried again with every code. */
  #isKept = true;
  /** Codes of this shift that the disk did not take. */
  readonly #inMemory = new Map<string, SeenCode>();

  constructor(private readonly database: DeviceDatabase) {}

  /**
   * The tag of a code. `issuer` and `handle` never reach the disk. `now` in seconds is null where the device has no clock that it
   * trusts: a clock that was set wrong must not end a shift, and with it the memory of who was here.
   */
  async tagOf(issuer: string, handle: Uint8Array, now: number | null): Promise<string> {
    const { key } = await this.#current(now);
    const name = utf8Encode(issuer);
    const data = concatBytes(Uint8Array.of(name.length), name, handle);
    return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, data as BufferSource)).slice(0, 8));
  }

  /** Never throws: a verdict waits for no disk that fails. */
  async find(tag: string): Promise<SeenCode | null> {
    const kept = await this.database
      .read(['seen'], (t) => t.objectStore('seen').get(tag))
      .catch(() => undefined);
    return (kept as SeenCode | undefined) ?? this.#inMemory.get(tag) ?? null;
  }

  async remember(tag: string, seen: SeenCode): Promise<void> {
    await this.database
      .write(['seen'], (t) => t.objectStore('seen').put(seen, tag))
      .catch(() => this.#inMemory.set(tag, seen));
  }

  /** Forgets the code of an entry that was cancelled, so that it can come again. */
  async forgetEntry(counter: number): Promise<void> {
    await this.database.write(['seen'], (t) => {
      const request = t.objectStore('seen').openCursor();
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return;
        if ((cursor.value as Partial<SeenCode>).counter === counter) cursor.delete();
        cursor.continue();
      };
    });
  }

  /** Drops key and tags of a shift that is over, also on a tablet that scans nothing any more. `now` in seconds. */
  async expire(now: number): Promise<void> {
    const kept = (await this.database.read(['seen'], (t) => t.objectStore('seen').get('shift'))) as
      | Shift
      | undefined;
    if (!kept || !isOver(kept, now)) return;
    this.#shift = null;
    this.#inMemory.clear();
    await this.database.write(['seen'], (t) => t.objectStore('seen').clear());
  }

  async #current(now: number | null): Promise<Shift> {
    if (this.#shift && (now === null || !isOver(this.#shift, now))) {
      if (!this.#isKept) await this.#keep(this.#shift, false);
      return this.#shift;
    }
    const kept = (await this.database
      .read(['seen'], (t) => t.objectStore('seen').get('shift'))
      .catch(() => undefined)) as Shift | undefined;
    if (kept && (now === null || !isOver(kept, now))) {
      this.#shift = kept;
      this.#isKept = true;
      return kept;
    }
    const key = await crypto.subtle.importKey('raw', randomBytes(32) as BufferSource, HMAC, false, ['sign']);
    const shift = { key, startedAt: now ?? Date.now() / 1000 };
    await this.#keep(shift, true);
    this.#shift = shift;
    this.#inMemory.clear();
    return shift;
  }

  /** A device without room goes through its shift with a key in memory: at a door, a verdict is worth more than this. */
  async #keep(shift: Shift, isNew: boolean): Promise<void> {
    this.#isKept = await this.database
      .write(['seen'], (t) => {
        if (isNew) t.objectStore('seen').clear();
        t.objectStore('seen').put(shift, 'shift');
      })
      .catch(() => false);
  }
}
