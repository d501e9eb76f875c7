import { ServerError } from '../sync/server.ts';
import type { IssuerClient } from './issuer-client.ts';

/** Where this wallet stands while it waits for the issuer. */
export interface Waiting {
  readonly place: number;
  /** Whole minutes at most, as it was measured; null where nothing honest can be said yet. */
  readonly minutes: number | null;
}

/** Told on every answer, and with null when the wait is over. */
export type OnWaiting = (waiting: Waiting | null) => void;

const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));
/** So often the issuer may say go and then be full again, before it counts as a failure. */
const MOST_TURNS = 20;

/**
 * Does a piece of work at the issuer when it is this wallet's turn: at once where there is room, else after the queue. Goes on
 * by itself; the place is kept at the issuer, so that a wallet that was closed comes back to it. Throws what the work throws.
 */
export async function inTurn<T>(
  issuer: Pick<IssuerClient, 'place'>,
  enrolment: string,
  work: 'passes' | 'paper',
  task: () => Promise<T>,
  onWaiting: OnWaiting = () => {},
  wait: (seconds: number) => Promise<void> = pause,
): Promise<T> {
  try {
    for (let turn = 0; ; turn++) {
      try {
        return await task();
      } catch (error) {
        if (!(error instanceof ServerError) || error.code !== 'issuer.queue' || turn >= MOST_TURNS)
          throw error;
        if (turn > 0) await wait(error.retryAfterSeconds ?? 2);
        await untilCalled(issuer, enrolment, work, onWaiting, wait);
      }
    }
  } finally {
    onWaiting(null);
  }
}

async function untilCalled(
  issuer: Pick<IssuerClient, 'place'>,
  enrolment: string,
  work: 'passes' | 'paper',
  onWaiting: OnWaiting,
  wait: (seconds: number) => Promise<void>,
): Promise<void> {
  for (;;) {
    const place = await issuer.place(enrolment, work);
    if (place.state === 'go') return;
    const { waitSeconds } = place;
    onWaiting({
      place: place.place,
      minutes: waitSeconds === null ? null : Math.max(1, Math.ceil(waitSeconds / 60)),
    });
    await wait(place.askAgainSeconds);
  }
}
