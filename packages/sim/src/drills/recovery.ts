import { allBefore, compareAll, type Entries, type Ledgers, storedIn } from './check.ts';

const EVERY_MS = 500;
/** Pauses between tries are at most a minute after an outage of this length; whatever takes longer is a fault. */
const LONGEST_MS = 150_000;

/** What gates, callers, phones and sheets remember themselves, and where the rows lie. */
export interface Truth {
  ledgers(): Promise<Ledgers>;
  /** Address of the register's database; asked anew each time, since a drill may put another in its place. */
  database(): string;
}

/** Compares now. Throws where the database does not answer. */
export const compareNow = async ({ ledgers, database }: Truth, upTo = Number.POSITIVE_INFINITY) =>
  compareAll(allBefore(await ledgers(), upTo), await storedIn(database()));

/**
 * Waits until every entry that was saved before an instant (milliseconds) lies in the register, by the rows themselves: receipts that
 * a register gave before it lost something prove nothing. Null where that does not happen.
 */
export async function untilNothingIsMissing(truth: Truth, upTo: number): Promise<number | null> {
  const end = Date.now() + LONGEST_MS;
  for (;;) {
    const found: Entries | null = await compareNow(truth, upTo).catch(() => null);
    if (found?.lost === 0) return Date.now();
    if (Date.now() > end) return null;
    await new Promise((go) => setTimeout(go, EVERY_MS));
  }
}
