import type { Case } from '@munjigi/core/case';
import { addDays } from '@munjigi/core/rules';
import type { Session } from '../../db/index.ts';

/** printed: unused · in-use: it lay at the door on its day · transcribed: everything on it is typed · destroyed: and confirmed. */
export type SheetState = 'printed' | 'in-use' | 'transcribed' | 'destroyed';

/** A sheet of paper as the register knows it: a number, a day and what became of it; never what stands on it. */
export interface Sheet {
  readonly venueId: number;
  /** Counts within its venue, from 1: what is printed at its head. */
  readonly sheetNo: number;
  readonly lines: number;
  readonly printedMs: number;
  /** Local date on which it lay at the door; null while it is unused. */
  readonly day: string | null;
  readonly state: SheetState;
  /** Lines that are entries already. */
  readonly typed: readonly number[];
  readonly destroyedMs: number | null;
}

interface Row {
  readonly venueId: number;
  readonly sheetNo: number;
  readonly lines: number;
  readonly printedMs: number;
  readonly day: string | null;
  readonly typedMs: number | null;
  readonly destroyedMs: number | null;
  readonly typed: readonly number[] | null;
}

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::int8`;
const COLUMNS = `s.venue_id AS "venueId", s.sheet_no AS "sheetNo", s.lines, ${ms('s.printed_at')} AS "printedMs",
  s.day::text AS day, ${ms('s.typed_at')} AS "typedMs", ${ms('s.destroyed_at')} AS "destroyedMs",
  (SELECT array_agg(l.line ORDER BY l.line) FROM sheet_line l
   WHERE l.venue_id = s.venue_id AND l.sheet_no = s.sheet_no) AS typed`;

const sheetOf = ({ typedMs, typed, ...row }: Row): Sheet => ({
  ...row,
  typed: typed ?? [],
  state:
    row.destroyedMs !== null
      ? 'destroyed'
      : typedMs !== null
        ? 'transcribed'
        : row.day !== null
          ? 'in-use'
          : 'printed',
});

/** Most sheets that are told at once. */
const MOST = 500;

/** A venue's sheets, the newest first. */
export async function sheetsOf(session: Session, venueId: number): Promise<readonly Sheet[]> {
  const { rows } = await session.query<Row>(
    `SELECT ${COLUMNS} FROM sheet s WHERE s.venue_id = $1 ORDER BY s.sheet_no DESC LIMIT ${MOST}`,
    [venueId],
  );
  return rows.map(sheetOf);
}

/** One sheet, or null; locked until the transaction ends where asked. */
export async function findSheet(
  session: Session,
  venueId: number,
  sheetNo: number,
  lock = false,
): Promise<Sheet | null> {
  const key = [venueId, sheetNo];
  if (lock) await session.query('SELECT 1 FROM sheet WHERE venue_id = $1 AND sheet_no = $2 FOR UPDATE', key);
  const { rows } = await session.query<Row>(
    `SELECT ${COLUMNS} FROM sheet s WHERE s.venue_id = $1 AND s.sheet_no = $2`,
    key,
  );
  return rows[0] ? sheetOf(rows[0]) : null;
}

/** Numbers new sheets and notes that they were printed. In a transaction: the venue is locked meanwhile. */
export async function addSheets(
  session: Session,
  venueId: number,
  sheets: { readonly count: number; readonly lines: number; readonly day: string | null },
  nowMs: number,
): Promise<readonly number[]> {
  await session.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE', [venueId]);
  const { rows } = await session.query<{ sheetNo: number }>(
    `INSERT INTO sheet (venue_id, sheet_no, lines, printed_at, day)
     SELECT $1, n.last + i, $3, $4, $5 FROM (SELECT COALESCE(max(sheet_no), 0) AS last FROM sheet WHERE venue_id = $1) n,
       generate_series(1, $2::int) i
     RETURNING sheet_no AS "sheetNo"`,
    [venueId, sheets.count, sheets.lines, new Date(nowMs), sheets.day],
  );
  return rows.map(({ sheetNo }) => sheetNo).sort((a, b) => a - b);
}

/** True where sheets lie ready for a day, or for any: printed, and neither typed nor destroyed. */
export async function liesReady(session: Session, venueId: number, day: string): Promise<boolean> {
  const { rows } = await session.query<{ ready: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM sheet WHERE venue_id = $1 AND (day IS NULL OR day = $2)
     AND typed_at IS NULL AND destroyed_at IS NULL) AS ready`,
    [venueId, day],
  );
  return rows[0]!.ready;
}

/** How many sheets lay at the door on a day of a case's window and are not typed. */
export async function sheetsNotTyped(
  session: Session,
  { venueId, from, until }: Pick<Case, 'venueId' | 'from' | 'until'>,
  dayOf: (seconds: number) => string,
): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `SELECT count(*) AS count FROM sheet WHERE venue_id = $1 AND day >= $2 AND day <= $3
     AND typed_at IS NULL AND destroyed_at IS NULL`,
    [venueId, dayOf(from), dayOf(until - 1)],
  );
  return rows[0]!.count;
}

/** Forgets sheets whose destruction was confirmed before a moment. The newest one stays, so that no number is given twice. */
export async function forgetSheets(session: Session, beforeMs: number): Promise<void> {
  await session.query(
    `DELETE FROM sheet s WHERE s.destroyed_at < $1
     AND s.sheet_no < (SELECT max(n.sheet_no) FROM sheet n WHERE n.venue_id = s.venue_id)`,
    [new Date(beforeMs)],
  );
}

/** The day until whose end a sheet of a day is kept: it is destroyed on the day after. */
export const destroyAfter = (day: string, retentionDays: number): string => addDays(day, retentionDays - 1);
