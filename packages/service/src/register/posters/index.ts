import { POSTER_NAME, posterLink, signPoster } from '@munjigi/core/poster';
import { ApiError } from '../../contracts/index.ts';
import type { Who } from '../../lib/who.ts';
import { mayActFor } from '../venues/people.ts';
import { printPoster } from './print.ts';
import { changePoster, type KeptPoster, posterOf } from './store.ts';
import { type Visit, VisitIntake, type VisitParts, type VisitResult } from './take-visit.ts';

export type { PosterLimits, Visit, VisitResult } from './take-visit.ts';

/** The poster of a venue as whoever works there sees it. */
export type VenuePoster = Pick<KeptPoster, 'posterNo' | 'madeMs'>;

export interface PosterDeskParts extends VisitParts {
  readonly nowMs: () => number;
  /** Where visitors' wallets are: what a camera opens that reads the code. */
  readonly wallet: string;
}

/** Posters at the door: made, printed, replaced; and the visits that guests write by them. */
export class PosterDesk {
  readonly #intake: VisitIntake;

  constructor(private readonly parts: PosterDeskParts) {
    this.#intake = new VisitIntake(parts);
  }

  /** Makes a visit an entry; see `VisitIntake`. */
  take(visit: Visit): Promise<VisitResult> {
    return this.#intake.take(visit, this.parts.nowMs());
  }

  /** The poster that counts; null for none. */
  async posterOf(venueId: number): Promise<VenuePoster | null> {
    const poster = await posterOf(this.parts.db, venueId);
    return poster && { posterNo: poster.posterNo, madeMs: poster.madeMs };
  }

  /** The code that is printed on it, or null. */
  async codeOf(venueId: number): Promise<Uint8Array | null> {
    return (await posterOf(this.parts.db, venueId))?.code ?? null;
  }

  async show(who: Who | null, venueId: number): Promise<VenuePoster | null> {
    mayActFor(who, venueId, 'figures');
    return this.posterOf(venueId);
  }

  /**
   * Makes the venue's next poster in place of the one it has, or gives that one up. Throws `register.not-yours`,
   * `register.venue-unknown`.
   */
  async change(who: Who | null, venueId: number, wanted: boolean): Promise<VenuePoster | null> {
    mayActFor(who, venueId, 'owner');
    const { db, channels, signer, nowMs } = this.parts;
    const venue = await this.#venueOf(venueId);
    const now = nowMs();
    const code = (posterNo: number) =>
      signPoster(
        {
          venueId,
          posterNo,
          ...venue,
          name: fitting(venue.name),
          channel: channels.nameOf(venueId, 'poster'),
          madeAt: Math.floor(now / 1000),
        },
        signer,
      );
    await db.tx((session) => changePoster(session, venueId, wanted ? code : null, now));
    return this.posterOf(venueId);
  }

  /** The poster to be printed: the same one is the same bytes. Throws `register.not-yours`, `register.poster-none`. */
  async page(who: Who | null, venueId: number): Promise<Uint8Array> {
    mayActFor(who, venueId, 'anyone');
    const poster = await posterOf(this.parts.db, venueId);
    if (!poster) throw new ApiError('register.poster-none');
    const { name } = await this.#venueOf(venueId);
    const { wallet, policy } = this.parts;
    return printPoster(policy, { ...poster, venueId, name, link: posterLink(wallet, poster.code) });
  }

  async #venueOf(venueId: number): Promise<{ name: string; kind: string; region: string }> {
    const { rows } = await this.parts.db.query<{ name: string; kind: string; region: string }>(
      'SELECT name, kind, region FROM venue WHERE venue_id = $1',
      [venueId],
    );
    if (!rows[0]) throw new ApiError('register.venue-unknown');
    return rows[0];
  }
}

/** A name that is longer than a code holds loses its end. */
function fitting(name: string): string {
  if (name.length <= POSTER_NAME) return name;
  const characters = [...name];
  while (characters.join('').length >= POSTER_NAME) characters.pop();
  return `${characters.join('')}…`;
}
