import type { Holder, Locks } from './locks.ts';
import type { Tables } from './schema.ts';
import type { Change, Table } from './table.ts';

/** One transaction at READ COMMITTED: it sees what others have committed and what it wrote itself. */
export class StoreTransaction implements Holder {
  waitsFor: string | null = null;
  ended = false;
  readonly #own = new Map<Table<object>, Map<string, Map<string, object | null>>>();

  constructor(
    readonly tables: Tables,
    private readonly locks: Locks,
  ) {}

  get<R extends object>(table: Table<R>, group: string, key: string): R | undefined {
    const own = this.#own
      .get(table as never)
      ?.get(group)
      ?.get(key);
    return own === undefined ? table.get(group, key) : ((own as R | null) ?? undefined);
  }

  /** The rows of one group, in no order. */
  rows<R extends object>(table: Table<R>, group: string): R[] {
    const committed = table.rows.get(group);
    const own = this.#own.get(table as never)?.get(group) as Map<string, R | null> | undefined;
    if (own === undefined) return committed === undefined ? [] : [...committed.values()];
    const out: R[] = [];
    for (const [key, row] of committed ?? []) if (!own.has(key)) out.push(row);
    for (const row of own.values()) if (row !== null) out.push(row);
    return out;
  }

  /** Every row of a table, in no order. */
  all<R extends object>(table: Table<R>): R[] {
    const own = this.#own.get(table as never);
    const groups = own === undefined ? table.rows.keys() : new Set([...table.rows.keys(), ...own.keys()]);
    return [...groups].flatMap((group) => this.rows(table, group));
  }

  put<R extends object>(table: Table<R>, row: R): void {
    this.#set(table, table.groupOf(row), table.keyOf(row), row);
  }

  remove<R extends object>(table: Table<R>, row: R): void {
    this.#set(table, table.groupOf(row), table.keyOf(row), null);
  }

  /** Locks a row until the transaction ends. */
  lock<R extends object>(table: Table<R>, group: string, key: string): Promise<void> {
    return this.locks.take(this, `${table.name} ${group} ${key}`);
  }

  lockNamed(name: string): Promise<void> {
    return this.locks.take(this, name);
  }

  /** Locks rows in order, and answers them as they are now that nobody else changes them. */
  async locked<R extends object>(table: Table<R>, rows: readonly R[]): Promise<R[]> {
    const out: R[] = [];
    for (const row of rows) {
      const [group, key] = [table.groupOf(row), table.keyOf(row)];
      await this.lock(table, group, key);
      const now = this.get(table, group, key);
      if (now !== undefined) out.push(now);
    }
    return out;
  }

  get hasWritten(): boolean {
    return this.#own.size > 0;
  }

  changes(): Change[] {
    const out: Change[] = [];
    for (const [table, groups] of this.#own)
      for (const [group, rows] of groups)
        for (const [key, after] of rows)
          out.push({ table, group, key, before: table.get(group, key) ?? null, after });
    return out;
  }

  #set<R extends object>(table: Table<R>, group: string, key: string, row: R | null): void {
    let groups = this.#own.get(table as never);
    if (groups === undefined) {
      groups = new Map();
      this.#own.set(table as never, groups);
    }
    let rows = groups.get(group);
    if (rows === undefined) {
      rows = new Map();
      groups.set(group, rows);
    }
    rows.set(key, row);
  }
}
