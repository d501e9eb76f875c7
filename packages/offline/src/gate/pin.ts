import { equalBytes, fromBase64, utf8Encode } from '@munjigi/core/encoding';
import { randomBytes } from '../storage/random.ts';
import type { VenuePin } from '../sync/register-transport.ts';

/** Where a PIN is kept; the gate's store. */
export interface PinStore {
  setting<T>(name: string): Promise<T | undefined>;
  setSetting(name: string, value: unknown): Promise<void>;
}

interface KeptPin {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly rounds: number;
}

interface Tries {
  readonly wrong: number;
  /** Wall-clock milliseconds before which nothing is tried. */
  readonly untilMs: number;
}

export type PinAnswer =
  | { readonly state: 'right' }
  | { readonly state: 'wrong'; readonly left: number }
  | { readonly state: 'wait'; readonly seconds: number };

const ROUNDS = 210_000;
const FREE = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;

export const isPin = (text: string): boolean => /^[0-9]{4,8}$/.test(text);

/**
 * The PIN before a gate's settings. It keeps guests' and passers-by's fingers out, not somebody who takes the tablet apart: what
 * matters on it cannot be opened anyway. Wrong tries are counted across reloads.
 */
export class Pin {
  constructor(
    private readonly store: PinStore,
    private readonly nowMs: () => number = Date.now,
    private readonly subtle: SubtleCrypto = crypto.subtle,
  ) {}

  async isSet(): Promise<boolean> {
    return (await this.store.setting<KeptPin>('pin')) !== undefined;
  }

  /** Sets another PIN of 4 to 8 digits. Whoever calls has opened the settings. */
  async set(pin: string): Promise<void> {
    if (!isPin(pin)) throw new RangeError('A PIN has 4 to 8 digits.');
    const salt = randomBytes(16);
    const kept: KeptPin = { salt, rounds: ROUNDS, hash: await this.#hash(pin, salt, ROUNDS) };
    await this.store.setSetting('pin', kept);
    await this.store.setSetting('pin-tries', { wrong: 0, untilMs: 0 });
  }

  /** Takes the PIN over that the owner set for all devices, once for each time that they set one. */
  async follow({ salt, hash, rounds, setMs }: VenuePin): Promise<void> {
    if ((await this.store.setting<number>('pin-followed')) === setMs) return;
    if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > 10_000_000) return;
    const kept: KeptPin = { salt: fromBase64(salt), hash: fromBase64(hash), rounds };
    await this.store.setSetting('pin', kept);
    await this.store.setSetting('pin-tries', { wrong: 0, untilMs: 0 });
    await this.store.setSetting('pin-followed', setMs);
  }

  /** Tries a PIN: five times freely, then after 30 seconds, and twice as long after each further wrong one. */
  async try(pin: string): Promise<PinAnswer> {
    const kept = await this.store.setting<KeptPin>('pin');
    if (kept === undefined) return { state: 'right' };
    const tries = (await this.store.setting<Tries>('pin-tries')) ?? { wrong: 0, untilMs: 0 };
    const now = this.nowMs();
    // A clock that was set back does not lengthen the wait beyond the longest one.
    const waitMs = Math.min(tries.untilMs - now, LONGEST_WAIT_MS);
    if (waitMs > 0) return { state: 'wait', seconds: Math.ceil(waitMs / 1000) };
    // Counted before it is looked at: a reload in the middle is a wrong try.
    const wrong = tries.wrong + 1;
    const over = wrong - FREE;
    const untilMs = over < 0 ? 0 : now + Math.min(FIRST_WAIT_MS * 2 ** over, LONGEST_WAIT_MS);
    await this.store.setSetting('pin-tries', { wrong, untilMs });
    if (isPin(pin) && equalBytes(await this.#hash(pin, kept.salt, kept.rounds), kept.hash)) {
      await this.store.setSetting('pin-tries', { wrong: 0, untilMs: 0 });
      return { state: 'right' };
    }
    if (untilMs > 0) return { state: 'wait', seconds: Math.ceil((untilMs - now) / 1000) };
    return { state: 'wrong', left: FREE - wrong };
  }

  async #hash(pin: string, salt: Uint8Array, rounds: number): Promise<Uint8Array> {
    const key = await this.subtle.importKey('raw', utf8Encode(pin) as BufferSource, 'PBKDF2', false, [
      'deriveBits',
    ]);
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt: salt as BufferSource, iterations: rounds };
    return new Uint8Array(await this.subtle.deriveBits(how, key, 256));
  }
}
