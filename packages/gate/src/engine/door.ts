import { utf8Encode } from '@munjigi/core/encoding';
import {
  type CheckWord,
  type Decision,
  decide,
  type Inspected,
  inspect,
  type RecordWord,
  type Subject,
} from '@munjigi/core/gate';
import { admission, parseTyped } from '@munjigi/core/rules';
import type { Appended, GateIdentity, SeenBefore, Speak } from '@munjigi/offline';
import type { RecordState, View } from '../model.ts';
import { ownDecision, staffReason } from './decisions.ts';
import type { Recorder } from './recorder.ts';
import type { RulesInUse } from './rules-in-use.ts';
import { Showing } from './showing.ts';

export type Party = 'unknown' | 'alone' | 'group';
export type TypedKind = 'safety-code' | 'phone' | 'sheet-line';

/** What the door shows and tells; the engine turns it into signals. */
export interface DoorOutlet {
  show(view: View): void;
  /** What stands on the screen now. */
  view(): View;
  party(): Party;
  setParty(party: Party): void;
  language(): 'ko' | 'en';
  /** An entry was saved (or could not be). */
  saved(appended: Appended, at: number): void;
  /** Counter up to which the register has confirmed. */
  confirmed(): number;
}

export interface DoorParts {
  readonly identity: GateIdentity;
  readonly rules: RulesInUse;
  readonly recorder: Recorder;
  readonly seen: SeenBefore;
  readonly speak: Speak;
  readonly outlet: DoorOutlet;
}

/** The guest in front of the door, while staff may still have to answer something about their code. */
interface Guest {
  readonly inspected: Inspected;
  readonly tag: string | null;
  readonly decision: Decision;
}

const TONES = { admit: 'admit', 'another-proof': 'another', 'cannot-tell': 'cannot' } as const;
/** How long a plain ● stands, where nobody else comes: long enough to be seen, short enough for the next. */
const ADMIT_MS = 1_600;
const STAFF_MS = 4_000;

/** One code after the other: read, inspect, decide, record, show. The rules are core's; here is only the order of things. */
export class Door {
  readonly #showing = new Showing();
  #busy = false;
  #guest: Guest | null = null;
  #staffEntry: { readonly counter: number; readonly check: CheckWord } | null = null;
  #oldDrawing: { readonly offset: number; readonly drawnAt: number } | null = null;
  #leave: ReturnType<typeof setTimeout> | null = null;
  #shownCounter: number | null = null;

  constructor(private readonly parts: DoorParts) {}

  /** A code that the camera sees, again and again while it is held. */
  async see(text: string): Promise<void> {
    if (this.#busy || this.#showing.isHeld(text)) return;
    await this.#judge(text);
  }

  /** A code from a wedge scanner, a file or the clipboard: judged whatever came before. */
  async scan(text: string): Promise<void> {
    if (this.#busy) return;
    this.#showing.forget();
    await this.#judge(text.trim());
  }

  /** The codes of a picture file: exactly one is judged. */
  async picture(texts: readonly string[]): Promise<void> {
    const [only] = texts;
    if (texts.length === 1 && only) return this.scan(only);
    this.#say(
      ownDecision(texts.length === 0 ? 'unreadable' : 'two-codes', { next: ['other-proof', 'eye'] }),
      'checked',
    );
  }

  async #judge(text: string): Promise<void> {
    this.#busy = true;
    try {
      const { rules } = this.parts;
      const use = rules.inUse;
      if (!use || !rules.policy) {
        if (!this.#showing.isRedrawn(text, null, 'rules-too-old'))
          this.#say(ownDecision('rules-too-old', { next: ['eye'] }), 'checked');
        return;
      }
      const inspected = await inspect(text, use.trust, rules.crypto);
      await this.#decide(text, inspected, {});
    } finally {
      this.#busy = false;
    }
  }

  async #decide(
    text: string | null,
    inspected: Inspected,
    told: { readonly compared?: boolean; readonly sameGuest?: boolean },
  ): Promise<void> {
    const { rules, identity, recorder, seen, outlet } = this.parts;
    const policy = rules.policy;
    const use = rules.inUse;
    if (!policy || !use) return;
    const estimate = rules.clock.estimate();
    const seconds = (estimate?.ms ?? Date.now()) / 1000;
    const tag = await this.#tagOf(inspected, seconds);
    const known = tag === null ? null : await seen.find(tag);
    const decision = decide(inspected, use.trust, policy, {
      instant: estimate && { seconds, uncertaintySeconds: estimate.uncertaintyMs / 1000 },
      bundleAgeSeconds: rules.ageSeconds(),
      venue: identity.venue,
      party: outlet.party(),
      seenBeforeAt: known?.at ?? null,
      lastDrawingOffsetSeconds: this.#oldDrawing?.offset ?? null,
      lastDrawnAt: this.#oldDrawing?.drawnAt ?? null,
      obligation: use.now?.obligation ?? null,
      ...told,
    });
    this.#rememberDrawing(inspected, decision, seconds);
    if (text !== null && this.#showing.isRedrawn(text, tag, decision.reason)) return;
    this.#guest = { inspected, tag, decision };
    this.#staffEntry = null;

    const before = known?.counter ?? null;
    const state: RecordState =
      decision.sameEntry && before !== null
        ? before <= outlet.confirmed()
          ? 'confirmed'
          : 'saved'
        : 'checked';
    this.#shownCounter = decision.sameEntry ? before : null;
    this.#say(decision, state);
    if (decision.verdict === 'admit') outlet.setParty('unknown');
    if (!decision.record) {
      // Where nothing is written down, the same code is still known again in this shift.
      if (decision.verdict === 'admit' && tag !== null && !known)
        await seen.remember(tag, { at: Math.floor(seconds), counter: null });
      return;
    }
    const subject = inspected.claim?.subject ?? null;
    await this.#written(decision, recorder.record({ check: decision.check, record: 'scan', subject }, tag));
  }

  /** Checks by people: [seen], [asked], [on their own], age seen. The code just shown, where one was, is who was here. */
  async admitByStaff(check: CheckWord, given?: Subject): Promise<void> {
    const { outlet, recorder } = this.parts;
    const guest = this.#genuineGuest();
    const subject = given ?? guest?.inspected.claim?.subject ?? null;
    const record: RecordWord = given ? wordOf(given) : guest ? 'scan' : 'none';
    const reason = staffReason(check, outlet.party());
    const now = this.#admission();
    const band = now?.ages[0];
    const decision = ownDecision(reason, {
      check,
      record: now?.record ?? true,
      parameters: {
        recorded: now?.record === false ? 'no' : 'yes',
        ...(band ? { age: band.below, born: band.bornFrom } : {}),
      },
      next: subject === null && now?.record !== false ? ['typed'] : [],
    });
    this.#showing.forget();
    this.#say(decision, 'checked');
    outlet.setParty('unknown');
    this.#guest = null;
    if (!decision.record) return;
    const done = await this.#written(
      decision,
      recorder.record({ check, record, subject }, guest?.tag ?? null),
    );
    this.#staffEntry =
      done.state === 'saved' && subject === null ? { counter: done.kept.counter, check } : null;
  }

  /**
   * Records who was here as staff typed it. Right after a check by people it becomes one entry with that check: the first one
   * is cancelled on the chain. False where the pack's syntax does not take it.
   */
  async recordTyped(kind: TypedKind, value: string): Promise<boolean> {
    const { rules, recorder, outlet } = this.parts;
    const parsed = rules.policy && parseTyped(rules.policy, kind, value);
    if (!parsed) return false;
    const subject = typedSubject(kind, parsed);
    const earlier = this.#staffEntry;
    this.#staffEntry = null;
    if (earlier) await recorder.cancel(earlier.counter);
    const check = earlier?.check ?? 'not-made';
    const decision = ownDecision(earlier ? staffReason(check, outlet.party()) : 'ok', {
      check,
      record: true,
    });
    const done = await recorder.record({ check, record: wordOf(subject), subject });
    this.#note(done);
    if (done.state === 'not-saved') this.#say(notSaved(decision), 'not-saved');
    else this.toScan();
    return true;
  }

  /** Staff's answers on a verdict. */
  async answer(step: 'advised' | 'same-guest' | 'hint-matches' | 'none' | 'other-proof'): Promise<void> {
    const guest = this.#guest;
    if (step === 'other-proof' || (!guest && step !== 'none')) return this.toScan();
    if (step === 'none') {
      this.#guest = null;
      this.#say(ownDecision('none'), 'checked', STAFF_MS);
      return;
    }
    if (!guest) return;
    if (step === 'hint-matches') return this.#decide(null, guest.inspected, { compared: true });
    if (step === 'same-guest') return this.#decide(null, guest.inspected, { sameGuest: true });
    const genuine = this.#genuineGuest();
    const subject = genuine?.inspected.claim?.subject ?? null;
    if (this.#admission()?.record !== false) {
      const done = await this.parts.recorder.record(
        { check: 'scan', record: subject ? 'scan' : 'none', subject },
        genuine?.tag ?? null,
      );
      this.#note(done);
      if (done.state === 'not-saved') return this.#say(notSaved(guest.decision), 'not-saved');
    }
    this.toScan();
  }

  /** Back to waiting for the next guest; what was known of the last one is dropped. */
  toScan(): void {
    this.#stay();
    this.#guest = null;
    this.#staffEntry = null;
    this.parts.outlet.show({ name: 'scan' });
  }

  /** The screen shows something else for this guest: what is known of them stays. */
  hold(): void {
    this.#stay();
  }

  /** A receipt covers everything up to this counter. */
  confirmed(counter: number): void {
    const view = this.parts.outlet.view();
    if (
      view.name !== 'verdict' ||
      this.#shownCounter === null ||
      this.#shownCounter > counter ||
      view.record !== 'saved'
    )
      return;
    this.parts.outlet.show({ ...view, record: 'confirmed' });
  }

  #say(decision: Decision, record: RecordState, holdMs = ADMIT_MS): void {
    const { outlet, speak } = this.parts;
    this.#stay();
    const view: View = { name: 'verdict', decision, record, at: performance.timeOrigin + performance.now() };
    outlet.show(view);
    speak.tone(TONES[decision.verdict]);
    speak.say(decision.reason, outlet.language());
    const passes = decision.reason === 'none' || (decision.verdict === 'admit' && decision.next.length === 0);
    if (!passes) return;
    this.#leave = setTimeout(() => {
      const now = outlet.view();
      if (now.name === 'verdict' && now.at === view.at) this.toScan();
    }, holdMs);
  }

  async #written(decision: Decision, writing: Promise<Appended>): Promise<Appended> {
    const { outlet } = this.parts;
    const shown = outlet.view();
    const done = await writing;
    this.#note(done);
    const view = outlet.view();
    const isShown = view.name === 'verdict' && shown.name === 'verdict' && view.at === shown.at;
    if (done.state === 'not-saved') this.#say(notSaved(decision), 'not-saved');
    else if (isShown) {
      this.#shownCounter = done.kept.counter;
      const state = done.kept.counter <= outlet.confirmed() ? 'confirmed' : 'saved';
      outlet.show({ ...view, record: state });
    }
    return done;
  }

  #note(done: Appended): void {
    const at = done.state === 'saved' ? done.kept.entry.enteredAt : Date.now() / 1000;
    this.parts.outlet.saved(done, at * 1000);
  }

  #rememberDrawing({ claim }: Inspected, { reason, verdict }: Decision, seconds: number): void {
    if (verdict === 'admit') this.#oldDrawing = null;
    else if (
      (reason === 'old-drawing' || reason === 'clock-visitor') &&
      claim?.kind === 'pass' &&
      claim.drawnAt !== null
    ) {
      this.#oldDrawing = { offset: claim.drawnAt - seconds, drawnAt: claim.drawnAt };
    }
  }

  /** The guest whose code is genuine, whatever it is worth today: only then does it say who was here. */
  #genuineGuest(): Guest | null {
    const guest = this.#guest;
    return guest?.inspected.claim &&
      guest.inspected.steps.signature === 'ok' &&
      guest.inspected.steps.issuer === 'ok'
      ? guest
      : null;
  }

  async #tagOf({ claim, issuer }: Inspected, seconds: number): Promise<string | null> {
    if (!claim) return null;
    const handle = claim.kind === 'pass' ? claim.handle : utf8Encode(claim.identifier);
    return this.parts.seen.tagOf(issuer ?? '', handle, Math.floor(seconds));
  }

  #admission() {
    const { rules, identity } = this.parts;
    const estimate = rules.clock.estimate();
    return rules.policy && estimate ? admission(rules.policy, identity.venue, estimate.ms / 1000) : null;
  }

  #stay(): void {
    if (this.#leave) clearTimeout(this.#leave);
    this.#leave = null;
  }
}

const notSaved = (decision: Decision): Decision =>
  ownDecision('not-saved', { check: decision.check, parameters: decision.parameters });

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
