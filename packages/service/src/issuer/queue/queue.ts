import { randomInt } from 'node:crypto';
import { type Clock, nowSeconds } from '../../clock/index.ts';
import { ApiError } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import { afterMove, askAgainAfter, waitOf } from './estimate.ts';

/** Kinds of issuing, each with a limit of its own: a surge of first issues takes nothing from renewals. */
export const WORKS = ['first', 'renewal', 'paper'] as const;
export type Work = (typeof WORKS)[number];

/** How many pieces of each work one process does at a time. */
export type QueueLimits = Readonly<Record<Work, number>>;
export const STANDARD_LIMITS: QueueLimits = { first: 4, renewal: 4, paper: 2 };

/** Whether somebody may go on, or where they stand. */
export type QueuePlace =
  | { readonly state: 'go' }
  | {
      readonly state: 'wait';
      /** People in front, and this one. */
      readonly place: number;
      /** Null where nothing honest can be said yet. */
      readonly waitSeconds: number | null;
      readonly askAgainSeconds: number;
    };

/** The queue's place of one enrolment, as the database holds it. */
export interface Ticket {
  readonly work: Work;
  readonly number: number;
}

/** Somebody who was called and does not come within this time is passed over; their turn stays theirs. Milliseconds. */
const CALLED_MS = 8_000;
/** Whoever asked within this time is there and may be called; wallets ask at least once a minute. Seconds. */
const PRESENT_SECONDS = 130;
/** How old a look at the queue may be, in milliseconds. */
const LOOK_MS = 500;

interface Line {
  running: number;
  /** When each call that nobody answered yet runs out. */
  called: number[];
  waiting: boolean;
  lookedAt: number;
}

interface QueueRow {
  readonly serving: number;
  readonly moved_at: number | null;
  readonly per_second: number | null;
  readonly last: number;
}

/**
 * The queue before issuing. While there is room nobody takes a number and nothing is written. When a kind of work is full,
 * callers take numbers, in the order in which they came, kept with their enrolment in the database: whoever leaves comes
 * back to the same place, at any server. Servers call as many numbers as they have room; what they measure is told.
 */
export class IssueQueue {
  private readonly lines: Readonly<Record<Work, Line>>;

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly limits: QueueLimits = STANDARD_LIMITS,
  ) {
    const line = (): Line => ({ running: 0, called: [], waiting: true, lookedAt: Number.NEGATIVE_INFINITY });
    this.lines = { first: line(), renewal: line(), paper: line() };
  }

  /**
   * Does a piece of work if there is room for it and nobody waits in front. Throws `issuer.queue` with the time to ask again
   * where it has to wait; the place is then asked for by `place`.
   */
  async run<T>(
    work: Work,
    secretHash: Uint8Array,
    ticket: Ticket | null,
    task: () => Promise<T>,
  ): Promise<T> {
    const line = this.lines[work];
    const turn = await this.turn(work, ticket);
    if (!turn || line.running >= this.limits[work]) {
      throw new ApiError('issuer.queue', { retryAfterSeconds: askAgainAfter(turn ? 2 : null, share()) });
    }
    line.running += 1;
    if (ticket) line.called.shift();
    try {
      const done = await task();
      if (ticket)
        await this.db.query(
          'UPDATE enrolment SET queue_work = NULL, queue_number = NULL, queue_seen_at = NULL WHERE secret_hash = $1',
          [secretHash],
        );
      return done;
    } finally {
      line.running -= 1;
      // Room again: whoever is next is called at once. Where that fails, the next one who asks does it.
      if (line.waiting) void this.advance(work).catch(() => {});
    }
  }

  /** Where somebody stands; takes a number for them where they have none and have to wait. */
  async place(work: Work, secretHash: Uint8Array, held: Ticket | null): Promise<QueuePlace> {
    const line = this.lines[work];
    if (await this.turn(work, held)) {
      if (held || line.running < this.limits[work]) return { state: 'go' };
    }
    const ticket = await this.takeNumber(work, secretHash);
    const row = await this.advance(work);
    const ahead = ticket.number - row.serving;
    if (ahead <= 0) return { state: 'go' };
    const waitSeconds = waitOf(
      { movedAt: row.moved_at, perSecond: row.per_second },
      ahead,
      this.clock.nowMs(),
    );
    return { state: 'wait', place: ahead, waitSeconds, askAgainSeconds: askAgainAfter(waitSeconds, share()) };
  }

  /** True where it is the caller's turn: their number was called, or nobody waits. */
  private async turn(work: Work, ticket: Ticket | null): Promise<boolean> {
    const line = this.lines[work];
    if (ticket?.work === work) return ticket.number <= (await this.advance(work)).serving;
    const age = Math.abs(this.clock.nowMs() - line.lookedAt);
    if (line.waiting || age > LOOK_MS) await this.advance(work);
    return !line.waiting;
  }

  private async takeNumber(work: Work, secretHash: Uint8Array): Promise<Ticket> {
    // A number that another call of the same wallet took meanwhile stays.
    const { rows } = await this.db.query<{ queue_number: number }>(
      `UPDATE enrolment SET
         queue_number = CASE WHEN queue_work = $2 THEN queue_number
                             ELSE nextval(('issue_queue_' || $2)::regclass) END,
         queue_work = $2, queue_seen_at = $3
       WHERE secret_hash = $1 RETURNING queue_number`,
      [secretHash, work, nowSeconds(this.clock)],
    );
    if (!rows[0]) throw new ApiError('issuer.enrolment-unknown');
    this.lines[work].waiting = true;
    return { work, number: rows[0].queue_number };
  }

  /** Calls as many numbers as there is room for here, and measures how fast that goes. */
  private async advance(work: Work): Promise<QueueRow> {
    const line = this.lines[work];
    const atMs = this.clock.nowMs();
    const row = await this.look(work);
    line.lookedAt = atMs;
    line.called = line.called.filter((until) => until > atMs && until <= atMs + CALLED_MS);
    const room = this.limits[work] - line.running - line.called.length;
    line.waiting = row.last > row.serving;
    if (room <= 0 || !line.waiting) return row;
    const next = await this.present(work, row, room);
    if (next.calls === 0 && next.serving === row.serving) return row;
    const places = next.serving - row.serving;
    const moves = afterMove({ movedAt: row.moved_at, perSecond: row.per_second }, places, atMs);
    // Another server may have called these numbers in the meantime: then they are theirs, and it is looked again.
    const { count } = await this.db.query(
      'UPDATE issue_queue SET serving = $3, moved_at = $4, per_second = $5 WHERE work = $1 AND serving = $2',
      [work, row.serving, next.serving, moves.movedAt, moves.perSecond],
    );
    if (count === 0) return this.look(work);
    for (let i = 0; i < next.calls; i++) line.called.push(atMs + CALLED_MS);
    line.waiting = row.last > next.serving;
    return { ...row, serving: next.serving, moved_at: moves.movedAt, per_second: moves.perSecond };
  }

  /** Where the queue gets to by calling the next `room` who are there. Whoever is away is passed over, and keeps the turn. */
  private async present(work: Work, { serving, last }: QueueRow, room: number) {
    const { rows } = await this.db.query<{ queue_number: number }>(
      `SELECT queue_number FROM enrolment
       WHERE queue_work = $1 AND queue_number > $2 AND queue_number <= $3 AND queue_seen_at >= $4
       ORDER BY queue_number LIMIT $5`,
      [work, serving, last, nowSeconds(this.clock) - PRESENT_SECONDS, room],
    );
    const calls = rows.length;
    // Nobody behind the last one who is there: the queue is empty.
    return { calls, serving: calls < room ? last : rows[calls - 1]!.queue_number };
  }

  private async look(work: Work): Promise<QueueRow> {
    const { rows } = await this.db.query<QueueRow>(
      `SELECT q.serving, q.moved_at, q.per_second,
              (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM issue_queue_${work}) AS last
       FROM issue_queue q WHERE q.work = $1`,
      [work],
    );
    return rows[0]!;
  }
}

const share = (): number => randomInt(0, 1000) / 1000;
