import { createHash } from 'node:crypto';

/** All chance of one run comes from here. A fork has a stream of its own, so that one more draw in one place moves nothing in another. */
export class Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    this.#name = name;
    const digest = createHash('sha256').update(name).digest();
    this.#a = digest.readUInt32LE(0);
    this.#b = digest.readUInt32LE(4);
    this.#c = digest.readUInt32LE(8);
    this.#d = digest.readUInt32LE(12);
  }

  fork(name: string): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** 32 bits (sfc32). */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** From 0 up to 1. */
  share = (): number => this.bits() / 2 ** 32;

  /** A whole number from 0 up to `below`. */
  below(below: number): number {
    return Math.floor(this.share() * below);
  }

  /** A whole number between two, both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(share: number): boolean {
    return this.share() < share;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('Nothing to pick from.');
    return list[this.below(list.length)]!;
  }

  /** Mostly near the mean, sometimes several times as much. */
  around(mean: number): number {
    return -Math.log(1 - this.share()) * mean;
  }

  /** Small numbers often, large ones seldom: evenly in the logarithm. */
  scale(from: number, to: number): number {
    return Math.round(Math.exp(Math.log(from) + this.share() * Math.log(to / from)));
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const bits = this.bits();
      for (let i = 0; i < 4 && at + i < length; i++) bytes[at + i] = (bits >>> (8 * i)) & 255;
    }
    return bytes;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}
