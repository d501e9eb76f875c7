import type { CheckWord, Decision } from '@munjigi/core/gate';
import type { Appended, Speak } from '@munjigi/offline';
import type { RecordState, View } from '../model.ts';
import { ownDecision } from './decisions.ts';

/** What the door shows and tells; the engine turns it into signals. */
export interface DoorOutlet {
  show(view: View): void;
  /** What stands on the screen now. */
  view(): View;
  party(): Party;
  setParty(party: Party): void;
  language(): 'ko' | 'en';
  /** An entry was saved (or could not be). `at` in milliseconds. */
  saved(appended: Appended, at: number): void;
  /** Counter up to which the register has confirmed. */
  confirmed(): number;
  /** A guest was let in without an entry: nothing is recorded today, or the device had no room. */
  letIn(check: CheckWord, why: 'unrecorded' | 'not-saved'): void;
  /** Staff let somebody in by a proof of this kind, which they saw. */
  saw(kind: string): void;
}

export type Party = 'unknown' | 'alone' | 'group';

const TONES = { admit: 'admit', 'another-proof': 'another', 'cannot-tell': 'cannot' } as const;
/** How long a plain ● stands, where nobody else comes: long enough to be seen, short enough for the next. */
export const ADMIT_MS = 1_600;

/** One answer at a time on the screen, with its sound, and where its entry stands: checked, saved, confirmed, not saved. */
export class VerdictScreen {
  #leave: ReturnType<typeof setTimeout> | null = null;
  #counter: number | null = null;

  constructor(
    private readonly outlet: DoorOutlet,
    private readonly speak: Speak,
    private readonly onLeave: () => void,
  ) {}

  /**
   * Shows an answer and sounds it. A plain ● makes way by itself; everything that staff have to answer stays.
   * @param counter of the entry that this answer belongs to, where it is known already
   */
  say(decision: Decision, record: RecordState, counter: number | null = null, holdMs = ADMIT_MS): void {
    this.stay();
    this.#counter = counter;
    const at = performance.timeOrigin + performance.now();
    this.outlet.show({ name: 'verdict', decision, record, at });
    this.speak.tone(TONES[decision.verdict]);
    this.speak.say(decision.reason, this.outlet.language());
    if (decision.reason !== 'none' && (decision.verdict !== 'admit' || decision.next.length > 0)) return;
    this.#leave = setTimeout(() => {
      const view = this.outlet.view();
      if (view.name === 'verdict' && view.at === at) this.onLeave();
    }, holdMs);
  }

  /** Waits for the entry of the answer on the screen, and says what became of it. */
  async written(decision: Decision, writing: Promise<Appended>): Promise<Appended> {
    const before = this.outlet.view();
    const done = await writing;
    const at = done.state === 'saved' ? done.kept.entry.enteredAt * 1000 : Date.now();
    this.outlet.saved(done, at);
    if (done.state === 'not-saved') {
      this.outlet.letIn(decision.check, 'not-saved');
      this.say(
        ownDecision('not-saved', { check: decision.check, parameters: decision.parameters }),
        'not-saved',
      );
      return done;
    }
    const view = this.outlet.view();
    if (view.name === 'verdict' && before.name === 'verdict' && view.at === before.at) {
      const { counter } = done.kept;
      this.#counter = counter;
      this.outlet.show({ ...view, record: counter <= this.outlet.confirmed() ? 'confirmed' : 'saved' });
    }
    return done;
  }

  /** A receipt covers everything up to this counter. */
  confirmed(counter: number): void {
    const view = this.outlet.view();
    const isCovered = this.#counter !== null && this.#counter <= counter;
    if (view.name === 'verdict' && view.record === 'saved' && isCovered)
      this.outlet.show({ ...view, record: 'confirmed' });
  }

  /** The answer stays until something else is shown. */
  stay(): void {
    if (this.#leave) clearTimeout(this.#leave);
    this.#leave = null;
  }
}
