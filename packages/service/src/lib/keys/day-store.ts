import { readdirSync, readFileSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flushFolder, type KeyFolder, openKeyFolder, writeFirst } from '../../crypto/index.ts';
import { DayEnded, FOR_EVER } from './day-ended.ts';
import { weekOf } from './days.ts';
import { wrapForWeek } from './recovery.ts';

const MARK = /^ended-(\d{4}-\d{2}-\d{2})\.mark$/;

/**
 * The keys of a body that end with a day, each fresh and random: `<keys>/<desk>/days/`. The store keeps a high-water day in
 * names of files, which are only ever added: no key that ends at or before it is made again, whatever a clock or a
 * restored database says, and by whichever process.
 */
export class DayStore {
  private mark = '';
  private markAt: string | null = null;

  constructor(readonly keys: KeyFolder) {}

  /** The last day whose keys were destroyed; '' where none was. */
  highWater(): string {
    const generation = this.keys.generation();
    if (this.markAt !== generation) {
      this.mark = marksOf(this.keys.path).at(-1) ?? '';
      this.markAt = generation;
    }
    return this.mark;
  }

  /** True where a key that ends with a day must not be made. */
  hasEnded(lastDay: string): boolean {
    return lastDay <= this.highWater();
  }

  /**
   * The key of that name, made by `make` where there is none. It is wrapped for the recovery key of its week where that
   * week's sheets were made. Throws `DayEnded`.
   * @param lastDay the local day with which it ends, YYYY-MM-DD
   */
  async key(name: string, lastDay: string, make: () => Uint8Array): Promise<Uint8Array> {
    if (this.hasEnded(lastDay)) throw new DayEnded(lastDay, this.highWater());
    const known = await this.keys.find(name);
    if (known) return known;
    const key = await this.keys.secret(name, make);
    await wrapForWeek(await this.recovery(), weekOf(lastDay), name, key);
    // Another process may have ended the day meanwhile: then it has listed the names before this one was there.
    this.markAt = null;
    if (!this.hasEnded(lastDay)) return key;
    await this.keys.destroy(name);
    throw new DayEnded(lastDay, this.highWater());
  }

  /** The key of that name, or null where it was destroyed or never made. */
  find(name: string): Promise<Uint8Array | null> {
    return this.keys.find(name);
  }

  names(): Promise<readonly string[]> {
    return this.keys.names();
  }

  /** The local day on which this body ended everything, or null where it has not. */
  endedOn(): string | null {
    if (this.highWater() !== FOR_EVER) return null;
    return readFileSync(join(this.keys.path, markOf(FOR_EVER)), 'utf8').trim() || FOR_EVER;
  }

  /**
   * Raises the high-water day, durably; it never falls. Do this before destroying.
   * @param on the local day on which this is done
   */
  async raise(day: string, on: string): Promise<void> {
    if (this.hasEnded(day)) return;
    await writeFirst(join(this.keys.path, markOf(day)), `${on}\n`);
    await flushFolder(this.keys.path);
    await this.keys.renew();
    const highest = marksOf(this.keys.path).at(-1)!;
    for (const lower of marksOf(this.keys.path).filter((mark) => mark < highest))
      await unlink(join(this.keys.path, markOf(lower))).catch(() => {});
    this.markAt = null;
  }

  /** Where the wraps for recovery stand: beside the days. */
  recovery(): Promise<KeyFolder> {
    return openKeyFolder(join(dirname(this.keys.path), 'recovery'));
  }
}

const markOf = (day: string): string => `ended-${day}.mark`;

function marksOf(path: string): string[] {
  return readdirSync(path)
    .flatMap((name) => MARK.exec(name)?.[1] ?? [])
    .sort();
}
