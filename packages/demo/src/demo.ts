import { computed, type Signal, signal } from '@preact/signals';
import { answered } from './engine/answered.ts';
import { type Held, StageCamera } from './engine/camera.ts';
import { once } from './engine/code-canvas.ts';
import { control } from './engine/control.ts';
import {
  codeCanvasIn,
  forgetDevices,
  gateIn,
  nudge,
  onDevice,
  type StageGate,
  type StageWallet,
  walletIn,
} from './engine/devices.ts';
import { Documents } from './engine/documents.ts';
import { enrolGuests, type Guest, showGuest } from './engine/guests.ts';
import { inStep } from './engine/in-step.ts';
import { Measure } from './engine/measure.ts';
import { OldWay } from './engine/old-way.ts';
import { issuePaper, type PaperPass } from './engine/paper.ts';
import { listPeople } from './engine/people.ts';
import { holdStatement } from './engine/statement.ts';
import { type Tally, tallyOf } from './engine/tally.ts';
import type { Row, RunState, Setup, Story, StoryPerson } from './story.ts';

/** How often a guest holds the phone out again before they count as turned away. */
const TRIES = 4;
const PATIENCE_MS = 8000;
/** A code that was let in before is let in again without a second entry: nothing more is to be waited for then. */
const SAME_CODE_MS = 2500;
const RUN = 'munjigi-demo:run';
const ours = (name: string) => name.startsWith('munjigi-wallet:');

/** The demonstration: what the page shows, and what its buttons do. */
export class Demo {
  readonly documents = new Documents();
  readonly oldWay = new OldWay();
  readonly speed = new Measure();
  readonly language: Signal<'ko' | 'en'>;
  readonly setup = signal<Setup | null>(null);
  readonly state = signal<RunState | null>(null);
  readonly problem = signal(false);
  readonly person = signal<string>('');
  readonly paper = signal<PaperPass | null>(null);
  readonly rows = signal<readonly Row[]>([]);
  readonly total = signal(0);
  readonly waiting = signal(0);
  readonly nowMs = signal(Date.now());
  readonly answer = signal(false);
  readonly busy = signal<'' | 'begin' | 'stop' | 'guests' | 'recover'>('begin');
  readonly guestsDone = signal(0);
  readonly guestsReady = signal(false);
  readonly refused = signal(0);
  readonly closing = signal(false);
  readonly episodes = signal<readonly { readonly from: number }[]>([]);
  /** Counts up to load the frames anew. */
  readonly tablet = signal(0);
  /** Language in which the devices were opened; later they are switched without a reload. */
  readonly openedIn: 'ko' | 'en';
  readonly listed = signal<readonly StoryPerson[]>([]);
  readonly holding = signal(false);
  readonly story = computed<Story | null>(() => this.setup.value?.story ?? null);

  #camera: StageCamera | null = null;
  #walletFrame: HTMLIFrameElement | null = null;
  #gateFrame: HTMLIFrameElement | null = null;
  #gate: StageGate | null = null;
  #walletWaits: ((wallet: StageWallet) => void)[] = [];
  #guests: Guest[] = [];
  #entries = 0;
  #released: ReturnType<typeof setTimeout> | undefined;

  constructor(language: Signal<'ko' | 'en'>) {
    this.language = language;
    this.openedIn = language.peek();
  }

  /** People of the run: the story's, else the first ones of the demonstration's provider. */
  get people(): readonly StoryPerson[] {
    return this.story.value?.people ?? this.listed.value;
  }

  /** Takes a run up: what it is about, and who is in it. */
  async #take(setup: Setup): Promise<void> {
    if (!setup.story) this.listed.value = await listPeople();
    this.setup.value = setup;
  }

  async open(): Promise<void> {
    this.#camera = new StageCamera();
    const stage = { camera: () => this.#camera!.camera() };
    Object.defineProperty(window, 'munjigiStage', { value: stage, configurable: true });
    const state = await this.#watch();
    const known = localStorage.getItem(RUN);
    if (!state || state.phase === 'fresh' || known !== state.run) await this.begin();
    else {
      await this.#take(await control.setup());
      await this.documents.refresh();
      this.#choose(this.people[0]?.id ?? '');
      this.tablet.value += 1;
      this.busy.value = '';
      void this.#prepareGuests();
    }
    setInterval(() => void this.#watch(), 1000);
    setInterval(() => {
      this.nowMs.value = this.documents.nowMs();
    }, 250);
  }

  /** From the start: another venue, empty devices, 13:58. */
  async begin(): Promise<void> {
    this.busy.value = 'begin';
    this.closing.value = this.answer.value = false;
    this.tablet.value = 0;
    this.person.value = '';
    await new Promise((done) => setTimeout(done, 50));
    await forgetDevices(ours);
    const setup = await control.begin();
    await this.#take(setup);
    localStorage.setItem(RUN, setup.run);
    this.oldWay.clear();
    this.speed.clear();
    this.rows.value = [];
    this.total.value = this.waiting.value = this.guestsDone.value = this.refused.value = 0;
    this.#entries = 0;
    this.paper.value = null;
    this.episodes.value = [];
    await this.documents.refresh();
    this.tablet.value += 1;
    this.#choose(this.people[0]?.id ?? '');
    await this.#watch();
    await this.#enrolEverybody();
    await this.#prepareGuests();
    this.busy.value = '';
  }

  async #prepareGuests(): Promise<void> {
    this.guestsReady.value = false;
    const people = this.story.value?.guests.people ?? [];
    const count = people.length || 30;
    const grid = this.documents.policy.value ? { timeZone: this.documents.policy.value.timeZone } : null;
    try {
      const names = people.length > 0 ? people : this.people.map(({ id }) => id).slice(0, 1);
      this.#guests = await enrolGuests(count, names, grid);
      this.guestsReady.value = this.#guests.length === count;
    } catch {
      this.guestsReady.value = this.#guests.length > 0;
    }
    const sheet = this.people.find(({ shows }) => shows === 'paper');
    if (sheet && !this.paper.value) this.paper.value = await issuePaper(sheet.id).catch(() => null);
  }

  attachWallet(frame: HTMLIFrameElement): () => void {
    this.#walletFrame = frame;
    return onDevice(frame, walletIn, (wallet) => this.#walletStands(wallet));
  }

  /** Resolves to the wallet once it stands in its frame. */
  #wallet(): Promise<StageWallet> {
    const wallet = walletIn(this.#walletFrame);
    return wallet ? Promise.resolve(wallet) : new Promise((done) => this.#walletWaits.push(done));
  }

  #walletStands(wallet: StageWallet): void {
    wallet.look.language.value = this.language.peek();
    for (const done of this.#walletWaits.splice(0)) done(wallet);
  }

  /** Everybody's wallet fetches its passes while there is a server: that is what an outage does not take away. */
  async #enrolEverybody(): Promise<void> {
    const wallet = await this.#wallet();
    await wallet.ready;
    const [first, ...others] = this.people.filter(({ shows }) => shows === 'wallet');
    for (const person of others) await wallet.show(person.id);
    if (first) await wallet.show(first.id);
  }

  attachGate(frame: HTMLIFrameElement): () => void {
    this.#gateFrame = frame;
    return onDevice(frame, gateIn, (gate) => {
      this.#gate = gate;
      gate.language.value = this.language.peek();
      gate.waiting.subscribe((waiting) => {
        this.waiting.value = waiting;
      });
      gate.statements?.episodes.subscribe((episodes) => {
        this.episodes.value = episodes;
      });
      gate.lastEntry.subscribe((entry) => {
        if (entry) this.#entries = Math.max(this.#entries, entry.counter);
        void this.#readRows();
      });
      void gate.startShift().catch(() => {});
    });
  }

  choose(id: string): void {
    if (id !== this.person.value) this.#choose(id);
  }

  #choose(id: string): void {
    this.holding.value = false;
    this.#camera?.hold(null);
    this.person.value = id;
    const person = this.people.find((one) => one.id === id);
    if (person?.shows === 'wallet') void walletIn(this.#walletFrame)?.show(id);
  }

  /** Holds what stands at the left to the tablet until the tablet has answered. */
  async hold(): Promise<void> {
    if (!this.#gate || this.holding.value || this.busy.value === 'guests') return;
    this.holding.value = true;
    await inStep(this.#gate, this.documents);
    const person = this.people.find(({ id }) => id === this.person.value);
    const text =
      person?.shows === 'paper'
        ? (this.paper.value?.text ?? '')
        : (walletIn(this.#walletFrame)?.textNow() ?? '');
    this.holding.value = text !== '';
    if (text === '') return;
    const held: Held =
      person?.shows === 'paper'
        ? { kind: 'paper', code: once(text), lines: [person.name.ko, this.paper.value?.lastDay ?? ''] }
        : { kind: 'phone', code: () => codeCanvasIn(this.#walletFrame) };
    this.oldWay.scan(text);
    await this.#show(held, 7000, SAME_CODE_MS);
    clearTimeout(this.#released);
    this.#released = setTimeout(() => {
      this.#camera?.hold(null);
      this.holding.value = false;
    }, 700);
  }

  /** Thirty guests, one after the other, at the speed at which the tablet reads. */
  async admitGuests(): Promise<void> {
    if (!this.#camera || !this.#gate || this.busy.value !== '') return;
    this.busy.value = 'guests';
    for (const guest of this.#guests.slice(this.guestsDone.value)) {
      const before = this.#entries;
      let asked = false;
      let admitted = false;
      for (let tries = 0; tries < TRIES && this.#entries === before && !admitted; tries++) {
        await inStep(this.#gate, this.documents);
        const text = await showGuest(guest, this.documents.nowMs());
        if (!asked) this.oldWay.scan(text);
        asked = true;
        const began = performance.now();
        admitted = await this.#show({ kind: 'phone', code: once(text) }, PATIENCE_MS, PATIENCE_MS);
        if (this.#entries > before) this.speed.add(performance.now() - began);
      }
      if (this.#entries === before && !admitted) this.refused.value += 1;
      this.guestsDone.value += 1;
    }
    this.#camera.hold(null);
    this.busy.value = '';
  }

  #show(held: Held, patienceMs: number, admittedMs: number): Promise<boolean> {
    this.#camera?.hold(held);
    return this.#gate ? answered(this.#gate, patienceMs, admittedMs) : Promise.resolve(false);
  }

  async stop(): Promise<void> {
    await this.#press('stop', control.stop);
  }

  async recover(): Promise<void> {
    this.oldWay.giveUp();
    this.answer.value = false;
    this.closing.value = true;
    await this.#press('recover', control.recover);
  }

  async setWhatIf(on: boolean): Promise<void> {
    this.state.value = await control.whatIf(on);
    await this.#refreshAll();
  }

  async #press(name: 'stop' | 'recover', press: () => Promise<RunState>): Promise<void> {
    this.busy.value = name;
    try {
      this.state.value = await press();
      await this.#refreshAll();
    } catch {
      this.problem.value = true;
    } finally {
      this.busy.value = '';
    }
  }

  openStatements(): void {
    this.#gate?.show('statements');
  }

  async readStatement(): Promise<void> {
    if (!this.#gate || !this.#camera) return;
    this.holding.value = true;
    await holdStatement(this.#gate, this.#camera, PATIENCE_MS);
    this.holding.value = false;
  }

  reloadTablet(): void {
    this.#gateFrame?.contentWindow?.location.reload();
  }

  setLanguage(language: 'ko' | 'en'): void {
    this.language.value = language;
    const gate = gateIn(this.#gateFrame);
    if (gate) gate.language.value = language;
    const wallet = walletIn(this.#walletFrame);
    if (wallet) wallet.look.language.value = language;
  }

  tally(): Tally {
    return tallyOf(this.rows.value, this.#entries, this.waiting.value, this.refused.value);
  }

  async #watch(): Promise<RunState | null> {
    try {
      const before = this.state.peek();
      const state = await control.state();
      this.state.value = state;
      this.problem.value = false;
      const changed = await this.documents.refresh();
      if (changed || before?.service !== state.service) await this.#refreshAll();
      await this.#readRows();
      return state;
    } catch {
      this.problem.value = true;
      return null;
    }
  }

  async #refreshAll(): Promise<void> {
    await this.documents.refresh();
    this.nowMs.value = this.documents.nowMs();
    nudge(this.#gateFrame);
    nudge(this.#walletFrame);
  }

  async #readRows(): Promise<void> {
    if (this.state.peek()?.service !== 'running') return;
    const answer = await control.rows().catch(() => null);
    if (!answer) return;
    this.rows.value = answer.rows;
    this.total.value = answer.total;
  }
}
