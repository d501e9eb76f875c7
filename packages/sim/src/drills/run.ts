import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GateTerms, type Phase, quantile, startCrowd } from '../crowd/index.ts';
import { isThere, openService, type ServiceStage, startPostgres, until } from '../stage/index.ts';
import { compare, storedPlaces } from './check.ts';
import { Noticing } from './noticing.ts';
import { recordOf } from './record.ts';
import type { Drill, DrillLine, DrillRecord, DrillWorld } from './types.ts';

/** A drill that cannot be played here: the message says what is missing. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/** What happened at which second of the drill. */
export interface Event {
  readonly second: number;
  readonly what: string;
}

export interface Played {
  readonly line: DrillLine;
  readonly events: readonly Event[];
  readonly phases: readonly Phase[];
  readonly shares: Readonly<Record<string, number>>;
}

const VENUES = 8;
const RECOVERY_MS = 150_000;
const ENDED_ISSUED = Date.parse('2021-12-30T12:00:00+09:00') / 1000;

/** Venues with a code for each of their gates. */
async function venues(
  service: ServiceStage,
  venue: DrillRecord['venue'],
  gates: number,
): Promise<GateTerms[]> {
  const register = `http://127.0.0.1:${service.balancer.port}/api/register`;
  const all: GateTerms[] = [];
  const made: { venueId: number; enrolmentCode: string }[] = [];
  for (let one = 0; one < Math.min(gates, VENUES); one++)
    made.push(
      await service.call('/api/register/venues', { name: `venue ${one + 1}`, ...venue }, { operator: true }),
    );
  for (let one = 0; one < gates; one++) {
    const { venueId, enrolmentCode: first } = made[one % made.length]!;
    const { enrolmentCode } =
      one < made.length
        ? { enrolmentCode: first }
        : await service.call<{ enrolmentCode: string }>(
            `/api/register/venues/${venueId}/enrolment-code`,
            { role: 'gate' },
            { operator: true },
          );
    all.push({
      venueId,
      enrolmentCode,
      venue,
      register,
      mirrors: [service.mirror.address],
    });
  }
  return all;
}

/** Plays a drill from an empty machine to its outcome. Throws `NotHere` where something that it needs is missing. */
export async function play(drill: Drill, say: (line: string) => void): Promise<Played> {
  const record = recordOf(drill.name);
  const folder = mkdtempSync(join(tmpdir(), 'munjigi-drill-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({
    max_connections: '120',
    max_wal_senders: '4',
    wal_level: 'replica',
  });
  if (!isThere(postgres)) throw new NotHere(postgres.reason);
  const begun = Date.now();
  const events: Event[] = [];
  const note = (what: string): void => {
    const second = Math.round((Date.now() - begun) / 100) / 10;
    events.push({ second, what });
    say(`${second.toFixed(1).padStart(6)} s  ${what}`);
  };
  const closing: (() => Promise<unknown> | unknown)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  closing.unshift(() => postgres.remove());
  try {
    const service = await openService({
      folder,
      postgres,
      story: record.story,
      ...(drill.flags ? { flags: drill.flags } : {}),
    });
    closing.unshift(() => service.close());
    note('three nodes behind the balancer, the authority aside, a mirror behind neither');
    const gates = drill.gates ?? 40;
    const terms = await venues(service, record.venue, gates + 1);
    const issuer = `http://127.0.0.1:${service.balancer.port}/api/issuer`;
    const noticing = await Noticing.open(terms[0]!, issuer, service, record.notice, (notice) =>
      note(`notice published by itself: ${notice}`),
    );
    closing.unshift(() => noticing.close());
    const crowd = await startCrowd();
    closing.unshift(() => crowd.end());
    const passes = await crowd.join({
      seed: 20_220_106,
      gates: terms.slice(1),
      issuer,
      wallets: 10,
      passesEach: 40,
      endedIssuedAt: ENDED_ISSUED,
    });
    note(`${gates} gates have joined, ${passes} passes are on phones`);

    const phases: Phase[] = [];
    const complaints: string[] = [];
    let [beganAt, endedAt] = [null as number | null, null as number | null];
    const before = new Map((await service.balancer.stats()).map(({ name, sessions }) => [name, sessions]));
    const world: DrillWorld = {
      folder,
      postgres,
      service,
      crowd,
      noticing,
      perSecond: drill.perSecond ?? 20,
      note,
      async arrive(phase, seconds, perSecond = drill.perSecond ?? 20) {
        const done = await crowd.arrive(phase, perSecond, seconds);
        phases.push(done);
        note(`${phase}: ${done.wanted} guests, ${done.admitted} admitted, ${done.saved} written down`);
        return done;
      },
      begins() {
        beganAt = Date.now();
      },
      ends() {
        endedAt = Date.now();
      },
      complain: (what) => void complaints.push(what),
    };
    await drill.run(world);
    noticing.stop();
    const recovering = endedAt ?? Date.now();
    await crowd.nudge();
    noticing.nudge();
    await until(
      'every entry is receipted',
      async () => (await crowd.report()).waiting + noticing.waiting === 0,
      RECOVERY_MS,
    ).catch((error: Error) => void complaints.push(error.message));
    const toRecover = endedAt === null ? null : (Date.now() - recovering) / 1000;
    note('everything is receipted');

    const report = await crowd.report();
    const shares = sharesOf(before, await service.balancer.stats());
    const entries = compare(
      [...report.ledgers, noticing.ledger()],
      await storedPlaces(postgres.address('register')),
    );
    if (entries.invented > 0) complaints.push(`${entries.invented} rows that no gate wrote`);
    const told =
      record.notice === null || beganAt === null ? null : tellingOf(report.told, record.notice, beganAt);
    const verdictMs = phases.flatMap((phase) => phase.verdictMs);
    const wrong = phases.flatMap((phase) => phase.wrong);
    const toNotice =
      noticing.noticedAt === null || beganAt === null ? null : (noticing.noticedAt - beganAt) / 1000;
    if (record.notice !== null && (toNotice === null || toNotice > 10))
      complaints.push('noticed later than after 10 s');
    if (record.notice !== null && (told === null || told > 120))
      complaints.push('people told later than after 120 s');
    const sum = (of: (phase: Phase) => number) => phases.reduce((all, phase) => all + of(phase), 0);
    const verdicts = {
      wanted: sum(({ wanted }) => wanted),
      refusedForServer: sum((one) => one.refusedForServer),
      wrong: wrong.length,
    };
    for (const one of new Set(wrong)) complaints.push(`wrong: ${one}`);
    if (sum(({ notSaved }) => notSaved) > 0) complaints.push('guests who were let in and not written down');
    const line: DrillLine = {
      name: drill.name,
      passed:
        complaints.length === 0 &&
        verdicts.refusedForServer === 0 &&
        verdicts.wrong === 0 &&
        entries.lost === 0 &&
        entries.doubled === 0,
      verdicts,
      entries: { made: entries.made, lost: entries.lost, doubled: entries.doubled },
      seconds: { toNotice: rounded(toNotice), toTell: rounded(told), toRecover: rounded(toRecover) },
      ms: {
        verdictP50: rounded(quantile(verdictMs, 0.5)) ?? 0,
        verdictP99: rounded(quantile(verdictMs, 0.99)) ?? 0,
        receiptP50: Math.round(quantile(report.receiptMs, 0.5)),
        receiptP99: Math.round(quantile(report.receiptMs, 0.99)),
        downToUp: null,
      },
      worstShare: rounded(Math.max(...Object.values(shares)), 3) ?? 0,
      baseline: null,
      complaints,
    };
    // The old way has the machine for itself.
    for (const close of closing.splice(0, closing.length - 2)) await Promise.resolve(close()).catch(() => {});
    const baseline = (await drill.baseline?.({ folder, note })) ?? null;
    return { line: { ...line, baseline }, events, phases, shares };
  } finally {
    for (const close of closing) await Promise.resolve(close()).catch(() => {});
  }
}

const rounded = (value: number | null, digits = 1): number | null =>
  value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits;

/** Seconds until the last gate showed the notice; null where one never did. */
function tellingOf(
  told: readonly Readonly<Record<string, number>>[],
  notice: string,
  since: number,
): number | null {
  const first = told.map((gate) =>
    Math.min(...Object.entries(gate).flatMap(([name, at]) => (name.startsWith(`${notice} `) ? [at] : []))),
  );
  return first.every(Number.isFinite) ? (Math.max(...first) - since) / 1000 : null;
}

/** The part of all requests that each node took, by the balancer's own count. */
function sharesOf(
  before: ReadonlyMap<string, number>,
  after: readonly { readonly name: string; readonly sessions: number }[],
): Record<string, number> {
  const took = after.map(({ name, sessions }) => [name, sessions - (before.get(name) ?? 0)] as const);
  const all = took.reduce((sum, [, sessions]) => sum + sessions, 0);
  return Object.fromEntries(took.map(([name, sessions]) => [name, all === 0 ? 0 : sessions / all]));
}
