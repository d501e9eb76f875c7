import { decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { addDays } from '@munjigi/core/rules';
import { ApiError } from '../contracts/index.ts';
import { type KeyFolder, random } from '../crypto/index.ts';
import { DayEnded, DayStore, FOR_EVER } from '../lib/keys/index.ts';
import { openAtRest, sealAtRest } from '../lib/sealing.ts';

const DAYS_AHEAD = 35;
const nameOf = (day: string): string => `day-${day}`;

/** What the issuer keeps of one pass, until its day key is destroyed. */
export interface PassHolder {
  readonly person: string;
  /** Secret that tells this pass's wallet, and nobody else, that it was concerned. */
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
  async seal(lastDay: string, handle: Uint8Array, holder: PassHolder): Promise<Uint8Array> {
    const key = await this.store
      .key(nameOf(lastDay), lastDay, () => random(32))
      .catch((error: unknown) => {
        if (!(error instanceof DayEnded)) throw error;
        throw new ApiError(error.highWater === FOR_EVER ? 'issuer.ended' : 'service.day-ended', {
          cause: error,
        });
      });
    return sealAtRest(key, handle, encodeDeterministic([holder.person, holder.notice]));
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
