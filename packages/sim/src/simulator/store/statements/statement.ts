import { StatementFailed } from '@munjigi/service/db';
import type { StoreTransaction } from '../transaction.ts';

/** One statement as it reaches the model. */
export interface Statement {
  readonly tx: StoreTransaction;
  readonly values: readonly unknown[];
  /** The text, white space folded. */
  readonly sql: string;
  readonly plant: StorePlant | null;
}

/** A fault that is put into the model on purpose, to see that it is found. */
export type StorePlant = 'no-idempotency';

export interface Rows {
  readonly rows: readonly object[];
  readonly count: number;
}

/** What the model makes of one text of SQL; handlers stand under the very text that the product sends. */
export type Handler = (statement: Statement) => Rows | Promise<Rows>;
export type Handlers = Readonly<Record<string, Handler>>;

export const rows = (found: readonly object[]): Rows => ({ rows: found, count: found.length });
export const changed = (count: number): Rows => ({ rows: [], count });
export const NOTHING = changed(0);

export const msOf = (value: unknown): number => (value as Date).getTime();
export const numberOf = (value: unknown): number => Number(value);
export const bytesOf = (value: unknown): Uint8Array => value as Uint8Array;
export const bytesOrNull = (value: unknown): Uint8Array | null => value as Uint8Array | null;
export const same = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a !== null && b !== null && a.length === b.length && Buffer.compare(a, b) === 0;

export const taken = (table: string): StatementFailed =>
  new StatementFailed('23505', `duplicate key value violates unique constraint "${table}_pkey"`);

/** White space as the model compares texts. */
export const folded = (sql: string): string => sql.replace(/\s+/g, ' ').trim();
