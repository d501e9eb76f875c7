import type { Policy } from '@munjigi/core/rules';
import { ApiError } from '../../contracts/index.ts';
import type { Who } from '../../lib/who.ts';
import { mayActFor } from '../venues/people.ts';
import { printSheets } from './print.ts';
import {
  addSheets,
  destroyAfter,
  findSheet,
  forgetSheets,
  liesReady,
  type Sheet,
  sheetsOf,
} from './store.ts';
import { type LineResult, type TypingParts, typeLines, usedOn, type WrittenLine } from './type-lines.ts';

export type { Sheet, SheetState } from './store.ts';
export type { LineResult, WrittenLine } from './type-lines.ts';

/** Sheets of one file. */
const MOST_PAGES = 20;
const DAY_MS = 86_400_000;

/** A sheet as its venue sees it. */
export interface ListedSheet extends Sheet {
  /** The last local day on which it may be kept; null while it is unused. */
  readonly keepUntil: string | null;
  /** True where that day has passed and nobody has confirmed that it was destroyed. */
  readonly overdue: boolean;
}

export interface SheetList {
  /** Lines of a new sheet; 0 where the policy has none. */
  readonly lines: number;
  /** Today's local date. */
  readonly today: string;
  readonly sheets: readonly ListedSheet[];
}

export interface SheetDeskParts extends TypingParts {
  readonly nowMs: () => number;
  /** Moves the days to this moment. */
  readonly prepare: () => Promise<void>;
}

/** Sheets of paper at the door: printed, used, typed, destroyed. */
export class SheetDesk {
  constructor(private readonly parts: SheetDeskParts) {}

  /**
   * Numbers new sheets, for a day or to lie ready. Throws `register.sheets-none`, `register.not-yours`, `register.sheet-day`,
   * `register.venue-unknown`.
   */
  async print(
    who: Who | null,
    venueId: number,
    { count, day }: { readonly count: number; readonly day: string | null },
  ): Promise<readonly number[]> {
    mayActFor(who, venueId, 'anyone');
    const { db, days, prepare, nowMs } = this.parts;
    await prepare();
    if (day !== null && (day < days.today || day > days.days.at(-1)!.day))
      throw new ApiError('register.sheet-day');
    await this.#nameOf(venueId);
    const { lines } = this.#settings;
    return db.tx((session) => addSheets(session, venueId, { count, lines, day }, nowMs()));
  }

  /** A venue's sheets, the newest first, and how many lines a new one has; none where the policy has no sheets. */
  async list(who: Who | null, venueId: number): Promise<SheetList> {
    mayActFor(who, venueId, 'figures');
    const { db, days, prepare, policy } = this.parts;
    await prepare();
    const sheets = (await sheetsOf(db, venueId)).map((sheet) => this.#listed(sheet, days.days[0]!.day));
    return { lines: policy.pack.sheets?.lines ?? 0, today: days.today, sheets };
  }

  /** True where a gate may send guests to a sheet today. */
  async lieReady(venueId: number): Promise<boolean> {
    const { db, days, prepare } = this.parts;
    await prepare();
    return liesReady(db, venueId, days.today);
  }

  /** Sheets as they are printed: the same ones are the same bytes. Throws `register.sheet-unknown`. */
  async pages(who: Who | null, venueId: number, from: number, to: number): Promise<Uint8Array> {
    mayActFor(who, venueId, 'anyone');
    const { db, policy } = this.parts;
    if (to < from || to - from >= MOST_PAGES) throw new ApiError('register.sheet-unknown');
    const name = await this.#nameOf(venueId);
    const sheets: Sheet[] = [];
    for (let number = from; number <= to; number++) {
      const sheet = await findSheet(db, venueId, number);
      if (!sheet) throw new ApiError('register.sheet-unknown');
      sheets.push(sheet);
    }
    return printSheets(policy, { venueId, name }, sheets);
  }

  /** Says on which day an unused sheet lies at the door. Throws what `usedOn` throws. */
  async use(who: Who | null, venueId: number, sheetNo: number, day: string): Promise<ListedSheet> {
    mayActFor(who, venueId, 'anyone');
    const { db, days, prepare } = this.parts;
    await prepare();
    const sheet = await db.tx((session) => usedOn(session, days, venueId, sheetNo, day));
    return this.#listed(
      { ...sheet, state: sheet.state === 'printed' ? 'in-use' : sheet.state },
      days.days[0]!.day,
    );
  }

  /** Makes lines of a sheet entries; see `typeLines`. */
  async type(
    who: Who | null,
    venueId: number,
    sheetNo: number,
    written: { readonly day: string; readonly lines: readonly WrittenLine[]; readonly done: boolean },
  ): Promise<readonly { readonly line: number; readonly result: LineResult }[]> {
    mayActFor(who, venueId, 'anyone');
    return typeLines(this.parts, venueId, sheetNo, written, this.parts.nowMs());
  }

  /**
   * Confirms that sheets were destroyed. Throws `register.sheet-unknown`, and `register.sheet-not-typed` while a sheet that was used
   * is kept and not typed. One that was confirmed before stays as it is.
   */
  async destroyed(who: Who | null, venueId: number, sheets: readonly number[]): Promise<void> {
    const by = mayActFor(who, venueId, 'owner');
    const { db, days, prepare, nowMs } = this.parts;
    await prepare();
    await db.tx(async (session) => {
      for (const sheetNo of [...new Set(sheets)].sort((a, b) => a - b)) {
        const sheet = await findSheet(session, venueId, sheetNo, true);
        if (!sheet) throw new ApiError('register.sheet-unknown');
        if (sheet.state === 'in-use' && sheet.day! >= days.days[0]!.day)
          throw new ApiError('register.sheet-not-typed');
        await session.query(
          `UPDATE sheet SET destroyed_at = $3, destroyed_by = $4
           WHERE venue_id = $1 AND sheet_no = $2 AND destroyed_at IS NULL`,
          [venueId, sheetNo, new Date(nowMs()), by.accountId],
        );
      }
    });
  }

  /** Forgets confirmations that were kept as long as the policy says. */
  async forget(): Promise<void> {
    const { db, policy, nowMs } = this.parts;
    const { sheets } = policy.pack;
    if (sheets) await forgetSheets(db, nowMs() - sheets.confirmationDays * DAY_MS);
  }

  #listed(sheet: Sheet, oldest: string): ListedSheet {
    const { day, state } = sheet;
    const keepUntil = day === null ? null : destroyAfter(day, this.parts.policy.retentionDays);
    return { ...sheet, keepUntil, overdue: state !== 'destroyed' && day !== null && day < oldest };
  }

  get #settings(): NonNullable<Policy['pack']['sheets']> {
    const { sheets } = this.parts.policy.pack;
    if (!sheets) throw new ApiError('register.sheets-none');
    return sheets;
  }

  async #nameOf(venueId: number): Promise<string> {
    const { rows } = await this.parts.db.query<{ name: string }>(
      'SELECT name FROM venue WHERE venue_id = $1',
      [venueId],
    );
    if (!rows[0]) throw new ApiError('register.venue-unknown');
    return rows[0].name;
  }
}
