/** A value bound to $1, $2 …: bytes travel in binary (so a `binaryArray` may stand for any array), arrays as text. */
export type Value = string | number | bigint | boolean | null | Date | Uint8Array | readonly Value[];

/**
 * A row as both engines give it: int8 is a number (an error beyond 2^53), timestamptz a Date, date a string YYYY-MM-DD,
 * bytea a Uint8Array, numeric a string, json parsed.
 */
export type Row = Readonly<Record<string, unknown>>;

export interface Answer<R = Row> {
  readonly rows: readonly R[];
  /** Rows that the statement returned or changed. */
  readonly count: number;
}

/** Where statements go: the database itself (each statement commits by itself) or one transaction. */
export interface Session {
  query<R = Row>(sql: string, values?: readonly Value[]): Promise<Answer<R>>;
  /** Several statements without values, one after another. */
  script(sql: string): Promise<void>;
}

/** A desk's database. What a promise says is committed is flushed to disk; anything else throws. */
export interface Database extends Session {
  readonly engine: 'postgresql' | 'pglite';
  /** How many transactions may run beside each other. */
  readonly lanes: number;
  /**
   * Runs the work in one transaction (READ COMMITTED) and commits it. Throws what the work threw, after rolling back, or
   * a `DatabaseUnavailable` when the commit is not certain.
   */
  tx<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /**
   * Lends one connection without a transaction, for what refuses one and for long readings; each statement commits by itself.
   * Settings made on it are put back. An embedded database does nothing else meanwhile.
   * @param deadlineMs in place of the usual deadline
   */
  apart<T>(work: (session: Session) => Promise<T>, deadlineMs?: number): Promise<T>;
  /** The longest that a statement waited lately, in milliseconds, where the engine can wait for others; see `Waits`. */
  longestWaitMs?(): number;
  /** Waits for what runs (at most ten seconds), then closes. Later calls throw `database.closed`. */
  close(): Promise<void>;
}
