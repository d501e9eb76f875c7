import { admission, type Policy, parseTyped, type TypedKind, type Venue } from '@munjigi/core/rules';
import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';
import type { ChannelChains, ChannelEntry } from '../channels/index.ts';
import { FUTURE_SECONDS, type RetentionDays } from '../retention-days.ts';
import type { Alarm, EntryAnswer } from '../types.ts';
import { findSheet, type Sheet } from './store.ts';

/** A line of a sheet as somebody reads it off. */
export interface WrittenLine {
  readonly line: number;
  /** Local time that stands there, HH:MM. */
  readonly time: string;
  /** What stands there; `sheet-line` where it cannot be read, and whoever traces has to look at the paper. */
  readonly kind: TypedKind;
  readonly value: string;
  /** How the guest's proof was looked at, as the sheet says. */
  readonly check: 'eye' | 'not-made';
}

/** `wrong`: the time or the number cannot be one. `not-wanted`: nothing is recorded at that venue on that day. */
export type LineResult = 'stored' | 'already-stored' | 'wrong' | 'not-wanted';

export interface TypingParts {
  readonly db: Database;
  readonly policy: Policy;
  readonly days: RetentionDays;
  readonly channels: ChannelChains;
  readonly alarm: (alarm: Alarm) => void;
  readonly took?: (results: readonly EntryAnswer[]) => void;
}

const TIME = /^([01][0-9]|2[0-3]):([0-5][0-9])$/;

/**
 * Makes lines of a sheet entries, with the time that stands on it. What stands there is sealed before anything is written. A line is
 * one entry however often it is typed. Throws `register.sheet-unknown`, `register.sheet-destroyed`, `register.sheet-day`,
 * `register.sheet-used`, `register.channel-rules`.
 */
export async function typeLines(
  parts: TypingParts,
  venueId: number,
  sheetNo: number,
  written: { readonly day: string; readonly lines: readonly WrittenLine[]; readonly done: boolean },
  nowMs: number,
): Promise<readonly { readonly line: number; readonly result: LineResult }[]> {
  const { db, days, channels } = parts;
  const known = await channels.ready();
  const { day, lines, done } = written;
  const venue = await venueOf(db, venueId);
  const read = lines.map((one) => ({
    line: one.line,
    entry: readLine(parts, venue, sheetNo, day, one, nowMs),
  }));
  const dayStart = days.calendar.startOf(day);

  const taken = await db.tx(async (session) => {
    const sheet = await usedOn(session, days, venueId, sheetNo, day);
    const fresh: number[] = [];
    const entries: ChannelEntry[] = [];
    for (const { line, entry } of read) {
      if (typeof entry === 'string' || line > sheet.lines) continue;
      if (!(await takeLine(session, venueId, sheetNo, line, dayStart))) continue;
      fresh.push(line);
      entries.push(entry);
    }
    const answer =
      entries.length > 0 ? await channels.write(session, known, venueId, 'paper', entries, nowMs) : null;
    const whole = read.every(({ line, entry }) => entry !== 'wrong' && line <= sheet.lines);
    if (done && whole) await markTyped(session, venueId, sheetNo, nowMs);
    return { fresh, sheet, answer };
  });
  taken.answer?.alarms.forEach(parts.alarm);
  if (taken.answer) parts.took?.(taken.answer.results);
  return read.map(({ line, entry }) => ({
    line,
    result:
      line > taken.sheet.lines
        ? 'wrong'
        : typeof entry === 'string'
          ? entry
          : taken.fresh.includes(line)
            ? 'stored'
            : 'already-stored',
  }));
}

function readLine(
  { policy, days }: TypingParts,
  venue: Venue,
  sheetNo: number,
  day: string,
  { line, time, kind, value, check }: WrittenLine,
  nowMs: number,
): ChannelEntry | 'wrong' | 'not-wanted' {
  const clock = TIME.exec(time);
  const said = kind === 'sheet-line' ? `${sheetNo}-${line}` : value;
  const parsed = parseTyped(policy, kind, said);
  if (!clock || parsed === null) return 'wrong';
  const at = days.calendar.startOf(day) + Number(clock[1]) * 3600 + Number(clock[2]) * 60;
  if (at > nowMs / 1000 + FUTURE_SECONDS) return 'wrong';
  const then = admission(policy, venue, at);
  if (then && !then.record) return 'not-wanted';
  return {
    at,
    check: check === 'eye' ? 'eye' : then?.check === 'not-required' ? 'not-required' : 'not-made',
    subject:
      kind === 'phone'
        ? { kind, number: parsed }
        : kind === 'safety-code'
          ? { kind, code: parsed }
          : { kind, line: parsed },
  };
}

/**
 * The sheet, locked, as one that lay at the door on that day: an unused one becomes it. Throws `register.sheet-unknown`,
 * `register.sheet-destroyed`, `register.sheet-used` for one of another day, `register.sheet-day` for a day that is not kept.
 */
export async function usedOn(
  session: Session,
  days: RetentionDays,
  venueId: number,
  sheetNo: number,
  day: string,
): Promise<Sheet> {
  const sheet = await findSheet(session, venueId, sheetNo, true);
  if (!sheet) throw new ApiError('register.sheet-unknown');
  if (sheet.state === 'destroyed') throw new ApiError('register.sheet-destroyed');
  if (sheet.day !== null && sheet.day !== day) throw new ApiError('register.sheet-used');
  if (day > days.today || day < days.days[0]!.day) throw new ApiError('register.sheet-day');
  if (sheet.day === null)
    await session.query('UPDATE sheet SET day = $3 WHERE venue_id = $1 AND sheet_no = $2', [
      venueId,
      sheetNo,
      day,
    ]);
  return { ...sheet, day };
}

/** Takes a line, once: true for whoever is first. The sheet is locked meanwhile. */
async function takeLine(
  session: Session,
  venueId: number,
  sheetNo: number,
  line: number,
  dayStart: number,
): Promise<boolean> {
  const { rows } = await session.query(
    `INSERT INTO sheet_line (venue_id, sheet_no, line, day_start) VALUES ($1, $2, $3, $4)
     ON CONFLICT (venue_id, sheet_no, line) DO NOTHING RETURNING line`,
    [venueId, sheetNo, line, new Date(dayStart * 1000)],
  );
  return rows.length > 0;
}

const markTyped = (session: Session, venueId: number, sheetNo: number, nowMs: number) =>
  session.query('UPDATE sheet SET typed_at = COALESCE(typed_at, $3) WHERE venue_id = $1 AND sheet_no = $2', [
    venueId,
    sheetNo,
    new Date(nowMs),
  ]);

async function venueOf(session: Session, venueId: number): Promise<Venue> {
  const { rows } = await session.query<Venue>('SELECT kind, region FROM venue WHERE venue_id = $1', [
    venueId,
  ]);
  if (!rows[0]) throw new ApiError('register.venue-unknown');
  return rows[0];
}
