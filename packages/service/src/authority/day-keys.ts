import { addDays, type Policy } from '@munjigi/core/rules';
import { type DayKey, mondayOf } from '@munjigi/core/trust';
import { type KeyFolder, makePrivateKey, publicPoint } from '../crypto/index.ts';
import { byteaArray, type Database } from '../db/index.ts';

/** Keys are made so many days ahead, so that a gate cut off for weeks still has one for its day. */
const DAYS_AHEAD = 35;
/** Spares reach further, for gates whose bundle ran out. */
const SPARE_WEEKS_AHEAD = 9;

const EPOCH = '2020-01-01';
const SPARE_FROM = 16_384;
const dayNumber = (date: string): number =>
  Math.round((Date.parse(date) - Date.parse(EPOCH)) / 86_400_000) + 1;

/** The small number that entries name a key by: days since 2020 for a day, weeks since then for a spare. */
export const dayKeyId = (day: string, spare: boolean): number =>
  spare ? SPARE_FROM + Math.floor(dayNumber(day) / 7) : dayNumber(day);

interface Wanted {
  readonly keyId: number;
  readonly day: string;
  readonly spare: boolean;
}

interface KeyRow {
  readonly key_id: number;
  readonly day: string;
  readonly spare: boolean;
  readonly public_key: Uint8Array;
}

/**
 * The authority's own day keys (HPKE P-256), each fresh and random. Private halves stand in the key store, one file a day,
 * and in no backup; the database has the public halves only.
 */
export class DayKeys {
  constructor(
    private readonly db: Database,
    private readonly days: KeyFolder,
    private readonly policy: Policy,
  ) {}

  /** The keys for a bundle that is issued at an instant (seconds); missing ones are made. */
  async around(at: number): Promise<readonly DayKey[]> {
    const wanted = this.wanted(at);
    const known = await this.rows(wanted);
    const missing = wanted.filter(({ keyId }) => !known.has(keyId));
    if (missing.length > 0) await this.make(missing);
    const all = known.size === wanted.length ? known : await this.rows(wanted);
    return wanted.map(({ keyId, day, spare }) => ({
      keyId,
      day,
      spare,
      publicKey: all.get(keyId)!.public_key,
    }));
  }

  private async make(missing: readonly Wanted[]): Promise<void> {
    const points = await Promise.all(
      missing.map(async ({ keyId }) => publicPoint(await this.days.secret(nameOf(keyId), makePrivateKey))),
    );
    await this.db.query(
      `INSERT INTO day_key (key_id, day, spare, public_key)
       SELECT * FROM unnest($1::int[], $2::date[], $3::boolean[], $4::bytea[]) ON CONFLICT DO NOTHING`,
      [
        missing.map(({ keyId }) => keyId),
        missing.map(({ day }) => day),
        missing.map(({ spare }) => spare),
        byteaArray(points),
      ],
    );
  }

  /** The private half, 32 bytes, or null where it was destroyed. Opening is for a case, which comes with the register work. */
  privateKey(keyId: number): Promise<Uint8Array | null> {
    return this.days.find(nameOf(keyId));
  }

  private async rows(wanted: readonly { keyId: number }[]): Promise<ReadonlyMap<number, KeyRow>> {
    const { rows } = await this.db.query<KeyRow>(
      'SELECT key_id, day, spare, public_key FROM day_key WHERE key_id = ANY($1::int[])',
      [wanted.map(({ keyId }) => keyId)],
    );
    return new Map(rows.map((row) => [row.key_id, row]));
  }

  private wanted(at: number): Wanted[] {
    const today = this.policy.calendar.dateOf(at);
    const first = addDays(today, 1 - this.policy.retentionDays);
    const out: Wanted[] = [];
    for (let day = first; day <= addDays(today, DAYS_AHEAD); day = addDays(day, 1))
      out.push({ keyId: dayKeyId(day, false), day, spare: false });
    const lastWeek = addDays(today, SPARE_WEEKS_AHEAD * 7);
    for (let day = mondayOf(today); day <= lastWeek; day = addDays(day, 7))
      out.push({ keyId: dayKeyId(day, true), day, spare: true });
    return out;
  }
}

const nameOf = (keyId: number): string => `day-${keyId}`;
