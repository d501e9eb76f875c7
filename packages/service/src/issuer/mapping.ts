import { decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { addDays } from '@munjigi/core/rules';
import { ApiError } from '../contracts/index.ts';
import { type KeyFolder, random } from '../crypto/index.ts';
import { DayEnded, DayStore, FOR_EVER } from '../lib/keys/index.ts';
import { nonces, openAtRest, sealAtRest } from '../lib/sealing.ts';

const DAYS_AHEAD = 35;
/** Bytes of a pass's secret. */
const NOTICE = 16;
const nameOf = (day: string): string => `day-${day}`;

/** What the issuer keeps of one pass, until its day key is destroyed. */
export interface PassHolder {
  readonly person: string;
  /** Secret that tells this pass's wallet, and nobody else, that it was concerned. */
  readonly notice: Uint8Array;
}

/** One of the passes that are sealed together. */
export interface MappedPass {
  readonly lastDay: string;
  readonly handle: Uint8Array;
  readonly notice: Uint8Array;
}

/**
 * Which handle was given to whom. Each pass is sealed under the key of its last local day; the keys stand in the desk's key
 * store and not in the database, so that deleting a day's key ends what any copy of the database could tell.
 */
export class HolderMapping {
  private readonly store: DayStore;

  constructor(days: KeyFolder) {
    this.store = new DayStore(days);
  }

  /** Makes the keys of the days to come, so that they are there for recovery. @param today YYYY-MM-DD */
  async prepare(today: string): Promise<void> {
    for (let n = 0; n <= DAYS_AHEAD; n++) {
      const day = addDays(today, n);
      if (!this.store.hasEnded(day)) await this.store.key(nameOf(day), day, () => random(32));
    }
  }

  /**
   * @param lastDay YYYY-MM-DD, the last local day on which the pass is good
   * Throws `issuer.ended` or `service.day-ended`.
   */
  async seal(lastDay: string, handle: Uint8Array, { person, notice }: PassHolder): Promise<Uint8Array> {
    return (await this.sealAll(person, [{ lastDay, handle, notice }]))[0]!;
  }

  /** Seals all passes of one person that are issued together: each day's key is looked up once. Throws like `seal`. */
  async sealAll(person: string, passes: readonly MappedPass[]): Promise<readonly Uint8Array[]> {
    const keys = new Map<string, Uint8Array>();
    for (const { lastDay } of passes)
      if (!keys.has(lastDay)) keys.set(lastDay, await this.sealingKey(lastDay));
    // [person, notice]: only the notice, at its end, differs.
    const plain = encodeDeterministic([person, new Uint8Array(NOTICE)]);
    const drawn = nonces(passes.length);
    return passes.map(({ lastDay, handle, notice }, i) => {
      if (notice.length !== NOTICE) throw new Error('The secret of a pass has 16 bytes.');
      plain.set(notice, plain.length - NOTICE);
      return sealAtRest(keys.get(lastDay)!, handle, plain, drawn[i]);
    });
  }

  private sealingKey(lastDay: string): Promise<Uint8Array> {
    return this.store
      .key(nameOf(lastDay), lastDay, () => random(32))
      .catch((error: unknown) => {
        if (!(error instanceof DayEnded)) throw error;
        throw new ApiError(error.highWater === FOR_EVER ? 'issuer.ended' : 'service.day-ended', {
          cause: error,
        });
      });
  }

  /** The holder again, or null where the day's key is gone or the row was moved. */
  async open(lastDay: string, handle: Uint8Array, sealed: Uint8Array): Promise<PassHolder | null> {
    const key = await this.store.find(nameOf(lastDay));
    const plain = key && openAtRest(key, handle, sealed);
    if (!plain) return null;
    const [person, notice] = decodeDeterministic(plain, { maxBytes: 1024, maxDepth: 4 }) as [
      string,
      Uint8Array,
    ];
    return { person, notice };
  }
}
