import { ApiError, route, sheetOperations } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { ListedSheet, SheetDesk } from './index.ts';

const sheetJson = (sheet: ListedSheet) => ({ ...sheet, typed: [...sheet.typed] });

/** Adds the operations of sheets of paper. */
export function mountSheets(server: DeskServer, desk: SheetDesk | null): void {
  const sheets = (): SheetDesk => {
    if (!desk) throw new ApiError('register.sheets-none');
    return desk;
  };
  server.route({
    ...route(sheetOperations.listSheets),
    async handler({ who, params }) {
      const list = await sheets().list(who, params.venueId);
      return { ...list, sheets: list.sheets.map(sheetJson) };
    },
  });
  server.route({
    ...route(sheetOperations.printSheets),
    handler: async ({ who, params, body }) => ({
      sheets: [...(await sheets().print(who, params.venueId, body))],
    }),
  });
  server.route({
    ...route(sheetOperations.sheetPages),
    async handler({ who, params, query }, reply) {
      const pages = await sheets().pages(who, params.venueId, query.from, query.to);
      return reply
        .type('application/pdf')
        .header('content-disposition', `inline; filename="sheets-${query.from}-${query.to}.pdf"`)
        .send(Buffer.from(pages) as never);
    },
  });
  server.route({
    ...route(sheetOperations.useSheet),
    handler: async ({ who, params, body }) =>
      sheetJson(await sheets().use(who, params.venueId, params.sheetNo, body.day)),
  });
  server.route({
    ...route(sheetOperations.typeSheet),
    handler: async ({ who, params, body }) => ({
      lines: [...(await sheets().type(who, params.venueId, params.sheetNo, body))],
    }),
  });
  server.route({
    ...route(sheetOperations.destroyedSheets),
    async handler({ who, params, body }) {
      await sheets().destroyed(who, params.venueId, body.sheets);
      return { sheets: body.sheets };
    },
  });
}
