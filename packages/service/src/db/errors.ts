/** Why a database could not answer, as stable codes. */
export type UnavailableCode =
  /** Nothing answers at its address, or the engine stopped. */
  | 'database.down'
  /** Our own deadline passed; the connection was destroyed, and what it did may yet have happened. */
  | 'database.deadline'
  /** The commit is on this machine only: no standby confirmed it. It must not be answered as done. */
  | 'database.not-acknowledged'
  | 'database.closed';

/**
 * The database did not do, or did not surely do, what was asked. Callers answer 503 and the same request may be sent
 * again; nothing may be answered as stored.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';

  constructor(
    readonly code: UnavailableCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Nothing answers at a PostgreSQL's address, or it is no database that serves now. */
export const databaseDown = (cause: unknown): DatabaseUnavailable =>
  new DatabaseUnavailable(
    'database.down',
    'The PostgreSQL server does not answer. Start it, or look at the address that it was given.',
    { cause },
  );

/** A folder or a schema that this version must not touch. The message is a sentence for the operator. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';

  constructor(
    readonly code:
      | 'database.locked'
      | 'database.version'
      | 'database.newer'
      | 'database.migration'
      | 'database.folder'
      /** A pooler stands before a database of which a connection must be held. */
      | 'database.pooled',
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A statement that the database refused. `code` is its SQLSTATE; the message may quote data and stays out of logs. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed';

  constructor(
    readonly code: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** SQLSTATEs that we tell apart. */
export const SQLSTATE = {
  /** No partition holds the row, or a check constraint refused it. */
  checkViolation: '23514',
  uniqueViolation: '23505',
  /** `lock_timeout` passed. */
  lockNotAvailable: '55P03',
  deadlock: '40P01',
  serialization: '40001',
  undefinedTable: '42P01',
  duplicateTable: '42P07',
} as const;

export const isStatementFailed = (error: unknown, ...codes: readonly string[]): error is StatementFailed =>
  error instanceof StatementFailed && (codes.length === 0 || codes.includes(error.code));
