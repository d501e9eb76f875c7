import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Crowd, type GateTerms, startCrowd } from '../crowd/index.ts';
import {
  canaryKeysFile,
  haproxyProgram,
  isThere,
  openService,
  type PrivatePostgres,
  type ServiceStage,
  startPostgres,
} from '../stage/index.ts';
import { callProvider, openLadder } from './ladder.ts';
import { Noticing } from './noticing.ts';
import type { Drill, DrillRecord } from './types.ts';

/** A drill that cannot be played here: the message says what is missing. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/** Everything that a drill is played with, open. */
export interface Opened {
  readonly folder: string;
  readonly postgres: PrivatePostgres;
  /** All database servers. */
  readonly databases: PrivatePostgres[];
  readonly service: ServiceStage;
  readonly crowd: Crowd;
  readonly noticing: Noticing;
}

/** What was opened and has to be closed, the last first. */
export class Closing {
  readonly #ends: (() => Promise<unknown> | unknown)[] = [];

  add(end: () => Promise<unknown> | unknown): void {
    this.#ends.unshift(end);
  }

  /** One end that fails keeps no other from being tried. */
  async all(): Promise<void> {
    for (const end of this.#ends.splice(0))
      await Promise.resolve()
        .then(end)
        .catch(() => {});
  }
}

const VENUES = 8;
/** Settings of every database server of a drill. */
export const DATABASE = { max_connections: '120', max_wal_senders: '8', wal_level: 'replica' };

/** A folder of the drill's own, which a database's user may read too. */
export function drillFolder(closing: Closing): string {
  const folder = mkdtempSync(join(tmpdir(), 'munjigi-drill-'));
  chmodSync(folder, 0o755);
  closing.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A database server of a drill. Throws `NotHere`. */
export async function drillPostgres(closing: Closing): Promise<PrivatePostgres> {
  const postgres = await startPostgres(DATABASE);
  if (!isThere(postgres)) throw new NotHere(postgres.reason);
  closing.add(() => postgres.remove());
  return postgres;
}

/** Starts everything from an empty machine. Throws `NotHere` where something that it needs is missing. */
export async function open(
  drill: Drill,
  record: DrillRecord,
  closing: Closing,
  note: (what: string) => void,
): Promise<Opened> {
  if (haproxyProgram() === null) throw new NotHere('HAProxy is not installed');
  const folder = drillFolder(closing);
  const [postgres, authorityPostgres] = [await drillPostgres(closing), await drillPostgres(closing)];
  const { canary = [], ...setting } =
    (await drill.setUp?.({ folder, postgres, atEnd: (end) => closing.add(end) })) ?? {};
  const secret = callProvider(folder);
  const service = await openService({
    folder,
    postgres,
    authorityPostgres,
    story: record.story,
    authorityFlags: ['--canary-keys', canaryKeysFile(folder)],
    ...setting,
  });
  closing.add(() => service.close());
  note('three nodes behind the balancer, the authority aside, a mirror behind neither');
  const gates = drill.gates ?? 40;
  const terms = await venues(service, record.venue, gates);
  const issuer = `http://127.0.0.1:${service.balancer.port}/api/issuer`;
  const crowd = await startCrowd();
  closing.add(() => crowd.end());
  const passes = await crowd.join({
    seed: 20_220_106,
    gates: terms,
    issuer,
    guests: record.guests,
    wallets: 10,
    passesEach: 40,
  });
  note(`${gates} gates have joined, ${passes} passes are on phones`);
  await crowd.ladder(await openLadder(service, record, secret));
  note('guests come by eye, by call, by poster and on paper too');
  const doors = (await drill.doors?.(service, (end) => closing.add(end))) ?? {};
  const noticing = await Noticing.open({ folder, service, venue: record.venue, doors, flags: canary }, note);
  closing.add(() => noticing.stop());
  return { folder, postgres, databases: [postgres, authorityPostgres], service, crowd, noticing };
}

/** Venues with a code for each of their gates. */
async function venues(
  service: ServiceStage,
  venue: DrillRecord['venue'],
  gates: number,
): Promise<GateTerms[]> {
  const register = `http://127.0.0.1:${service.balancer.port}/api/register`;
  const made: { venueId: number; enrolmentCode: string }[] = [];
  for (let one = 0; one < Math.min(gates, VENUES); one++)
    made.push(
      await service.call('/api/register/venues', { name: `venue ${one + 1}`, ...venue }, { operator: true }),
    );
  const all: GateTerms[] = [];
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
    all.push({ venueId, enrolmentCode, venue, register, mirrors: [service.mirror.address] });
  }
  return all;
}
