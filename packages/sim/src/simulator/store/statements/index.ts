import { days, REFUSED_GONE, refusedGone, script } from './days.ts';
import { entries } from './entries.ts';
import { heads } from './heads.ts';
import { ingests } from './ingest.ts';
import { receipts } from './receipts.ts';
import { folded, type Handler, NOTHING, type Rows, type Statement } from './statement.ts';
import { venues } from './venues.ts';

export type { Rows, StorePlant } from './statement.ts';

const KNOWN: ReadonlyMap<string, Handler> = new Map(
  [heads, ingests, receipts, entries, venues, days].flatMap((part) => Object.entries(part)),
);
const foldedTexts = new Map<string, string>();

/** A statement of the product that the model does not have: it must be added before a run means anything. */
export class UnknownStatement extends Error {
  override readonly name = 'UnknownStatement';
}

/** Runs one statement of the product. Throws `StatementFailed` as the database would, `UnknownStatement` for a text that is not here. */
export async function runStatement(sql: string, rest: Omit<Statement, 'sql'>): Promise<Rows> {
  let text = foldedTexts.get(sql);
  if (text === undefined) {
    text = folded(sql);
    foldedTexts.set(sql, text);
  }
  const known = KNOWN.get(text);
  if (known) return known({ ...rest, sql: text });
  if (REFUSED_GONE.test(text)) {
    refusedGone(rest.tx, rest.values);
    return NOTHING;
  }
  throw new UnknownStatement(`The model of the register's database does not have: ${text}`);
}

/** Runs one statement of a script. */
export async function runScript(sql: string, rest: Omit<Statement, 'sql' | 'values'>): Promise<void> {
  if (!(await script(rest.tx, sql)))
    throw new UnknownStatement(`The model of the register's database does not have: ${sql}`);
}
