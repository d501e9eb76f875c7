import type { Database } from '../db/index.ts';
import { type Ended, type EndingParts, endThrough } from '../lib/keys/index.ts';
import { HolderMapping } from './mapping.ts';
import { dropSpecimens } from './specimen.ts';

/** Rows in one transaction: a day of a country is deleted without holding anything for long. */
const AT_ONCE = 10_000;

/** Makes the mapping keys of the days to come, so that they can be wrapped for recovery. @param today YYYY-MM-DD */
export async function prepareIssuerDays({ keys }: Pick<EndingParts, 'keys'>, today: string): Promise<void> {
  await new HolderMapping(await keys.folder('days')).prepare(today);
}

export interface IssuerEnded extends Ended {
  /** Mappings that were deleted now. */
  readonly mappings: number;
  readonly pages: number;
}

/**
 * Ends the issuer's mapping keys of days up to one, and deletes the mappings of passes that ended then and the printable
 * pages whose minutes are over. The thumbprints of certified keys stay: a key is certified once, ever, and they name nobody.
 */
export async function endIssuerDays(
  db: Database | null,
  parts: EndingParts,
  day: string,
  today: string,
): Promise<IssuerEnded> {
  const ended = await endThrough(parts, day, today);
  if (!db) return { ...ended, mappings: 0, pages: 0 };
  let mappings = 0;
  for (;;) {
    const { count } = await db.query(
      `DELETE FROM issued_pass WHERE handle IN
         (SELECT handle FROM issued_pass WHERE last_day <= $1 LIMIT ${AT_ONCE})`,
      [day],
    );
    mappings += count;
    if (count < AT_ONCE) break;
  }
  await dropSpecimens(db, day);
  const pages = await db.query('DELETE FROM paper_page WHERE open_until < $1', [parts.at]);
  return { ...ended, mappings, pages: pages.count };
}
