import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { concatBytes, equalBytes } from '@munjigi/core/encoding';
import { isDay, signNotified, TAG_BYTES, TAGS_PADDED_TO } from '@munjigi/core/log';
import { addDays, type Policy } from '@munjigi/core/rules';
import { type Clock, nowSeconds } from '../clock/index.ts';
import { ApiError } from '../contracts/index.ts';
import { random, writeWhole } from '../crypto/index.ts';
import { byteaArray, type Database, type Session } from '../db/index.ts';
import type { LogStore } from './log/store.ts';
import type { RootKeeper, Standing } from './root.ts';

export interface NotifiedParts {
  readonly db: Database;
  readonly root: RootKeeper;
  readonly lines: LogStore;
  readonly clock: Clock;
  readonly policy: Policy;
  /** Folder of the mirror; files stand in `notified/` under it. */
  readonly mirror: string;
}

/** The daily files of lookups: tags that issuers hand over, padded, signed, and dropped with the retention period. */
export class NotifiedFiles {
  constructor(private readonly parts: NotifiedParts) {}

  /**
   * Adds the tags of passes that an issuer resolved on a day and publishes the day's file anew. Tags that are there already
   * are not added twice. Throws `log.notified-count` where the log's lines `resolved` count fewer.
   * @param day YYYY-MM-DD in the pack's zone
   * @param tags eight bytes each
   */
  async publish(day: string, tags: readonly Uint8Array[]): Promise<void> {
    if (tags.some(({ length }) => length !== TAG_BYTES)) throw new RangeError('A tag has eight bytes.');
    if (!isDay(day)) throw new RangeError('The day is a date, YYYY-MM-DD.');
    const standing = await this.standing();
    await this.parts.db.tx(async (session) => {
      await this.takeTurn(session, day);
      await this.add(session, day, tags, false);
      const { real, padding } = await this.counts(session, day);
      if (real > (await this.parts.lines.resolvedOn(day, session))) throw new ApiError('log.notified-count');
      const wanted = Math.max(1, Math.ceil(real / TAGS_PADDED_TO)) * TAGS_PADDED_TO - real;
      await this.add(
        session,
        day,
        Array.from({ length: Math.max(0, wanted - padding) }, () => random(TAG_BYTES)),
        true,
      );
      await session.query(
        `DELETE FROM notified_tag WHERE day = $1::date AND tag IN
           (SELECT tag FROM notified_tag WHERE day = $1::date AND padding ORDER BY tag LIMIT $2)`,
        [day, Math.max(0, padding - wanted)],
      );
      await this.sign(session, day, standing);
    });
    await this.show(day);
  }

  /** The file of a day, signed under the root in force; null where nothing was looked up. */
  async file(day: string): Promise<Uint8Array | null> {
    if (!isDay(day)) return null;
    const root = await this.parts.root.current();
    const kept = await this.kept(this.parts.db, day);
    if (!kept || !root || kept.root_version === root.version) return kept?.bytes ?? null;
    // Signed under an earlier root, which devices no longer follow.
    const standing = await this.standing();
    await this.parts.db.tx(async (session) => {
      await this.takeTurn(session, day);
      await this.sign(session, day, standing);
    });
    await this.show(day);
    return (await this.kept(this.parts.db, day))?.bytes ?? null;
  }

  /** Drops what is past the retention period, in database and mirror. */
  async expire(): Promise<void> {
    const { db, policy, clock } = this.parts;
    const first = addDays(policy.calendar.dateOf(nowSeconds(clock)), -policy.retentionDays);
    await db.query('DELETE FROM notified_tag WHERE day < $1::date', [first]);
    await db.query('DELETE FROM notified_file WHERE day < $1::date', [first]);
    const files = await readdir(this.folder()).catch(() => []);
    for (const name of files) if (name.slice(0, 10) < first) await unlink(join(this.folder(), name));
  }

  private folder(): string {
    return join(this.parts.mirror, 'notified');
  }

  private async add(
    session: Session,
    day: string,
    tags: readonly Uint8Array[],
    padding: boolean,
  ): Promise<void> {
    await session.query(
      'INSERT INTO notified_tag (day, tag, padding) SELECT $1::date, t, $3 FROM unnest($2::bytea[]) t ON CONFLICT DO NOTHING',
      [day, byteaArray(tags), padding],
    );
  }

  /** Who signs a day's file takes a turn, or else the later one may write over tags that it has not seen; the day is the lock. */
  private async takeTurn(session: Session, day: string): Promise<void> {
    await session.query("SELECT pg_advisory_xact_lock(20820, $1::date - DATE '2020-01-01')", [day]);
  }

  private async counts(session: Session, day: string): Promise<{ real: number; padding: number }> {
    const { rows } = await session.query<{ real: number; padding: number }>(
      `SELECT count(*) FILTER (WHERE NOT padding) AS real, count(*) FILTER (WHERE padding) AS padding FROM notified_tag WHERE day = $1::date`,
      [day],
    );
    return rows[0]!;
  }

  /** Before a transaction, never inside one: a root that has run out is followed by a new one, in a transaction of its own. */
  private standing(): Promise<Standing> {
    return this.parts.root.at(nowSeconds(this.parts.clock));
  }

  private async sign(session: Session, day: string, { root, delegate }: Standing): Promise<void> {
    const { rows } = await session.query<{ tag: Uint8Array }>(
      'SELECT tag FROM notified_tag WHERE day = $1::date ORDER BY tag',
      [day],
    );
    const { real } = await this.counts(session, day);
    const tags = concatBytes(...rows.map(({ tag }) => tag));
    const bytes = await signNotified({ day, count: real, tags }, delegate);
    await session.query(
      `INSERT INTO notified_file (day, root_version, bytes) VALUES ($1::date, $2, $3)
       ON CONFLICT (day) DO UPDATE SET root_version = excluded.root_version, bytes = excluded.bytes`,
      [day, root.version, bytes],
    );
  }

  private async kept(session: Session, day: string) {
    const { rows } = await session.query<{ root_version: number; bytes: Uint8Array }>(
      'SELECT root_version, bytes FROM notified_file WHERE day = $1::date',
      [day],
    );
    return rows[0] ?? null;
  }

  private async show(day: string): Promise<void> {
    await mkdir(this.folder(), { recursive: true });
    let kept = await this.kept(this.parts.db, day);
    // Two that publish may write in another order than they signed: whoever wrote looks whether it is still the newest.
    for (let shown = null as Uint8Array | null; kept && !(shown && equalBytes(shown, kept.bytes)); ) {
      shown = kept.bytes;
      await writeWhole(join(this.folder(), `${day}.cose`), shown);
      kept = await this.kept(this.parts.db, day);
    }
  }
}
