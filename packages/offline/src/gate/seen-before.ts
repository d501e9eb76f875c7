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

  constructor(private readonly database: DeviceDatabase) {}

  /** The tag of a code. `issuer` and `handle` never reach the disk. */
  async tagOf(issuer: string, handle: Uint8Array, now: number): Promise<string> {
    const { key } = await this.#current(now);
    const name = utf8Encode(issuer);
    const data = concatBytes(Uint8Array.of(name.length), name, handle);
    return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, data as BufferSource)).slice(0, 8));
  }

  async find(tag: string): Promise<SeenCode | null> {
    return (
      ((await this.database.read(['seen'], (t) => t.objectStore('seen').get(tag))) as SeenCode | undefined) ??
      null
    );
  }

  async remember(tag: string, seen: SeenCode): Promise<void> {
    await this.database.write(['seen'], (t) => t.objectStore('seen').put(seen, tag));
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
    await this.database.write(['seen'], (t) => t.objectStore('seen').clear());
  }

  async #current(now: number): Promise<Shift> {
    if (this.#shift && !isOver(this.#shift, now)) return this.#shift;
    const kept = (await this.database.read(['seen'], (t) => t.objectStore('seen').get('shift'))) as
      | Shift
      | undefined;
    if (kept && !isOver(kept, now)) {
      this.#shift = kept;
      return kept;
    }
    const key = await crypto.subtle.importKey('raw', randomBytes(32) as BufferSource, HMAC, false, ['sign']);
    const shift = { key, startedAt: now };
    await this.database.write(['seen'], (t) => {
      t.objectStore('seen').clear();
      t.objectStore('seen').put(shift, 'shift');
    });
    this.#shift = shift;
    return shift;
  }
}
