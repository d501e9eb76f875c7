import type { Appended, GateStore, Recorder, SeenBefore } from '@munjigi/offline';
import { unconfirmedIn } from './enrolment.ts';
import type { GateSignals } from './gate-signals.ts';

/** Keeps the counts on the screen in step with what the device holds and the register has confirmed. */
export class Ledger {
  /** Entries of older chains of this device that wait. */
  #older = 0;

  constructor(
    private readonly signals: GateSignals,
    private readonly store: GateStore,
    private readonly recorder: Recorder,
    private readonly seen: SeenBefore,
    /** Something new waits to be sent. */
    private readonly onSaved: () => void,
  ) {}

  /** Reads head and newest receipt again. */
  async count(): Promise<void> {
    const { waiting, confirmed, lastEntry } = this.signals;
    const head = await this.recorder.outbox.head();
    confirmed.value = (await this.store.newestReceipt())?.counter ?? 0;
    const own = Math.max(0, head.counter - confirmed.value);
    this.#older = Math.max(0, (await unconfirmedIn(this.store)) - own);
    waiting.value = own + this.#older;
    const last = lastEntry.value;
    if (last?.record === 'saved' && last.counter <= confirmed.value)
      lastEntry.value = { ...last, record: 'confirmed' };
  }

  /** This device writes another chain from now on: the last entry is of the old one, where nothing is cancelled any more. */
  async renewed(): Promise<void> {
    this.signals.lastEntry.value = null;
    await this.count();
  }

  /** The last entry as the device holds it, after a reload. */
  async readBack(): Promise<void> {
    await this.count();
    const last = await this.recorder.last();
    if (!last) return;
    const { counter, enteredAt } = last.entry;
    const record = counter <= this.signals.confirmed.value ? 'confirmed' : 'saved';
    this.signals.lastEntry.value = { at: enteredAt * 1000, counter, record, voided: last.voided };
  }

  /** An entry was written down, or could not be. */
  saved(appended: Appended, at: number): void {
    const { lastEntry, waiting, confirmed, unsaved } = this.signals;
    unsaved.value = this.recorder.outbox.unsaved;
    if (appended.state === 'not-saved') {
      lastEntry.value = { at, counter: 0, record: 'not-saved', voided: false };
      return;
    }
    const { counter, entry } = appended.kept;
    waiting.value = counter - confirmed.value + this.#older;
    if (entry.kind === 'entry') lastEntry.value = { at, counter, record: 'saved', voided: false };
    this.onSaved();
  }

  /** Cancels the last entry by a further one. The guest may come again. */
  async voidLast(): Promise<void> {
    const newest = await this.recorder.last();
    if (!newest || newest.voided) return;
    const { counter, enteredAt } = newest.entry;
    const done = await this.recorder.cancel(counter, newest.gate);
    this.saved(done, enteredAt * 1000);
    if (done.state === 'not-saved') return;
    await this.seen.forgetEntry(counter);
    this.signals.lastEntry.value = { at: enteredAt * 1000, counter, record: 'saved', voided: true };
  }

  /** Tries to write what the device had no room for. */
  async retry(): Promise<void> {
    if (this.recorder.outbox.unsaved === 0) return;
    this.signals.unsaved.value = await this.recorder.outbox.retryUnsaved();
    await this.count();
    this.onSaved();
  }
}
