import { toHex } from '@munjigi/core/encoding';
import { presentPass, presentSubject } from '@munjigi/core/entry-pass';
import type { Subject } from '@munjigi/core/gate';
import type { PassGrid } from '@munjigi/core/trust';
import { DeviceDatabase } from '../storage/database.ts';
import { deviceSigner } from '../storage/device-key.ts';
import { randomShare } from '../storage/random.ts';
import { prepareBatch, readBatch } from './batch.ts';
import { nextShowing, type Showing } from './showing.ts';
import type {
  DiaryNote,
  Enrolment,
  HeldPass,
  IssuedBatch,
  KeptVisit,
  PreparedBatch,
  Shown,
} from './types.ts';
import { type WithdrawnRenewal, withdrawnRenewal } from './withdrawn.ts';

const STORES = [
  { name: 'meta' },
  { name: 'trust' },
  { name: 'passes', keyPath: 'id', autoIncrement: true },
  { name: 'diary', keyPath: 'id', autoIncrement: true },
  { name: 'notices', keyPath: 'id', autoIncrement: true },
  { name: 'visits', keyPath: 'visit' },
];

/** The notice secret of a pass that was shown: it outlives the pass, for as long as the visit may be looked up. */
interface ShownNotice {
  readonly id: number;
  readonly notice: Uint8Array;
  /** Seconds. */
  readonly shownAt: number;
}

/** How often a running showing is written down: often enough for a reload, seldom enough for the phone's storage. */
const KEEP_SECONDS = 60;

/** Everything a wallet keeps. A profile is a wallet of its own, as the demonstration shows several phones in one browser. */
export class HolderStore {
  /** Also holds the store `trust`, for the documents of the authority. */
  readonly database: DeviceDatabase;
  #showing: Showing | null = null;
  /** As it stands on the disk, so that a page that is loaded anew goes on with the same pass; undefined until it was read. */
  #keptShowing: Showing | null | undefined;
  #graceSeconds = 0;
  #isWithdrawn: (pass: HeldPass) => boolean = () => false;

  constructor(profile?: string) {
    this.database = new DeviceDatabase({
      name: profile ? `munjigi-wallet:${profile}` : 'munjigi-wallet',
      version: 3,
      stores: STORES,
    });
  }

  async enrolment(): Promise<Enrolment | null> {
    return (await this.setting<Enrolment>('enrolment')) ?? null;
  }

  /** Keeps who is enrolled; passes of an earlier enrolment are dropped, and of another person what they showed. */
  async enrol(enrolment: Enrolment): Promise<void> {
    const before = (await this.enrolment())?.person;
    const isSame = before?.name === enrolment.person.name && before.birthDate === enrolment.person.birthDate;
    this.#showing = this.#keptShowing = null;
    await this.database.write(['meta', 'passes', 'notices'], (t) => {
      t.objectStore('passes').clear();
      if (!isSame) {
        t.objectStore('notices').clear();
        t.objectStore('meta').delete('lookups');
      }
      t.objectStore('meta').delete('showing');
      t.objectStore('meta').put(enrolment, 'enrolment');
    });
  }

  /** Keeps new certificates or a new nonce, passes untouched. */
  async update(enrolment: Enrolment): Promise<void> {
    await this.setSetting('enrolment', enrolment);
  }

  /** A value under a name of the wallet's own: settings, reminders told, the clock. */
  setting<T>(name: string): Promise<T | undefined> {
    return this.database.read(['meta'], (t) => t.objectStore('meta').get(name)) as Promise<T | undefined>;
  }

  async setSetting(name: string, value: unknown): Promise<void> {
    await this.database.write(['meta'], (t) => t.objectStore('meta').put(value, name));
  }

  /** Keys and proofs for the next batch, over the nonce that the issuer gave last. */
  prepareBatch(count: number, nonce: string): Promise<PreparedBatch> {
    return prepareBatch(count, nonce);
  }

  /**
   * Checks an answer of the issuer and keeps its passes in place of those never shown; ended ones go. Refused as a whole
   * where one pass is off its grid. Throws `pass.claims`, `pass.key`.
   */
  async acceptBatch(
    prepared: PreparedBatch,
    answer: IssuedBatch,
    grid: PassGrid | null,
    now: number,
  ): Promise<void> {
    const enrolment = await this.enrolment();
    const fresh = readBatch(prepared, answer, grid);
    const old = await this.passes();
    const { renewAfter, nonce, certificates } = answer;
    await this.database.write(['meta', 'passes'], (t) => {
      const passes = t.objectStore('passes');
      for (const pass of old) {
        if (
          pass.id !== this.#showing?.passId &&
          (pass.shownAt === null || pass.expiresAt <= now || this.#isWithdrawn(pass))
        )
          passes.delete(pass.id);
      }
      for (const pass of fresh) passes.add(pass);
      if (enrolment)
        t.objectStore('meta').put({ ...enrolment, renewAfter, nonce, certificates }, 'enrolment');
    });
  }

  passes(): Promise<HeldPass[]> {
    return this.database.read(['passes'], (t) => t.objectStore('passes').getAll()) as Promise<HeldPass[]>;
  }

  /** True where a batch is due: by the moment that the server drew at random, or because fewer than `least` are fresh. */
  async renewalDue(now: number, least = 5): Promise<boolean> {
    const enrolment = await this.enrolment();
    if (!enrolment) return false;
    const passes = await this.passes();
    const dead = passes.filter((pass) => pass.expiresAt > now && this.#isWithdrawn(pass));
    if (dead.length > 0) return now >= (await this.#renewalOf(dead, now));
    const fresh = passes.filter((pass) => pass.shownAt === null && pass.expiresAt > now);
    return enrolment.renewAfter === null || now >= enrolment.renewAfter || fresh.length < least;
  }

  /** Tells which issuer keys were withdrawn, by the rules in use: their passes are shown no more. */
  follow(isWithdrawn: (kid: Uint8Array) => boolean): void {
    this.#isWithdrawn = ({ kid }) => isWithdrawn(kid);
  }

  /** Tells for how many seconds past their end passes may be shown, by the signed word in force. */
  allow(graceSeconds: number): void {
    this.#graceSeconds = graceSeconds;
  }

  /** When passes of withdrawn keys are to be replaced: drawn once, and kept. */
  async #renewalOf(dead: readonly HeldPass[], now: number): Promise<number> {
    const kept = (await this.setting<WithdrawnRenewal>('withdrawn-renewal')) ?? null;
    const due = withdrawnRenewal(
      kept,
      dead.map(({ kid }) => toHex(kid)),
      now,
      randomShare,
    )!;
    if (due !== kept) await this.setSetting('withdrawn-renewal', due);
    return due.at;
  }

  /**
   * The code to draw now, or null where no pass lives. One showing keeps one pass; that it was shown is on the disk before
   * the code is on the screen. `now` in seconds of the corrected clock.
   */
  async presentNext(now: number, lane: 0 | 1): Promise<Shown | null> {
    const next = await this.#nextPass(now);
    if (!next) return null;
    const { pass, reused, isNew } = next;
    const text = await presentPass(pass.pass, deviceSigner(pass.key), Math.floor(now), lane);
    return { text, pass, lane, reused, isNew };
  }

  /** Proof that this phone's holder wrote a visit now, for its sealed box; null where no pass lives. Takes a pass as a code does. */
  async proofOfVisit(now: number): Promise<Subject | null> {
    const next = await this.#nextPass(now);
    return next && presentSubject(next.pass.pass, deviceSigner(next.pass.key), Math.floor(now));
  }

  /** The pass of the showing that runs, or of a new one; that it was shown is on the disk when this resolves. */
  async #nextPass(now: number): Promise<Pick<Shown, 'pass' | 'reused' | 'isNew'> | null> {
    if (this.#keptShowing === undefined) {
      this.#keptShowing = (await this.setting<Showing>('showing')) ?? null;
      this.#showing ??= this.#keptShowing;
    }
    const passes = (await this.passes()).filter((pass) => !this.#isWithdrawn(pass));
    const showing = nextShowing(this.#showing, passes, now, randomShare, this.#graceSeconds);
    const pass = passes.find((one) => one.id === showing?.passId);
    if (!showing || !pass) return null;
    const isNew = showing.startedAt !== this.#showing?.startedAt || showing.passId !== this.#showing.passId;
    this.#showing = showing;
    if (isNew || now - (this.#keptShowing?.lastShownAt ?? 0) >= KEEP_SECONDS) {
      await this.database.write(['meta', 'passes', 'notices'], (t) => {
        if (isNew) {
          t.objectStore('passes').put({ ...pass, shownAt: Math.floor(now) });
          t.objectStore('notices').add({ notice: pass.notice, shownAt: Math.floor(now) });
        }
        t.objectStore('meta').put(showing, 'showing');
      });
      this.#keptShowing = showing;
    }
    return { pass, reused: showing.reused, isNew };
  }

  /** Keeps a visit and its line in the diary, in one write. */
  async addVisit(visit: KeptVisit, place: string): Promise<void> {
    await this.database.write(['visits', 'diary'], (t) => {
      t.objectStore('visits').put(visit);
      t.objectStore('diary').add({ at: visit.at, place });
    });
  }

  /** Visits that the register does not have, or is to be told of once more; the oldest first. */
  async visits(): Promise<KeptVisit[]> {
    const kept = (await this.database.read(['visits'], (t) =>
      t.objectStore('visits').getAll(),
    )) as KeptVisit[];
    return kept.sort((a, b) => a.at - b.at);
  }

  /**
   * The register has it, and is told once more from an instant on (milliseconds of the wall clock). Where its line in the diary was
   * forgotten meanwhile nothing of it stays.
   */
  async visitTold(visit: string, again: number): Promise<void> {
    await this.#changeVisit(visit, { again }, (kept, lines) => lines.some(({ at }) => at === kept.at));
  }

  /** The register has it for good: nothing of it stays but the line in the diary. */
  async visitDone(visit: string): Promise<void> {
    await this.database.write(['visits'], (t) => t.objectStore('visits').delete(visit));
  }

  async visitRefused(visit: string): Promise<void> {
    await this.#changeVisit(visit, { refused: true });
  }

  /** Changes a visit that is still there, in one transaction: another tab may be done with it. */
  async #changeVisit(
    visit: string,
    change: Partial<KeptVisit>,
    stays: (kept: KeptVisit, lines: readonly DiaryNote[]) => boolean = () => true,
  ): Promise<void> {
    await this.database.write(['visits', 'diary'], (t) => {
      const visits = t.objectStore('visits');
      const [found, lines] = [visits.get(visit), t.objectStore('diary').getAll()];
      // Requests are answered in their order.
      lines.onsuccess = () => {
        const kept = found.result as KeptVisit | undefined;
        if (!kept) return;
        if (stays(kept, lines.result as DiaryNote[])) visits.put({ ...kept, ...change });
        else visits.delete(visit);
      };
    });
  }

  /** Notice secrets of the passes that were shown and may still be looked up. */
  async notices(): Promise<Uint8Array[]> {
    return (await this.shownNotices()).map(({ notice }) => notice);
  }

  /** Forgets the secrets of showings before an instant (seconds). */
  async forgetNoticesBefore(at: number): Promise<void> {
    const old = (await this.shownNotices()).filter(({ shownAt }) => shownAt < at);
    if (old.length === 0) return;
    await this.database.write(['notices'], (t) => {
      for (const { id } of old) t.objectStore('notices').delete(id);
    });
  }

  private shownNotices(): Promise<ShownNotice[]> {
    return this.database.read(['notices'], (t) => t.objectStore('notices').getAll()) as Promise<
      ShownNotice[]
    >;
  }

  async diary(): Promise<DiaryNote[]> {
    return (await this.database.read(['diary'], (t) => t.objectStore('diary').getAll())) as DiaryNote[];
  }

  async addToDiary(at: number, place = ''): Promise<void> {
    await this.database.write(['diary'], (t) => t.objectStore('diary').add({ at, place }));
  }

  async notePlace(note: DiaryNote): Promise<void> {
    await this.database.write(['diary'], (t) => t.objectStore('diary').put(note));
  }

  /** Forgets one visit, or all of them. What the register does not have yet is still sent; nothing is told of it once more. */
  async forget(id?: number): Promise<void> {
    const forgotten = id === undefined ? null : (await this.diary()).find((note) => note.id === id);
    const told = (await this.visits()).filter(
      ({ again, at }) => again !== null && (forgotten === null || at === forgotten?.at),
    );
    await this.database.write(['diary', 'visits'], (t) => {
      if (id === undefined) t.objectStore('diary').clear();
      else t.objectStore('diary').delete(id);
      for (const { visit } of told) t.objectStore('visits').delete(visit);
    });
  }

  /** Forgets visits before an instant (seconds), also those that the register never took. */
  async forgetBefore(at: number): Promise<void> {
    const late = (await this.visits()).filter((visit) => visit.at < at);
    if (late.length > 0)
      await this.database.write(['visits'], (t) => {
        for (const { visit } of late) t.objectStore('visits').delete(visit);
      });
    const old = (await this.diary()).filter((note) => note.at < at);
    if (old.length === 0) return;
    await this.database.write(['diary'], (t) => {
      for (const { id } of old) t.objectStore('diary').delete(id);
    });
  }
}
