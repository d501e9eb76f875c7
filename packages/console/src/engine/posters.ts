import type { Console } from './console.ts';

/** The poster that counts at a venue. */
export interface PosterLine {
  readonly posterNo: number;
  readonly madeMs: number;
}

/** Null where a venue has none. Throws where this register makes no posters. */
export const readPoster = (app: Console, venueId: number): Promise<{ readonly poster: PosterLine | null }> =>
  app.get(`venues/${venueId}/poster`);

/** Makes the venue's next poster in place of the one it has, or gives that one up. */
export const changePoster = (app: Console, venueId: number, wanted: boolean): Promise<unknown> =>
  app.post(`venues/${venueId}/poster`, { wanted });

/** Address of the page to be printed. */
export const posterPage = (app: Console, venueId: number): string =>
  app.desk.file(`venues/${venueId}/poster/page`);
