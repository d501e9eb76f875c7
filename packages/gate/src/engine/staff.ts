import type { CheckWord, Decision, RecordWord, Subject } from '@munjigi/core/gate';
import { parseTyped } from '@munjigi/core/rules';
import { ownDecision, staffReason } from './decisions.ts';
import type { Door } from './door.ts';
import { ADMIT_MS } from './verdict-screen.ts';

export type TypedKind = 'safety-code' | 'phone' | 'sheet-line';
export type Answer = 'advised' | 'same-guest' | 'hint-matches' | 'none' | 'other-proof';

/** How long the last word to a guest stands, where staff do nothing more. */
const LAST_WORD_MS = ADMIT_MS * 2.5;

/** What people at the door do: look, ask, type, and answer what a code left open. A check and a record are two things. */
export class Staff {
  /** A check by people that was written without saying who came; what is typed next belongs to it. */
  #unnamed: { readonly counter: number; readonly check: CheckWord } | null = null;

  constructor(private readonly door: Door) {
    door.onNextGuest = () => this.forget();
  }

  /** [seen], [asked], [on their own], age seen. The code just shown, where one was, is who was here. `kind` is what was seen, of the pack's. */
  async admit(check: CheckWord, given?: Subject, kind?: string): Promise<void> {
    const { door } = this;
    const { recorder } = door.parts;
    const shown = door.genuine();
    const subject = given ?? shown?.subject ?? null;
    const decision = this.#word(check, subject === null);
    if (decision.verdict !== 'admit') return door.screen.say(decision, 'checked');
    this.#unnamed = null;
    if (kind !== undefined) door.parts.outlet.saw(kind);
    door.screen.say(decision, 'checked');
    door.guestIsDone();
    if (!decision.record) return door.parts.outlet.letIn(decision.check, 'unrecorded');
    const record: RecordWord = given ? wordOf(given) : subject ? 'scan' : 'none';
    const done = await door.screen.written(
      decision,
      recorder.record({ check: decision.check, record, subject }, shown?.tag ?? null),
    );
    if (done.state === 'saved' && subject === null) this.#unnamed = { counter: done.kept.counter, check };
  }

  /** The decision of a check by people: the rules', or without rules the plain word, which keeps the door open. */
  #word(check: CheckWord, unnamed: boolean): Decision {
    const alone = check === 'not-required' && this.door.parts.outlet.party() === 'alone';
    const answer = check === 'eye' || check === 'verbal' ? check : alone ? 'alone' : 'not-required';
    const decision =
      this.door.decideByStaff(answer) ?? ownDecision(staffReason(check), { check, record: true });
    return decision.verdict === 'admit'
      ? { ...decision, next: unnamed && decision.record ? ['typed'] : [] }
      : decision;
  }

  /**
   * Records who was here as staff typed it, sealed at once. Right after a check by people it becomes one entry with that check:
   * the one without a name is cancelled on the chain. False where the pack's syntax does not take it.
   */
  async type(kind: TypedKind, value: string): Promise<boolean> {
    const { rules, recorder } = this.door.parts;
    const parsed = rules.policy && parseTyped(rules.policy, kind, value);
    if (!parsed) return false;
    const subject = typedSubject(kind, parsed);
    const unnamed = this.#unnamed;
    this.#unnamed = null;
    if (unnamed) await recorder.cancel(unnamed.counter);
    const check = unnamed?.check ?? 'not-made';
    const decision = ownDecision(unnamed ? staffReason(check) : 'ok', {
      check,
      record: true,
    });
    const done = await this.door.screen.written(
      decision,
      recorder.record({ check, record: wordOf(subject), subject }),
    );
    if (done.state === 'saved') this.door.toScan();
    return true;
  }

  /**
   * The guest has called the venue's number, which is an entry of its own: this one says how their proof was looked at, and that
   * they called.
   */
  async called(): Promise<void> {
    const { recorder } = this.door.parts;
    const unnamed = this.#unnamed;
    this.#unnamed = null;
    if (unnamed) await recorder.cancel(unnamed.counter);
    const check = unnamed?.check ?? 'not-made';
    const decision = ownDecision(unnamed ? staffReason(check) : 'ok', { check, record: true });
    const done = await this.door.screen.written(
      decision,
      recorder.record({ check, record: 'call', subject: null }),
    );
    if (done.state === 'saved') this.door.toScan();
  }

  /** [advised], [same guest], [same], [no other proof], [show another proof]. */
  async answer(step: Answer): Promise<void> {
    const { door } = this;
    const { guest } = door;
    this.#unnamed = null;
    if (step === 'none') {
      door.screen.say(ownDecision('none'), 'checked', null, LAST_WORD_MS);
      door.guestIsDone();
      return;
    }
    if (step === 'other-proof' || !guest) return door.toScan();
    if (step === 'hint-matches') return door.decideAgain(guest, { compared: true });
    if (step === 'same-guest') return door.decideAgain(guest, { sameGuest: true });
    const shown = door.genuine();
    if (door.admission()?.record !== false) {
      const subject = shown?.subject ?? null;
      const record = subject ? 'scan' : 'none';
      const writing = door.parts.recorder.record({ check: 'scan', record, subject }, shown?.tag ?? null);
      if ((await door.screen.written(guest.decision, writing)).state === 'not-saved') return;
    }
    door.guestIsDone();
    door.toScan();
  }

  /** The next guest is another one. */
  forget(): void {
    this.#unnamed = null;
  }
}

const wordOf = (subject: Subject): RecordWord =>
  subject.kind === 'sheet-line'
    ? 'paper'
    : subject.kind === 'phone' || subject.kind === 'safety-code'
      ? 'typed'
      : 'scan';

function typedSubject(kind: TypedKind, value: string): Subject {
  if (kind === 'phone') return { kind, number: value };
  return kind === 'safety-code' ? { kind, code: value } : { kind, line: value };
}
