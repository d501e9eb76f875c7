import { equalBytes } from '@munjigi/core/encoding';
import { addDays, type Policy } from '@munjigi/core/rules';
import type { DayKey } from '@munjigi/core/trust';
import { type KeyFolder, makePrivateKey, publicPoint } from '../crypto/index.ts';
import { byteaArray, type Database } from '../db/index.ts';
import { DayStore, dayKeyId, hasWrap, weekEnd, weekOf } from '../lib/keys/index.ts';

/** Keys are made so many days ahead, so that a gate cut off for weeks still has one for its day. */
const DAYS_AHEAD = 35;
/** Spares reach further, for gates whose bundle ran out. */
const SPARE_WEEKS_AHEAD = 9;

interface Wanted {
  readonly keyId: number;
  readonly day: string;
  readonly spare: boolean;
}

interface KeyRow {
  readonly key_id: number;
  readonly public_key: Uint8Array;
}

/**
 * The authority's own day keys (HPKE P-256), each fresh and random. Private halves stand in the key store, one file a day,
 * and in no backup; the database has the public halves only, and the store is what counts: a database that was put back
 * names no key whose private half is gone, and brings none to life.
 */
export class DayKeys {
  private readonly store: DayStore;
  private readonly points = new Map<string, Uint8Array>();
  private pointsAt = '';

  constructor(
    private readonly db: Database,
    days: KeyFolder,
    private readonly policy: Policy,
  ) {
    this.store = new DayStore(days);
  }

  /** The keys for a bundle that is issued at an instant (seconds); missing ones are made. None for days that have ended. */
  async around(at: number): Promise<readonly DayKey[]> {
    const wanted = this.wanted(at);
    const known = await this.rows(wanted);
    const keys: DayKey[] = [];
    for (const { keyId, day, spare } of wanted)
      keys.push({ keyId, day, spare, publicKey: await this.pointOf(keyId, day, spare, known.get(keyId)) });
    const changed = keys.filter(({ keyId, publicKey }) => {
      const row = known.get(keyId);
      return !row || !equalBytes(row.public_key, publicKey);
    });
    if (changed.length > 0) await this.write(changed);
    return keys;
  }

  /** The local day on which this body ended recording for good, or null where it has not. */
  get endedOn(): string | null {
    return this.store.endedOn();
  }

  private async pointOf(
    keyId: number,
    day: string,
    spare: boolean,
    row: KeyRow | undefined,
  ): Promise<Uint8Array> {
    const name = nameOf(keyId);
    const generation = this.store.keys.generation();
    if (generation !== this.pointsAt) this.points.clear();
    this.pointsAt = generation;
    const known = this.points.get(name);
    if (known) return known;
    const lastDay = spare ? weekEnd(day) : day;
    // A private half that is lost and can be recovered with its sheets stays the key of its day.
    if (row && !(await this.store.find(name)) && (await hasWrap(this.store, name))) return row.public_key;
    const point = publicPoint(await this.store.key(name, lastDay, makePrivateKey));
    this.points.set(name, point);
    return point;
  }

  private async write(keys: readonly DayKey[]): Promise<void> {
    await this.db.query(
      `INSERT INTO day_key (key_id, day, spare, public_key)
       SELECT * FROM unnest($1::int[], $2::date[], $3::boolean[], $4::bytea[])
       ON CONFLICT (key_id) DO UPDATE SET public_key = EXCLUDED.public_key`,
      [
        keys.map(({ keyId }) => keyId),
        keys.map(({ day }) => day),
        keys.map(({ spare }) => spare),
        byteaArray(keys.map(({ publicKey }) => publicKey)),
      ],
    );
  }

  /** The private half, 32 bytes, or null where it was destroyed. Opening is for a case alone. */
  privateKey(keyId: number): Promise<Uint8Array | null> {
    return this.store.find(nameOf(keyId));
  }

  private async rows(wanted: readonly { keyId: number }[]): Promise<ReadonlyMap<number, KeyRow>> {
    const { rows } = await this.db.query<KeyRow>(
      'SELECT key_id, public_key FROM day_key WHERE key_id = ANY($1::int[])',
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
    for (let day = weekOf(today); day <= lastWeek; day = addDays(day, 7))
      out.push({ keyId: dayKeyId(day, true), day, spare: true });
    return out.filter(({ day, spare }) => !this.store.hasEnded(spare ? weekEnd(day) : day));
  }
}

const nameOf = (keyId: number): string => `day-${keyId}`;
