import { createSecretKey, type KeyObject } from 'node:crypto';
import { CHECK_CODES, KIND_CODES, RECORD_CODES } from '@munjigi/core/chain';
import type { Policy } from '@munjigi/core/rules';
import { openSubject } from '@munjigi/core/sealed/open';
import type { Database } from '../../db/index.ts';
import { takeOff } from '../../register/index.ts';
import type { HeldKeys } from './held-keys.ts';

/** What was found in the tables that hold boxes, in one database. */
export interface BoxesSeen {
  /** Tables with boxes: partitions, and tables that were detached from them and not dropped. */
  readonly tables: readonly string[];
  /** Boxes older than the day asked for. */
  readonly older: number;
  /** Of those: the register's own layer came off with a key that is still held. */
  readonly layerOff: number;
  /** Of those: opened to the end. */
  readonly opened: number;
  /** A few newer ones, tried in the same way: that the attempt can succeed at all. */
  readonly newer: { readonly tried: number; readonly opened: number };
}

interface Row {
  readonly venue_id: number;
  readonly entered_at: Date;
  readonly claimed_at: Date | null;
  readonly gate_no: number;
  readonly counter: number;
  readonly check_code: number;
  readonly record_code: number;
  readonly kind: number;
  readonly subject: Uint8Array;
}

const AT_ONCE = 1000;
const CONTROLS = 20;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Every table with the columns of an entry, wherever it stands: what was detached is found as well. */
async function tablesWithBoxes(db: Database): Promise<readonly string[]> {
  const { rows } = await db.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
            AND a.attname IN ('venue_id', 'entered_at', 'gate_no', 'counter', 'subject', 'claimed_at')) = 6
     ORDER BY 1, 2`,
  );
  return rows.map(({ schema, name }) => `${quoted(schema)}.${quoted(name)}`);
}

/**
 * Tries every box that is older than a day with every key that is still held, and a few newer ones.
 * @param before first second that is not older
 */
export async function lookAtBoxes(
  db: Database,
  held: HeldKeys,
  policy: Pick<Policy, 'calendar'>,
  before: number,
): Promise<BoxesSeen> {
  const tables = await tablesWithBoxes(db);
  const attempt = new Attempt(held, policy, await gatesOf(db));
  let [older, layerOff, opened] = [0, 0, 0];
  const newer = { tried: 0, opened: 0 };
  for (const table of tables) {
    for await (const row of boxesOf(db, table, before)) {
      const result = await attempt.open(row);
      older += 1;
      layerOff += result === 'closed' ? 0 : 1;
      opened += result === 'opened' ? 1 : 0;
    }
    if (newer.tried >= CONTROLS) continue;
    const { rows } = await db.query<Row>(
      `SELECT * FROM ${table} WHERE entered_at >= $1 AND octet_length(subject) > 0 AND kind = 0 ORDER BY entered_at DESC LIMIT ${CONTROLS - newer.tried}`,
      [new Date(before * 1000)],
    );
    for (const row of rows) {
      newer.tried += 1;
      newer.opened += (await attempt.open(row)) === 'opened' ? 1 : 0;
    }
  }
  return { tables, older, layerOff, opened, newer };
}

async function* boxesOf(db: Database, table: string, before: number): AsyncGenerator<Row> {
  let last: readonly [number, Date, number, number] = [-1, new Date(0), 0, 0];
  for (;;) {
    const { rows } = await db.query<Row>(
      `SELECT * FROM ${table} WHERE (venue_id, entered_at, gate_no, counter) > ($1, $2, $3, $4) AND entered_at < $5
         AND octet_length(subject) > 0 ORDER BY venue_id, entered_at, gate_no, counter LIMIT ${AT_ONCE}`,
      [...last, new Date(before * 1000)],
    );
    yield* rows;
    const end = rows[rows.length - 1];
    if (!end || rows.length < AT_ONCE) return;
    last = [end.venue_id, end.entered_at, end.gate_no, end.counter];
  }
}

/** The thumbprints of the gates of each venue: by number, and all of them. */
async function gatesOf(db: Database): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const gates = new Map<string, Uint8Array[]>();
  const { rows: there } = await db.query<{ there: boolean }>(
    "SELECT to_regclass('gate') IS NOT NULL AS there",
  );
  if (!there[0]?.there) return gates;
  const { rows } = await db.query<{ venue_id: number; gate_no: number; thumbprint: Uint8Array }>(
    'SELECT venue_id, gate_no, thumbprint FROM gate',
  );
  for (const { venue_id, gate_no, thumbprint } of rows)
    for (const name of [`${venue_id}/${gate_no}`, `${venue_id}`])
      gates.set(name, [...(gates.get(name) ?? []), thumbprint]);
  return gates;
}

const wordOf = <K extends string>(codes: Readonly<Record<K, number>>, code: number): K =>
  (Object.keys(codes) as K[]).find((word) => codes[word] === code) ?? (Object.keys(codes)[0] as K);

/** One try at a box, with everything that is held. */
class Attempt {
  private readonly layers: readonly KeyObject[];

  constructor(
    private readonly held: HeldKeys,
    private readonly policy: Pick<Policy, 'calendar'>,
    private readonly gates: ReadonlyMap<string, readonly Uint8Array[]>,
  ) {
    this.layers = held.layers.map(({ key }) => createSecretKey(key));
  }

  async open(row: Row): Promise<'closed' | 'layer-off' | 'opened'> {
    const { venue_id: venueId, counter } = row;
    const gates = this.gates.get(`${venueId}/${row.gate_no}`) ?? this.gates.get(`${venueId}`) ?? [];
    for (const gate of gates) {
      for (const layer of this.layers) {
        const box = takeOff(layer, { venueId, gate, counter }, row.subject);
        if (box) return (await this.opens(row, gate, box)) ? 'opened' : 'layer-off';
      }
    }
    return 'closed';
  }

  private async opens(row: Row, gate: Uint8Array, box: Uint8Array): Promise<boolean> {
    const seconds = Math.floor((row.claimed_at ?? row.entered_at).getTime() / 1000);
    const place = {
      venueId: row.venue_id,
      day: this.policy.calendar.dateOf(seconds),
      gate,
      counter: row.counter,
      check: wordOf(CHECK_CODES, row.check_code),
      record: wordOf(RECORD_CODES, row.record_code),
      kind: wordOf(KIND_CODES, row.kind),
    };
    for (const { key } of this.held.pairs) {
      try {
        await openSubject({ box, place, privateKey: key });
        return true;
      } catch {
        // Not with this key.
      }
    }
    return false;
  }
}
