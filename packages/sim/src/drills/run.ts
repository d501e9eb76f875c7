import { join } from 'node:path';
import { type Phase, type Pulse, startCrowd } from '../crowd/index.ts';
import type { NodeStat } from '../stage/index.ts';
import { downToUp } from './down-to-up.ts';
import { OneVoice } from './one-voice.ts';
import { Closing, drillFolder, open } from './opening.ts';
import { beside, lineOf } from './outcome.ts';
import { compareNow, type Truth, untilNothingIsMissing } from './recovery.ts';
import type { Drill, DrillRecord, DrillWorld, Event, Played } from './types.ts';
import { UnderWay } from './under-way.ts';

/** Guests who come until all is well again come at most so long, in seconds. */
const LONGEST = 170;

/**
 * Plays a drill from an empty machine to its outcome. Throws `NotHere` where something that it needs is missing, and whatever a drill
 * itself throws.
 * @param compareStopped false leaves out how long verdicts take with everything stopped, which needs half a minute
 */
export async function play(
  drill: Drill,
  record: DrillRecord,
  say: (line: string) => void,
  { compareStopped = true }: { readonly compareStopped?: boolean } = {},
): Promise<Played> {
  const closing = new Closing();
  const begun = Date.now();
  const secondOf = (at: number): number => Math.round((at - begun) / 100) / 10;
  const events: Event[] = [];
  const note = (what: string): void => {
    const second = secondOf(Date.now());
    events.push({ second, what });
    say(`${second.toFixed(1).padStart(6)} s  ${what}`);
  };
  try {
    const opened = await open(drill, record, closing, note);
    const { service, crowd, noticing } = opened;
    const phases: Phase[] = [];
    const pulses: (Pulse & { second: number })[] = [];
    const complaints: string[] = [];
    const figures: Record<string, number | string> = { 'guests a second': drill.perSecond ?? 20 };
    const times = {
      beganAt: null as number | null,
      repairedAt: null as number | null,
      recoveredAt: null as number | null,
    };
    const feeling = setInterval(() => {
      const second = secondOf(Date.now());
      crowd.pulse().then(
        (pulse) => void pulses.push({ second, ...pulse }),
        () => {},
      );
    }, 1_000);
    closing.add(() => clearInterval(feeling));
    const voice = new OneVoice(join(service.data, 'mirror'));
    closing.add(() => voice.stop());
    const before = await service.balancer.stats();
    const truth: Truth = {
      async ledgers() {
        const { ledgers, ways } = await crowd.report();
        return { gates: ledgers, ways };
      },
      database: () => service.database('register'),
    };
    const perSecond = drill.perSecond ?? 20;
    const arrive = async (phase: string, seconds: number, rate = perSecond): Promise<Phase> => {
      const done = await crowd.arrive(phase, rate, seconds);
      phases.push(done);
      note(`${phase}: ${done.wanted} guests, ${done.admitted} admitted, ${done.saved} written down`);
      return done;
    };
    const world: DrillWorld = {
      ...opened,
      record,
      perSecond,
      note,
      arrive,
      async during(phase, work) {
        const coming = new UnderWay(arrive(phase, LONGEST));
        try {
          return await work;
        } finally {
          await crowd.enough();
          await coming.result;
        }
      },
      async wallets() {
        const more = await startCrowd();
        closing.add(() => more.end());
        return more;
      },
      ledgers: truth.ledgers,
      atEnd: (end) => closing.add(end),
      begins() {
        times.beganAt = Date.now();
      },
      async repaired(phase, seconds, also = () => true) {
        times.repairedAt = Date.now();
        const end = times.repairedAt + LONGEST * 1000;
        const well = async (): Promise<void> => {
          let at = await untilNothingIsMissing(truth, times.repairedAt!);
          while (at !== null && !(await also())) {
            await new Promise((go) => setTimeout(go, 250));
            at = Date.now() < end ? Date.now() : null;
          }
          times.recoveredAt = at;
          note(at === null ? 'all is not well' : 'all is well again');
        };
        await world.during(phase, Promise.all([well(), new Promise((go) => setTimeout(go, seconds * 1000))]));
        if (times.recoveredAt === null) complaints.push('not all was well again in time');
      },
      complain: (what) => void complaints.push(what),
      figure(name, value) {
        figures[name] = value;
      },
    };
    await drill.run(world);
    noticing.stop();
    await ladderEnds(world);
    if ((await untilNothingIsMissing(truth, Number.POSITIVE_INFINITY)) === null)
      complaints.push('not every entry came to the register');
    const ratio = compareStopped ? await downToUp(crowd, service, opened.databases) : null;
    const report = await crowd.report();
    complaints.push(...voice.contradictions(report.said));
    const shares = sharesOf(before, await service.balancer.stats());
    const line = lineOf(drill, record, {
      phases,
      report,
      entries: await compareNow(truth),
      shares,
      ...times,
      incidents: noticing.incidents,
      downToUp: ratio,
      figures,
      complaints,
    });
    // The old way has the machine for itself.
    await closing.all();
    const baseline = (await drill.baseline?.({ folder: drillFolder(closing), note })) ?? null;
    return {
      line: beside(line, baseline),
      events,
      phases,
      shares,
      pulses,
      told: report.told.map((gate) =>
        Object.fromEntries(Object.entries(gate).map(([name, at]) => [name, secondOf(at)])),
      ),
      from: times.beganAt === null ? null : secondOf(times.beganAt),
      until: times.repairedAt === null ? null : secondOf(times.repairedAt),
    };
  } finally {
    await closing.all();
  }
}

/** The other ways come to their end: whatever was not answered is told of until it is, and what guests found wrong is complained of. */
async function ladderEnds({ crowd, note, complain, figure }: DrillWorld): Promise<void> {
  note('sheets are typed');
  let late: NodeJS.Timeout | undefined;
  const isOver = await Promise.race([
    crowd.ladderEnds().then(() => true),
    new Promise<false>((go) => {
      late = setTimeout(() => go(false), LONGEST * 1000);
    }),
  ]);
  clearTimeout(late);
  if (!isOver) complain('not every call, visit or sheet was taken');
  const { ways, seenByEye, waysWrong } = await crowd.report();
  const made = Object.fromEntries(ways.map(({ way, entries }) => [way, entries.length]));
  figure(
    'of the entries: by eye · by call · by poster · on paper',
    `${seenByEye} · ${made.call} · ${made.poster} · ${made.paper}`,
  );
  for (const what of waysWrong) complain(`another way: ${what}`);
}

/** The part of all requests that each node took, by the balancer's own count. */
function sharesOf(before: readonly NodeStat[], after: readonly NodeStat[]): Record<string, number> {
  const took = after.map(({ name, sessions }) => {
    const was = before.find((one) => one.name === name)?.sessions ?? 0;
    // A balancer that was started again counts from nothing.
    return [name, sessions < was ? sessions : sessions - was] as const;
  });
  const all = took.reduce((sum, [, sessions]) => sum + sessions, 0);
  return Object.fromEntries(took.map(([name, sessions]) => [name, all === 0 ? 0 : sessions / all]));
}
