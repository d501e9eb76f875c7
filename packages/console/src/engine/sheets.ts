import type { Console } from './console.ts';

/** A sheet of paper as the register knows it: never what stands on it. */
export interface SheetLine {
  readonly sheetNo: number;
  readonly lines: number;
  /** Local date on which it lay at the door; null while it is unused. */
  readonly day: string | null;
  readonly state: 'printed' | 'in-use' | 'transcribed' | 'destroyed';
  /** Lines that are entries already. */
  readonly typed: readonly number[];
  readonly keepUntil: string | null;
  /** Its time is over and nobody has confirmed that it was destroyed. */
  readonly overdue: boolean;
}

export interface SheetList {
  /** Lines of a new sheet; 0 where the policy has none. */
  readonly lines: number;
  readonly today: string;
  readonly sheets: readonly SheetLine[];
}

export interface WrittenLine {
  readonly line: number;
  readonly time: string;
  readonly kind: 'phone' | 'safety-code' | 'sheet-line';
  readonly value: string;
  readonly check: 'eye' | 'not-made';
}

export interface TypedLine {
  readonly line: number;
  readonly result: 'stored' | 'already-stored' | 'wrong' | 'not-wanted';
}

export const readSheets = (app: Console, venueId: number): Promise<SheetList> =>
  app.get(`venues/${venueId}/sheets`);

/** Numbers new sheets that lie ready; answers their numbers. */
export const printSheets = async (app: Console, venueId: number, count: number): Promise<readonly number[]> =>
  (await app.post<{ sheets: number[] }>(`venues/${venueId}/sheets`, { count, day: null })).sheets;

export const useSheet = (app: Console, venueId: number, sheetNo: number, day: string): Promise<unknown> =>
  app.post(`venues/${venueId}/sheets/${sheetNo}/day`, { day });

export const typeSheet = async (
  app: Console,
  venueId: number,
  sheetNo: number,
  written: { readonly day: string; readonly lines: readonly WrittenLine[]; readonly done: boolean },
): Promise<readonly TypedLine[]> =>
  (await app.post<{ lines: TypedLine[] }>(`venues/${venueId}/sheets/${sheetNo}/lines`, written)).lines;

export const sheetsDestroyed = (app: Console, venueId: number, sheets: readonly number[]): Promise<unknown> =>
  app.post(`venues/${venueId}/sheets/destroyed`, { sheets });

/** Address of the pages of some sheets, to be printed. */
export const pagesOf = (app: Console, venueId: number, from: number, to: number): string =>
  app.desk.file(`venues/${venueId}/sheets/pages?from=${from}&to=${to}`);

/** What is open of a venue's sheets: those at the door that nobody has typed, and those whose time is over. */
export const openSheets = ({ sheets }: SheetList) => ({
  toType: sheets.filter(({ state, overdue }) => state === 'in-use' && !overdue).length,
  overdue: sheets.filter(({ overdue }) => overdue).length,
  ready: sheets.filter(({ state }) => state === 'printed').length,
});

/** How somebody who reads a sheet writes what stands there: a number of digits alone is a telephone's. */
export const kindOf = (value: string): WrittenLine['kind'] =>
  value === '' ? 'sheet-line' : /^[+\d][\d\s().-]*$/.test(value) ? 'phone' : 'safety-code';
