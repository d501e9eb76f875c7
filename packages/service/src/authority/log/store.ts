import {
  inclusionPath,
  type Line,
  type LineKind,
  leafHash,
  lineId,
  type NodePlace,
  type NodeReader,
  nodesOfLeaf,
  placesRead,
  readLine,
  treeRoot,
} from '@munjigi/core/log';
import { byteaArray, type Database, int2Array, int8Array, type Session } from '../../db/index.ts';

/** A head as it is kept. */
export interface KeptHead {
  readonly size: number;
  readonly root: Uint8Array;
  /** Seconds. */
  readonly at: number;
  readonly head: Uint8Array;
  readonly cosignatures: readonly { readonly body: string; readonly cosignature: Uint8Array }[];
}

/** Where a line stands, and the proof of it under one root. */
export interface Placed {
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
  readonly line: Uint8Array;
}

const key = ({ level, n }: NodePlace): string => `${level} ${n}`;

/** Runs a calculation over the tree: what it reads is fetched first, in one question. */
export async function onTree<T>(session: Session, work: (read: NodeReader) => T): Promise<T> {
  const places = placesRead(work);
  if (places.length === 0) return work(() => new Uint8Array(32));
  const { rows } = await session.query<NodePlace & { hash: Uint8Array }>(
    `SELECT level, n, hash FROM log_node
     WHERE (level, n) IN (SELECT * FROM unnest($1::int2[], $2::int8[]))`,
    [int2Array(places.map(({ level }) => level)), int8Array(places.map(({ n }) => n))],
  );
  const nodes = new Map(rows.map((row) => [key(row), row.hash]));
  return work((level, n) => {
    const hash = nodes.get(key({ level, n }));
    if (!hash) throw new Error('A node of the public log is missing from its table.');
    return hash;
  });
}

/** Lines, nodes and heads in the database. */
export class LogStore {
  constructor(private readonly db: Database) {}

  /**
   * Adds a verified line at the end and the head that holds it, under the row lock of the log's size. A line whose words are
   * there already is found and nothing is added.
   * @param atS seconds; the head is never earlier than the one before it
   */
  append(
    line: Uint8Array,
    { body, kind, fields }: Line,
    atS: number,
    sign: (tree: { size: number; root: Uint8Array; at: number }) => Promise<Uint8Array>,
  ): Promise<Placed> {
    const id = lineId(line);
    return this.db.tx(async (session) => {
      const state = await session.query<{ size: number; at: number }>(
        'SELECT size, at FROM log_state FOR UPDATE',
      );
      const { size: index, at: before } = state.rows[0]!;
      const found = await session.query<{ index: number }>('SELECT index FROM log_line WHERE line_id = $1', [
        id,
      ]);
      if (found.rows[0]) return this.placed(session, found.rows[0].index, index);

      const at = Math.max(before, atS);
      const leaf = leafHash(line);
      const nodes = await onTree(session, (read) => nodesOfLeaf(index, leaf, read));
      await session.query(
        `INSERT INTO log_line (index, line_id, body, kind, logged_at, day, count, line)
         VALUES ($1, $2, $3, $4, $5, $6::date, $7, $8)`,
        [index, id, body, kind, at, (fields.day as string) ?? null, (fields.count as number) ?? null, line],
      );
      await session.query(
        'INSERT INTO log_node (level, n, hash) SELECT * FROM unnest($1::int2[], $2::int8[], $3::bytea[])',
        [
          int2Array(nodes.map(({ level }) => level)),
          int8Array(nodes.map(({ n }) => n)),
          byteaArray(nodes.map(({ hash }) => hash)),
        ],
      );
      const size = index + 1;
      const placed = await this.placed(session, index, size);
      const head = await sign({ size, root: placed.root, at });
      await session.query('INSERT INTO log_head (size, root, at, head) VALUES ($1, $2, $3, $4)', [
        size,
        placed.root,
        at,
        head,
      ]);
      await session.query('UPDATE log_state SET size = $1, at = $2', [size, at]);
      return { ...placed, line };
    });
  }

  /** The place of a line under the root of a size; null where there is none. */
  async find(index: number, size: number): Promise<Placed | null> {
    const grown = await this.size();
    return index < size && size <= grown ? this.placed(this.db, index, size) : null;
  }

  async size(): Promise<number> {
    return (await this.db.query<{ size: number }>('SELECT size FROM log_state')).rows[0]!.size;
  }

  /** The newest head, or that of a size; null where there is none. */
  async head(size?: number): Promise<KeptHead | null> {
    const { rows } = await this.db.query<Omit<KeptHead, 'cosignatures'>>(
      size === undefined
        ? 'SELECT size, root, at, head FROM log_head ORDER BY size DESC LIMIT 1'
        : 'SELECT size, root, at, head FROM log_head WHERE size = $1',
      size === undefined ? [] : [size],
    );
    return (await this.withCosignatures(rows))[0] ?? null;
  }

  /** Heads of more than `after` lines, in their order. */
  async heads(after: number, limit: number): Promise<readonly KeptHead[]> {
    const { rows } = await this.db.query<Omit<KeptHead, 'cosignatures'>>(
      'SELECT size, root, at, head FROM log_head WHERE size > $1 ORDER BY size LIMIT $2',
      [after, limit],
    );
    return this.withCosignatures(rows);
  }

  /** The newest head that at least `wanted` bodies have signed. */
  async cosignedHead(wanted: number): Promise<KeptHead | null> {
    const { rows } = await this.db.query<{ size: number }>(
      `SELECT size FROM log_cosignature GROUP BY size HAVING count(*) >= $1 ORDER BY size DESC LIMIT 1`,
      [wanted],
    );
    return rows[0] ? this.head(rows[0].size) : null;
  }

  /** Lines under the newest head that any other body has signed. */
  async cosignedSize(): Promise<number> {
    const { rows } = await this.db.query<{ size: number }>(
      'SELECT coalesce(max(size), 0)::int8 AS size FROM log_cosignature',
    );
    return rows[0]!.size;
  }

  async keepCosignature(size: number, body: string, cosignature: Uint8Array): Promise<void> {
    await this.db.query(
      'INSERT INTO log_cosignature (size, body, cosignature) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [size, body, cosignature],
    );
  }

  async lines(from: number, limit: number): Promise<readonly Uint8Array[]> {
    const { rows } = await this.db.query<{ line: Uint8Array }>(
      'SELECT line FROM log_line WHERE index >= $1 ORDER BY index LIMIT $2',
      [from, limit],
    );
    return rows.map(({ line }) => line);
  }

  /** A hash that every line of one kind by one body names, oldest first. */
  async hashesOf(
    kind: LineKind,
    body: string,
    field: 'credential' | 'revocation',
  ): Promise<readonly Uint8Array[]> {
    const { rows } = await this.db.query<{ line: Uint8Array }>(
      'SELECT line FROM log_line WHERE kind = $1 AND body = $2 ORDER BY index',
      [kind, body],
    );
    return rows.flatMap(({ line }) => {
      const hash = readLine(line).fields[field];
      return hash instanceof Uint8Array ? [hash] : [];
    });
  }

  /** How many passes the lines say were resolved on a day. */
  async resolvedOn(day: string, session: Session = this.db): Promise<number> {
    const { rows } = await session.query<{ count: number }>(
      `SELECT coalesce(sum(count), 0)::bigint AS count FROM log_line WHERE kind = 'resolved' AND day = $1::date`,
      [day],
    );
    return rows[0]!.count;
  }

  private async placed(session: Session, index: number, size: number): Promise<Placed> {
    const proof = await onTree(session, (read) => ({
      path: inclusionPath(index, size, read),
      root: treeRoot(size, read),
    }));
    const { rows } = await session.query<{ line: Uint8Array }>('SELECT line FROM log_line WHERE index = $1', [
      index,
    ]);
    return { index, size, ...proof, line: rows[0]!.line };
  }

  private async withCosignatures(
    rows: readonly Omit<KeptHead, 'cosignatures'>[],
  ): Promise<readonly KeptHead[]> {
    const signed = await this.db.query<{ size: number; body: string; cosignature: Uint8Array }>(
      'SELECT size, body, cosignature FROM log_cosignature WHERE size = ANY($1::int8[]) ORDER BY body',
      [int8Array(rows.map(({ size }) => size))],
    );
    return rows.map((row) => ({
      ...row,
      cosignatures: signed.rows
        .filter(({ size }) => size === row.size)
        .map(({ body, cosignature }) => ({ body, cosignature })),
    }));
  }
}
