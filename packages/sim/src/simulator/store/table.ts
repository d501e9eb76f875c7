/** A table as the model keeps it: rows by group (venue, or venue and gate) and by key within the group. Rows are never changed in place. */
export class Table<R extends object> {
  readonly rows = new Map<string, Map<string, R>>();

  constructor(
    readonly name: string,
    readonly groupOf: (row: R) => string,
    readonly keyOf: (row: R) => string,
  ) {}

  get(group: string, key: string): R | undefined {
    return this.rows.get(group)?.get(key);
  }

  set(group: string, key: string, row: R | null): void {
    let rows = this.rows.get(group);
    if (rows === undefined) {
      rows = new Map();
      this.rows.set(group, rows);
    }
    if (row === null) rows.delete(key);
    else rows.set(key, row);
  }
}

/** One change of one row, and how it was before. */
export interface Change {
  readonly table: Table<object>;
  readonly group: string;
  readonly key: string;
  readonly before: object | null;
  readonly after: object | null;
}
