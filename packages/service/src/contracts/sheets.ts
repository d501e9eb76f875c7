import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { exact, LocalDate, Milliseconds, VenueId } from './shapes.ts';

const SheetNo = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
const Line = Type.Integer({ minimum: 1, maximum: 40 });
const venue = Type.Object({ venueId: VenueId }, exact);
const one = Type.Object({ venueId: VenueId, sheetNo: SheetNo }, exact);
/** Sheets of one file. */
const MOST_PAGES = 20;

const Sheet = Type.Object(
  {
    venueId: VenueId,
    sheetNo: SheetNo,
    lines: Line,
    printedMs: Milliseconds,
    day: Type.Union([LocalDate, Type.Null()], { description: 'On which it lay at the door; null: unused' }),
    state: Type.Enum(['printed', 'in-use', 'transcribed', 'destroyed']),
    typed: Type.Array(Line, { description: 'Lines that are entries already' }),
    destroyedMs: Type.Union([Milliseconds, Type.Null()]),
    keepUntil: Type.Union([LocalDate, Type.Null()], { description: 'The last day on which it may be kept' }),
    overdue: Type.Boolean({ description: 'That day has passed, and nobody has confirmed its destruction' }),
  },
  exact,
);

export const sheetOperations = {
  listSheets: {
    operationId: 'listSheets',
    method: 'GET',
    url: '/api/register/venues/:venueId/sheets',
    summary: "A venue's sheets of paper, the newest first; never what stands on them",
    params: venue,
    answer: Type.Object(
      {
        lines: Type.Integer({ minimum: 0, description: 'Lines of a new sheet; 0 where the policy has none' }),
        today: LocalDate,
        sheets: Type.Array(Sheet),
      },
      exact,
    ),
  },
  printSheets: {
    operationId: 'printSheets',
    method: 'POST',
    url: '/api/register/venues/:venueId/sheets',
    summary: 'Number new sheets: for a day, or to lie ready',
    params: venue,
    body: Type.Object(
      {
        count: Type.Integer({ minimum: 1, maximum: MOST_PAGES }),
        day: Type.Union([LocalDate, Type.Null()]),
      },
      exact,
    ),
    answer: Type.Object({ sheets: Type.Array(SheetNo) }, exact),
  },
  sheetPages: {
    operationId: 'sheetPages',
    method: 'GET',
    url: '/api/register/venues/:venueId/sheets/pages',
    summary: 'Sheets to be printed, one page each, as PDF',
    params: venue,
    querystring: Type.Object({ from: SheetNo, to: SheetNo }, exact),
    media: 'application/pdf',
  },
  useSheet: {
    operationId: 'useSheet',
    method: 'POST',
    url: '/api/register/venues/:venueId/sheets/:sheetNo/day',
    summary: 'Say on which day an unused sheet lies at the door',
    params: one,
    body: Type.Object({ day: LocalDate }, exact),
    answer: Sheet,
  },
  typeSheet: {
    operationId: 'typeSheet',
    method: 'POST',
    url: '/api/register/venues/:venueId/sheets/:sheetNo/lines',
    summary: 'Make lines of a sheet entries; a line is one entry however often it is typed',
    params: one,
    body: Type.Object(
      {
        day: LocalDate,
        lines: Type.Array(
          Type.Object(
            {
              line: Line,
              time: Type.String({ maxLength: 5, description: 'Local time that stands there, HH:MM' }),
              kind: Type.Enum(['phone', 'safety-code', 'sheet-line']),
              value: Type.String({
                maxLength: 40,
                description: 'Sealed on arrival; empty for a line that cannot be read',
              }),
              check: Type.Enum(['eye', 'not-made']),
            },
            exact,
          ),
          { maxItems: 40 },
        ),
        done: Type.Boolean({ description: 'Everything on the sheet is typed with these' }),
      },
      exact,
    ),
    answer: Type.Object(
      {
        lines: Type.Array(
          Type.Object(
            { line: Line, result: Type.Enum(['stored', 'already-stored', 'wrong', 'not-wanted']) },
            exact,
          ),
        ),
      },
      exact,
    ),
  },
  destroyedSheets: {
    operationId: 'destroyedSheets',
    method: 'POST',
    url: '/api/register/venues/:venueId/sheets/destroyed',
    summary: 'Confirm that sheets were destroyed',
    params: venue,
    body: Type.Object(
      { sheets: Type.Array(SheetNo, { minItems: 1, maxItems: 100, uniqueItems: true }) },
      exact,
    ),
    answer: Type.Object({ sheets: Type.Array(SheetNo) }, exact),
  },
} as const satisfies Record<string, Operation>;
