import { addDays, type Policy } from '@munjigi/core/rules';
import { endAuthorityDays } from '../../authority/index.ts';
import type { KeyFolder } from '../../crypto/index.ts';
import type { Database } from '../../db/index.ts';
import { endIssuerDays, prepareIssuerDays } from '../../issuer/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import {
  type BodyLines,
  type Ended,
  type EndingParts,
  endThrough,
  type LineTaker,
} from '../../lib/keys/index.ts';

/** One desk, as its days are ended: its database where it can be reached, its key store, its voice. */
export interface DeskToEnd {
  readonly name: DeskName;
  readonly db: Database | null;
  readonly keys: KeyFolder;
  readonly lines: BodyLines;
}

export interface RetentionParts {
  readonly desks: readonly DeskToEnd[];
  readonly policy: Pick<Policy, 'calendar' | 'retentionDays'>;
  readonly log: LineTaker | null;
  /** Seconds. */
  readonly at: number;
  /** Drops the partitions of days before one (YYYY-MM-DD) in the register's database; answers their names. */
  readonly dropDays: (db: Database, oldestKept: string) => Promise<readonly string[]>;
  /** Deletes sessions that have ended, of any desk. */
  readonly endSessions?: (db: Database, at: number) => Promise<number>;
  readonly onStep?: EndingParts['onStep'];
}

/** What one desk ended. */
export interface DeskEnded extends Ended {
  /** Rows, tables and pages that were deleted, by kind. */
  readonly deleted: Readonly<Record<string, number>>;
}

export interface RetentionRun {
  /** The last day that has ended: everything of it and before is destroyed. */
  readonly through: string;
  readonly desks: readonly DeskEnded[];
}

/** The last local day that is past retention at an instant: "28 days" are today and the 27 before. */
export const pastRetention = ({ calendar, retentionDays }: RetentionParts['policy'], at: number): string =>
  addDays(calendar.dateOf(at), -retentionDays);

/**
 * Ends at every desk what is past retention: keys first, then rows, so that a copy of the rows is worth nothing from the
 * first moment on. What is done already is not done again. A desk whose database cannot be reached ends its keys all the same,
 * and holds up no other desk. Throws the first failure, at the end.
 */
export async function runRetention(parts: RetentionParts): Promise<RetentionRun> {
  const through = pastRetention(parts.policy, parts.at);
  const desks: DeskEnded[] = [];
  const failures: unknown[] = [];
  for (const desk of parts.desks)
    await endDesk(desk, parts, through).then(
      (ended) => desks.push(ended),
      (error: unknown) => failures.push(error),
    );
  if (failures.length > 0) throw failures[0];
  return { through, desks };
}

async function endDesk(desk: DeskToEnd, parts: RetentionParts, through: string): Promise<DeskEnded> {
  const { db, keys, lines } = desk;
  const { log, at, onStep } = parts;
  const ending: EndingParts = { keys, lines, log, at, ...(onStep ? { onStep } : {}) };
  const today = parts.policy.calendar.dateOf(at);
  // After the keys, whatever becomes of it.
  const endSessions = async () => (db && parts.endSessions ? parts.endSessions(db, at) : 0);
  switch (desk.name) {
    case 'authority':
      return {
        ...(await endAuthorityDays(db, ending, through, today)),
        deleted: { sessions: await endSessions() },
      };
    case 'issuer': {
      const { mappings, pages, ...ended } = await endIssuerDays(db, ending, through, today);
      await prepareIssuerDays(ending, today);
      return { ...ended, deleted: { mappings, pages, sessions: await endSessions() } };
    }
    case 'register': {
      const ended = await endThrough(ending, through, today);
      const days = db ? await parts.dropDays(db, addDays(through, 1)) : [];
      return { ...ended, deleted: { days: days.length, sessions: await endSessions() } };
    }
  }
}
