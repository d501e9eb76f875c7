import { ApiError } from '../contracts/index.ts';
import { type Database, DatabaseUnavailable, isStatementFailed, SQLSTATE } from '../db/index.ts';
import { everyMinute } from '../lib/case/index.ts';
import { FOR_EVER } from '../lib/keys/index.ts';
import { AnchorTimes } from './anchor-times.ts';
import { BundlesInUse } from './bundles-in-use.ts';
import { mountCalls } from './calls/routes.ts';
import { mountRegisterCases, RegisterCases } from './cases/index.ts';
import { BatchChecker } from './checked-batch.ts';
import { readCounts } from './counts/read.ts';
import { rollUp } from './counts/roll-up.ts';
import { enrolGate, enrolVenue } from './enrolment.ts';
import { closeGaps } from './gaps.ts';
import { GroupCommit } from './group-commit.ts';
import { Intake, type Upload } from './intake.ts';
import { openChannels } from './open-channels.ts';
import { OwnLayer } from './own-layer.ts';
import { Pace } from './pace.ts';
import { makePartitions, missingDays } from './partitions.ts';
import { mountPosters } from './posters/routes.ts';
import { prune } from './pruning.ts';
import { withSafeMark } from './receipt-again.ts';
import { Receipts } from './receipts.ts';
import { noteRegression } from './regression.ts';
import { dropDays, isCitus, oldTables } from './retention.ts';
import { DAYS_AHEAD, RetentionDays } from './retention-days.ts';
import { revokeGate } from './revoke.ts';
import { mountRegister } from './routes.ts';
import { newestRows } from './rows.ts';
import { raiseSafeMarks } from './safe-marks.ts';
import { mountSheets } from './sheets/routes.ts';
import { mainTip, standingAt } from './standing.ts';
import { stretchesOf, touch } from './stretch.ts';
import { TroubleReports } from './troubles.ts';
import type {
  Alarm,
  BatchAnswer,
  Grouping,
  RegisterDesk,
  RegisterOptions,
  RegisterStatus,
  RetentionRun,
} from './types.ts';
import { VenueOffice } from './venues/index.ts';
import { NO_PEOPLE } from './venues/people.ts';
import { verifyChain } from './verify/verify-chain.ts';

/** Two transactions keep two cores busy; on an embedded database one is made ready while the other is written. */
const GROUPING: Grouping = {
  lanes: 2,
  gates: 50,
  entries: 2_000,
  waitMs: 5,
  waiting: 5_000,
  longestMs: 8_000,
};
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const COUNT_MS = 300_000;
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
  const bundles = new BundlesInUse(db, alarm);
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
    await receipts.refresh();
    if (layer.endedThrough < days.today) return;
    throw new ApiError(layer.endedThrough === FOR_EVER ? 'register.ended' : 'service.day-ended');
  };
  await prepare();

  let closing = false;
  let retaining: Promise<RetentionRun> | null = null;
  /** One run at a time in this process; other nodes are kept away by a lock. Nothing waits for it. */
  const retain = (): Promise<RetentionRun> => {
    retaining ??= prepare()
      .then(async () => {
        const oldestMs = days.oldest * 1000;
        const stopped = () => closing;
        const run = await dropDays(db, days.days[0]!.day, { stopped });
        if (run.left.length === 0) await prune(db, oldestMs, stopped);
        await sheets?.forget();
        await troubles.prune();
        return { ...run, closedGaps: await closeGaps({ db, receipts }, oldestMs, clock.nowMs()) };
      })
      .finally(() => {
        retaining = null;
      });
    return retaining;
  };
  const looking = setInterval(() => {
    prepare().catch(() => alarm({ kind: 'partitions', venueId: null, gateNo: null }));
  }, LOOK_MS);
  looking.unref();
  const look = () => {
    prepare().catch(() => alarm({ kind: 'partitions', venueId: null, gateNo: null }));
    venues.chores().catch(() => alarm({ kind: 'chores', venueId: null, gateNo: null }));
    retain().then(
      ({ left }) => left.length > 0 && alarm({ kind: 'retention', venueId: null, gateNo: null }),
      () => alarm({ kind: 'retention', venueId: null, gateNo: null }),
    );
    // Another process may have noted a backup: heads are read again with their safe marks.
    intake.forgetHeads();
  };
  const hourly = setInterval(look, HOUR_MS);
  const soon = setTimeout(look, MINUTE_MS);
  soon.unref();
  hourly.unref();

  let counting: Promise<number> | null = null;
  /** One at a time in this process; other nodes are kept away by a lock. */
  const count = (): Promise<number> => {
    counting ??= prepare()
      .then(() => rollUp({ db, layer, days, nowMs: clock.nowMs }))
      .finally(() => {
        counting = null;
      });
    return counting;
  };
  const counter = setInterval(() => {
    count().catch(() => alarm({ kind: 'counts', venueId: null, gateNo: null }));
  }, options.countMs ?? COUNT_MS);
  counter.unref();

  const intake = new Intake({ db, clock, days, layer, receipts, anchors, prepare: prepareIntake, alarm });
  // A group reaches one machine only where all its venues are there: on Citus each batch goes by itself, on every connection.
  const spread = await isCitus(db);
  const grouping = { ...GROUPING, ...(spread ? { gates: 1, lanes: db.lanes } : {}), ...options.grouping };
  const pace = new Pace(options.random);
  const queue = new GroupCommit<Upload, BatchAnswer>(
    { ...grouping, lanes: Math.min(grouping.lanes, Math.max(2, db.lanes)) },
    (uploads) => intake.take(uploads),
    pace,
  );

  const cases = options.cases
    ? new RegisterCases(options.cases, db, await options.keyStore.folder('cases'), {
        layerKey: (day) => layer.find(day),
        dayOf: (at) => days.dayOf(at),
      })
    : null;
  const stopTending = everyMinute(cases);

  const troubles = new TroubleReports({
    db,
    clock,
    crypto,
    ...(options.troubled ? { onCounted: options.troubled } : {}),
  });
  const channels = await openChannels(options, {
    ...{ db, days, alarm, layer, receipts, anchors, checker, crypto, prepare: prepareIntake },
    nowMs: clock.nowMs,
  });
  const { calls, sheets, posters } = channels;

  const venues = new VenueOffice({
    db,
    clock,
    crypto,
    receipts,
    terms,
    calendar: days.calendar,
    people: options.people ?? NO_PEOPLE,
    ...channels,
    alarm,
    ...(options.tell ? { tell: options.tell } : {}),
    counts: (venueId, back) => desk.counts(venueId, back),
    async today() {
      await prepare();
      return days.today;
    },
  });

  const desk: RegisterDesk = {
    name: 'register',
    cases,
    troubles,
    venues,
    ...channels,
    mount(server) {
      mountRegister(server, desk, crypto);
      mountCalls(server, desk);
      mountSheets(server, sheets);
      mountPosters(server, desk);
      if (cases) mountRegisterCases(server, cases, db, options.cases!.namesOf);
    },
    drainSeconds: () => pace.drainSeconds(0),
    publicKeys: () => receipts.publicKeys,
    async refreshKeys() {
      await receipts.refresh();
    },
    enrolVenue: (venue) => answering(() => enrolVenue(db, terms, venue, clock.nowMs())),
    enrolGate: (gate) =>
      answering(async () => {
        await prepare();
        return enrolGate({ db, crypto, receipts }, gate, clock.nowMs(), days.today);
      }),
    takeCall: (provider, call) =>
      answering(async () => {
        if (!calls) throw new ApiError('register.call-provider');
        return calls.take(provider, call);
      }),
    takeVisit: (visit) =>
      answering(async () => {
        if (!posters) throw new ApiError('register.poster-none');
        return posters.take(visit);
      }),
    async ingest(batch, shown = null) {
      const checked = await checker.check(batch);
      pace.heard(checked.key, batch.pending);
      const answer = await answering(() =>
        queue.add({ key: checked.key, size: batch.entries.length, checked, shown }),
      );
      options.took?.(answer.results, batch.pending);
      void bundles.note(batch, clock.nowMs());
      return answer;
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
          const stands = await standingAt(session, stretches, tip);
          const receipt = await withSafeMark(session, receipts, stretches, tip, stands.receipt);
          return { standing: { ...stands, receipt }, noted };
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
    daysAhead: () => answering(() => daysAheadOf(db, days, seconds())),
    counts: (venueId, back) =>
      answering(async () => {
        await prepare();
        return readCounts(db, days, venueId, back);
      }),
    rollUp: () => answering(count),
    retain: () => answering(retain),
    oldTables: () =>
      answering(async () => {
        days.moveTo(seconds());
        return oldTables(db, days.days[0]!.day);
      }),
    revokeGate: (venueId, gateNo, afterCounter) =>
      answering(() => db.tx((session) => revokeGate(session, venueId, gateNo, afterCounter, clock.nowMs()))),
    verifyChain: (venueId, gateNo) =>
      answering(async () => {
        await prepare();
        return verifyChain({ db, days, receipts, layer }, venueId, gateNo);
      }),
    raiseSafeMarks: (marks) =>
      answering(async () => {
        const raised = await raiseSafeMarks(db, marks);
        intake.forgetHeads();
        return raised;
      }),
    async close() {
      closing = true;
      clearInterval(looking);
      clearInterval(hourly);
      clearTimeout(soon);
      clearInterval(counter);
      await counting?.catch(() => {});
      await retaining?.catch(() => {});
      stopTending();
      await venues.close();
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
    // Two that wanted the same locks: nothing of ours was kept, and the same may be sent again.
    const again = isStatementFailed(
      error,
      SQLSTATE.deadlock,
      SQLSTATE.serialization,
      SQLSTATE.lockNotAvailable,
    );
    if (again || error instanceof DatabaseUnavailable)
      throw new ApiError('service.database-down', { cause: error });
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
  return { ...rows[0]!, daysAhead: await daysAheadOf(db, days, nowS), waitingBatches };
}

async function daysAheadOf(db: Database, days: RetentionDays, nowS: number): Promise<number> {
  const missing = await missingDays(db, days.days);
  const ahead = days.days.filter(
    ({ day, from }) => from > nowS && !missing.some((one) => one.day === day),
  ).length;
  return Math.min(ahead, DAYS_AHEAD);
}
