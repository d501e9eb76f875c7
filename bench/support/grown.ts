import { type Database, migrate } from '@munjigi/service/db';
import { RetentionDays } from '@munjigi/service/register';
import { TERMS } from './gates.ts';

/** Entries of a venue on one day, as a country has them: 18.7 million a day at 1.15 million venues. */
const A_DAY = 16;
/** A box inside the register's layer. */
const BOX = 221;

export interface Grown {
  readonly venues: number;
  readonly rows: number;
}

/**
 * Fills a migrated register with rows of all kept days, as they lie when they came in one after the other from everywhere: a
 * venue's entries are far apart. Made by the database itself, without its log: each day's table is made, filled, given its
 * key and attached in one transaction.
 */
export async function grow(db: Database, millions: number, nowMs: number): Promise<Grown> {
  await migrate(db, 'register', nowMs);
  const days = new RetentionDays(TERMS.timeZone, TERMS.retentionDays);
  days.moveTo(Math.floor(nowMs / 1000));
  const kept = days.days.slice(0, TERMS.retentionDays);
  const venues = Math.ceil((millions * 1_000_000) / (A_DAY * kept.length));
  await db.script(`
    INSERT INTO venue (venue_id, name, kind, region, enrolment_hash, created_at)
      SELECT v, 'bench', 'restaurant', 'seoul', sha256(v::text::bytea), to_timestamp(${kept[0]!.from}) FROM generate_series(1, ${venues}) v;
    SELECT setval(pg_get_serial_sequence('venue', 'venue_id'), ${venues});
    INSERT INTO gate (venue_id, gate_no, gate_key, thumbprint, name, enrolled_at, start_counter, start_hash)
      SELECT v, 1, decode(repeat('02', 33), 'hex'), sha256(v::text::bytea), '', to_timestamp(${kept[0]!.from}), 0, sha256('start') FROM generate_series(1, ${venues}) v;
    INSERT INTO gate_head (venue_id, gate_no, counter, head, received_at, day, anchor_ref, anchor)
      SELECT v, 1, ${A_DAY * kept.length}, sha256('head'), to_timestamp(${kept[0]!.from}), '${days.today}', 1, sha256('anchor') FROM generate_series(1, ${venues}) v;
    INSERT INTO anchor SELECT v, 1, 1, sha256('anchor') FROM generate_series(1, ${venues}) v;`);
  // A step that shares no factor with the number of venues visits each once a round, in no order.
  let step = Math.floor(venues * 0.618) | 1;
  while (gcd(step, venues) !== 1) step += 2;
  const rows = venues * A_DAY;
  const fill = async (i: number): Promise<void> => {
    const { day, from, to } = kept[i]!;
    const name = `entry_${day.replaceAll('-', '_')}`;
    await apart(
      db,
      `BEGIN;
        CREATE TABLE ${name} (LIKE entry INCLUDING DEFAULTS INCLUDING STORAGE);
        INSERT INTO ${name} (venue_id, entered_at, counter, late_s, anchor_ref, day_key_id, gate_no, check_code, record_code, kind, flags, subject_hash, subject)
          SELECT 1 + (g * ${step}) % ${venues}, to_timestamp(${from} + (g * ${to - from}) / ${rows}), ${i * A_DAY} + g / ${venues} + 1,
                 3, 1, 1, 1, 1, 1, 0, 0, sha256(int8send(g)), decode(repeat('a7', ${BOX}), 'hex')
          FROM generate_series(0::int8, ${rows - 1}) g;
        ALTER TABLE ${name} ADD PRIMARY KEY (venue_id, entered_at, gate_no, counter);
        ALTER TABLE entry ATTACH PARTITION ${name} FOR VALUES FROM (to_timestamp(${from})) TO (to_timestamp(${to}));
      COMMIT;`,
    );
  };
  // Two days at once, and each looked over by VACUUM while it is still in memory. Nothing else runs meanwhile: rows that an
  // older snapshot might not see would not count as visible to all.
  for (let i = 0; i < kept.length; i += 2) {
    const pair = [i, i + 1].filter((n) => n < kept.length);
    await Promise.all(pair.map(fill));
    await Promise.all(
      pair.map((n) => apart(db, `VACUUM (ANALYZE) entry_${kept[n]!.day.replaceAll('-', '_')}`)),
    );
  }
  for (const table of ['venue', 'gate', 'gate_head', 'anchor']) await apart(db, `VACUUM (ANALYZE) ${table}`);
  await apart(db, 'ANALYZE entry');
  await apart(db, 'CHECKPOINT');
  return { venues, rows: rows * kept.length };
}

const apart = (db: Database, sql: string): Promise<void> =>
  db.apart((session) => session.script(sql), 3_600_000);

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
