import { ApiError } from '../contracts/index.ts';
import { type Database, DatabaseUnavailable } from '../db/index.ts';
import { FOR_EVER } from '../lib/keys/index.ts';
import { AnchorTimes } from './anchor-times.ts';
import { BatchChecker } from './checked-batch.ts';
import { enrolGate, enrolVenue } from './enrolment.ts';
import { GroupCommit } from './group-commit.ts';
import { Intake, type Upload } from './intake.ts';
import { OwnLayer } from './own-layer.ts';
import { makePartitions, missingDays } from './partitions.ts';
import { Receipts } from './receipts.ts';
import { noteRegression } from './regression.ts';
import { DAYS_AHEAD, RetentionDays } from './retention-days.ts';
import { mountRegister } from './routes.ts';
import { newestRows } from './rows.ts';
import { mainTip, standingAt } from './standing.ts';
import { stretchesOf, touch } from './stretch.ts';
import type { Alarm, BatchAnswer, Grouping, RegisterDesk, RegisterOptions, RegisterStatus } from './types.ts';

/** Two transactions keep two cores busy; on an embedded database one is made ready while the other is written. */
const GROUPING: Grouping = { lanes: 2, gates: 50, entries: 2_000, waitMs: 5, waiting: 5_000 };
/** How often an idle desk looks for a new day, and for keys that ended. */
const LOOK_MS = 60_000;

/** Opens the register desk on a migrated database: makes the days and their keys, up to a week ahead. */
export async function createRegister(options: RegisterOptions): Promise<RegisterDesk> {
  const { db, clock, crypto, terms } = options;
  const days = new RetentionDays(terms.timeZone, terms.retentionDays);
  const layer = new OwnLayer(options.keyStore);
  const receipts = new Receipts(options.signer, crypto);
  const anchors = new AnchorTimes();
  const checker = new BatchChecker(crypto);
  const alarm = (what: Alarm) => options.alarm?.(what);
  const seconds = () => Math.floor(clock.nowMs() / 1000);

  let preparing: Promise<void> | null = null;
  const prepareDays = async () => {
    await layer.prepare(days.days.map(({ day }) => day));
    days.endedThrough(layer.endedThrough);
    await makePartitions(db, days.days);
  };
  /** Cheap while the day stays the same; a new day waits for its partitions. */
  const prepare = (): Promise<void> => {
    if (days.moveTo(seconds()) || layer.stale) preparing = null;
    preparing ??= prepareDays().catch((error: unknown) => {
      preparing = null;
      throw error;
    });
    return preparing;
  };
  /** A day whose keys were destroyed takes no entries: the clock is wrong, or this body has ended recording. */
  const prepareIntake = async (): Promise<void> => {
    await prepare();
    if (layer.endedThrough < days.today) return;
    throw new ApiError(layer.endedThrough === FOR_EVER ? 'register.ended' : 'service.day-ended');
  };
  await prepare();
  const daily = setInterval(() => {
    prepare().catch(() => alarm({ kind: 'partitions', venueId: null, gateNo: null }));
  }, LOOK_MS);
  daily.unref();

  const intake = new Intake({ db, clock, days, layer, receipts, anchors, prepare: prepareIntake, alarm });
  const grouping = { ...GROUPING, ...options.grouping };
  const queue = new GroupCommit<Upload, BatchAnswer>(
    { ...grouping, lanes: Math.min(grouping.lanes, Math.max(2, db.lanes)) },
    (uploads) => intake.take(uploads),
  );

  const desk: RegisterDesk = {
    name: 'register',
    mount: (server) => mountRegister(server, desk, crypto),
    publicKeys: () => [{ kid: receipts.kid, publicKey: receipts.publicKey }],
    enrolVenue: (venue) => answering(() => enrolVenue(db, terms, venue, clock.nowMs())),
    enrolGate: (gate) =>
      answering(async () => {
        await prepare();
        return enrolGate({ db, crypto, receipts }, gate, clock.nowMs(), days.today);
      }),
    async ingest(batch, shown = null) {
      const checked = await checker.check(batch);
      return answering(() => queue.add({ key: checked.key, size: batch.entries.length, checked, shown }));
    },
    whereAmI: (venueId, thumbprint, shown = null) =>
      answering(async () => {
        const { standing, noted } = await db.tx(async (session) => {
          const stretches = await stretchesOf(session, venueId, thumbprint, shown !== null);
          if (stretches.length === 0) throw new ApiError('register.gate-unknown');
          const noted =
            shown && (await noteRegression(session, { receipts }, stretches, shown, clock.nowMs()));
          const tip = mainTip(stretches);
          await touch(session, tip, clock.nowMs());
          return { standing: await standingAt(session, stretches, tip), noted };
        });
        if (noted) alarm(noted);
        return standing;
      }),
    rows: (venueId, query = {}) =>
      answering(async () => {
        await prepare();
        return newestRows(db, days, venueId, query);
      }),
    status: () => answering(() => statusOf(db, days, seconds(), queue.waiting)),
    async close() {
      clearInterval(daily);
      await queue.drained();
    },
  };
  return desk;
}

/** A database that does not answer is said so; what the gate sent stays at the gate. */
async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw new ApiError('service.database-down', { cause: error });
    throw error;
  }
}

async function statusOf(
  db: Database,
  days: RetentionDays,
  nowS: number,
  waitingBatches: number,
): Promise<RegisterStatus> {
  const { rows } = await db.query<Omit<RegisterStatus, 'daysAhead' | 'waitingBatches'>>(
    `SELECT (SELECT count(*) FROM venue) AS venues, (SELECT count(*) FROM gate WHERE start_counter = 0) AS gates,
            (SELECT count(*) FROM gate WHERE regressed_at IS NOT NULL) AS regressed,
            (SELECT count(DISTINCT (g.venue_id, g.thumbprint)) FROM gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no
             WHERE h.seen & 1 <> 0) AS forks`,
  );
  const missing = await missingDays(db, days.days);
  const ahead = days.days.filter(
    ({ day, from }) => from > nowS && !missing.some((one) => one.day === day),
  ).length;
  return { ...rows[0]!, daysAhead: Math.min(ahead, DAYS_AHEAD), waitingBatches };
}
