import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '@munjigi/core/encoding';
import { addDays, compilePolicy } from '@munjigi/core/rules';
import { sealSubject } from '@munjigi/core/sealed';
import { type Bundle, dayKeyFor, openBundle, openRoot } from '@munjigi/core/trust';
import { createService, openLog, readSettings, type Service } from '@munjigi/service';
import { type KeyFolder, nodeCrypto, openKeyFolder, random } from '@munjigi/service/crypto';
import { type Database, migrate } from '@munjigi/service/db';
import { type RetentionReport, type RetentionRun, retentionReport } from '@munjigi/service/retention';
import { readPackFolder } from '../../packages/service/src/config/pack-folder.ts';
import type { DeskName } from '../../packages/service/src/lib/desk.ts';
import { openTestEmbedded, type TestDatabase, type TestEngine, tempFolder } from './databases.ts';
import { enrol, newVenue, type TestGate } from './register.ts';
import { POLICY, provenKeys } from './service.ts';

export const DESKS = ['issuer', 'register', 'authority'] as const satisfies readonly DeskName[];
const crypto = nodeCrypto();

/** The three desks on databases of one engine, with a clock that the test moves from day to day at two in the afternoon. */
export class RetentionWorld {
  readonly data = tempFolder('retention');
  readonly policy = compilePolicy(readPackFolder(POLICY));
  service!: Service;
  gate!: TestGate;
  today = '2022-01-06';
  private enrolment!: { secret: string; nonce: string };

  private constructor(private readonly bases: ReadonlyMap<DeskName, TestDatabase>) {}

  static async open(engine: Pick<TestEngine, 'fresh'>): Promise<RetentionWorld> {
    const bases = new Map<DeskName, TestDatabase>();
    for (const desk of DESKS) bases.set(desk, await engine.fresh());
    return new RetentionWorld(bases).begin();
  }

  /** The same on embedded databases in the data folder itself, where the commands look for them. */
  static inFolder(): Promise<RetentionWorld> {
    const bases = new Map<DeskName, TestDatabase>();
    const world = new RetentionWorld(bases);
    for (const desk of DESKS) bases.set(desk, baseIn(join(world.data, desk)));
    return world.begin();
  }

  private async begin(): Promise<RetentionWorld> {
    await this.start();
    const register = this.service.desks.register!;
    this.gate = await enrol(register, await newVenue(register));
    const { json } = await this.post('/api/issuer/enrolments', {
      provider: 'demonstration',
      assertion: { person: 'haneul' },
    });
    this.enrolment = { secret: json.enrolment, nonce: json.nonce };
    return this;
  }

  nowMs(): number {
    return (this.policy.calendar.startOf(this.today) + 14 * 3600) * 1000;
  }

  async start(): Promise<void> {
    const flags = { data: this.data, exercise: true, log: 'silent', port: '0' };
    this.service = await createService(readSettings(flags, {}, POLICY), {
      log: openLog('silent'),
      everyMs: 3_600_000,
      machine: () => this.nowMs(),
      openDatabase: async (desk) => {
        const db = await this.bases.get(desk)!.reopen();
        await migrate(db, desk, 0);
        return db;
      },
    });
  }

  stop(): Promise<void> {
    return this.service.close(0);
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
  async post(url: string, payload: object): Promise<{ status: number; json: any }> {
    const answer = await this.service.server.inject({ method: 'POST', url, payload });
    return { status: answer.statusCode, json: JSON.parse(answer.payload) };
  }

  async bundle(): Promise<Bundle> {
    const { authority } = this.service.desks;
    await authority!.refresh();
    const root = await openRoot(authority!.document('root')!, crypto);
    return (await openBundle(authority!.document('bundle')!, root, crypto)).bundle;
  }

  /** The wallet's enrolment, as it stands. */
  enrolled(): { readonly enrolment: string; readonly nonce: string } {
    return { enrolment: this.enrolment.secret, nonce: this.enrolment.nonce };
  }

  nextNonce(nonce: string): void {
    this.enrolment = { ...this.enrolment, nonce };
  }

  keysFor(nonce: string): { key: string; proof: string }[] {
    return provenKeys(fromBase64(nonce), 1).map(({ key, proof }) => ({ key, proof }));
  }

  /** A day at the door: guests with passes of that day, their boxes sealed for real, sent and stored. */
  async live(guests = 2): Promise<readonly string[]> {
    const issued = await this.post('/api/issuer/batches', {
      enrolment: this.enrolment.secret,
      nonce: this.enrolment.nonce,
      keys: this.keysFor(this.enrolment.nonce),
    });
    if (issued.status !== 200) throw new Error(`No passes: ${JSON.stringify(issued.json)}`);
    this.enrolment = { ...this.enrolment, nonce: issued.json.nonce };

    const dayKey = dayKeyFor(await this.bundle(), this.today)!;
    const [at, from] = [this.nowMs() / 1000, this.gate.head.counter + 1];
    for (let n = 0; n < guests; n++) {
      const place = {
        venueId: this.gate.venueId,
        day: this.today,
        gate: this.gate.thumbprint,
        counter: this.gate.head.counter + 1,
        check: 'scan',
        record: 'typed',
        kind: 'entry',
      } as const;
      const subject = { kind: 'phone', number: `0100000${String(place.counter).padStart(4, '0')}` } as const;
      const box = await sealSubject({ subject, place, dayKey: dayKey.publicKey, ekm: random(32) });
      this.gate.append(1, at, { subject: box, record: 'typed', dayKeyId: dayKey.keyId });
    }
    const { results } = await this.service.desks.register!.ingest(await this.gate.batch(from));
    return results.map(({ result }) => result);
  }

  endDays(): Promise<RetentionRun> {
    return this.service.endDays();
  }

  nextDay(days = 1): void {
    this.today = addDays(this.today, days);
  }

  /** What the key stores hold now. */
  async stores(): Promise<ReadonlyMap<DeskName, KeyFolder>> {
    const stores = new Map<DeskName, KeyFolder>();
    for (const desk of DESKS) stores.set(desk, await openKeyFolder(join(this.data, 'keys', desk)));
    return stores;
  }

  /** The report over the databases as they are. The service must be stopped. @param date first day that may open */
  async report(date: string): Promise<RetentionReport> {
    const open = await this.places();
    const report = await retentionReport({
      date,
      policy: this.policy,
      stores: await this.stores(),
      places: open,
    });
    for (const { db } of open) await db.close();
    return report;
  }

  /** The databases, opened to be looked into. */
  async places(): Promise<{ name: string; db: Database }[]> {
    const open: { name: string; db: Database }[] = [];
    for (const [name, test] of this.bases) open.push({ name, db: await test.reopen() });
    return open;
  }

  /** Keeps a copy of all databases. The service must be stopped. Key stores are in no backup. */
  async backUp(): Promise<void> {
    for (const test of this.bases.values()) await test.keepCopy();
  }

  /** Puts the copies in place of the databases. */
  async restore(): Promise<void> {
    for (const test of this.bases.values()) await test.putBack();
  }

  /** Keeps the key stores as well, which no backup does: only so that a test can show what they would have opened. */
  stealKeys(to: string): void {
    cpSync(join(this.data, 'keys'), to, { recursive: true });
  }

  async done(): Promise<void> {
    await this.stop();
    for (const test of this.bases.values()) {
      const db = await test.reopen();
      await test.done();
      await db.close();
    }
  }
}

/** A database in a folder, which is only ever opened and closed. */
function baseIn(folder: string): TestDatabase {
  const never = (): never => {
    throw new Error('Only opened and closed.');
  };
  return {
    get db(): Database {
      return never();
    },
    again: async () => null,
    reopen: () => openTestEmbedded(folder),
    keepCopy: never,
    putBack: never,
    done: async () => {},
  };
}
