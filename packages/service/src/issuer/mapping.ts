import { decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { type KeyFolder, random } from '../crypto/index.ts';
import { openAtRest, sealAtRest } from '../lib/sealing.ts';

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
  constructor(private readonly days: KeyFolder) {}

  /** @param lastDay YYYY-MM-DD, the last local day on which the pass is good */
  async seal(lastDay: string, handle: Uint8Array, holder: PassHolder): Promise<Uint8Array> {
    const key = await this.days.secret(`day-${lastDay}`, () => random(32));
    return sealAtRest(key, handle, encodeDeterministic([holder.person, holder.notice]));
  }

  /** The holder again, or null where the day's key is gone or the row was moved. */
  async open(lastDay: string, handle: Uint8Array, sealed: Uint8Array): Promise<PassHolder | null> {
    const key = await this.days.find(`day-${lastDay}`);
    const plain = key && openAtRest(key, handle, sealed);
    if (!plain) return null;
    const [person, notice] = decodeDeterministic(plain, { maxBytes: 1024, maxDepth: 4 }) as [
      string,
      Uint8Array,
    ];
    return { person, notice };
  }
}
