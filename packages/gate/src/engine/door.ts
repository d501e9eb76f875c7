import { utf8Encode } from '@munjigi/core/encoding';
import {
  type Decision,
  type DecisionContext,
  decide,
  decideByStaff,
  type Inspected,
  inspect,
  type StaffAnswer,
  type Subject,
} from '@munjigi/core/gate';
import { type Admission, admission } from '@munjigi/core/rules';
import type { GateIdentity, Recorder, RulesInUse, SeenBefore, Speak } from '@munjigi/offline';
import type { RecordState } from '../model.ts';
import { ownDecision } from './decisions.ts';
import { Showing } from './showing.ts';
import { type DoorOutlet, VerdictScreen } from './verdict-screen.ts';

export interface DoorParts {
  readonly identity: GateIdentity;
  readonly rules: RulesInUse;
  readonly recorder: Recorder;
  readonly seen: SeenBefore;
  readonly speak: Speak;
  readonly outlet: DoorOutlet;
}

/** The guest in front of the door, while staff may still have to answer something about their code. */
export interface Guest {
  readonly inspected: Inspected;
  readonly tag: string | null;
  readonly decision: Decision;
  /** When the code was shown: an answer that staff give a minute later is about that moment. */
  readonly instant: DecisionContext['instant'];
}

/** One code after the other: read, inspect, decide, record, show. The rules are core's; here is only the order of things. */
export class Door {
  readonly screen: VerdictScreen;
  /** Called when the next guest's code is answered: what staff were doing for the one before is over. */
  onNextGuest: () => void = () => {};
  readonly #showing = new Showing();
  /** The judgement under way, or null. */
  #judging: Promise<void> | null = null;
  #guest: Guest | null = null;
  #oldDrawing: { readonly offset: number; readonly drawnAt: number } | null = null;

  constructor(readonly parts: DoorParts) {
    this.screen = new VerdictScreen(parts.outlet, parts.speak, () => this.toScan());
  }

  get guest(): Guest | null {
    return this.#guest;
  }

  /** A code that the camera sees, again and again while it is held. */
  async see(text: string): Promise<void> {
    if (this.#judging || this.#showing.isHeld(text)) return;
    await this.#judge(text);
  }

  /**
   * A code from a wedge scanner, a file or the clipboard: judged whatever came before, and after whatever the camera has just
   * caught. It comes once only, so it is never dropped.
   */
  async scan(text: string): Promise<void> {
    while (this.#judging) await this.#judging;
    this.#showing.forget();
    await this.#judge(text.trim());
  }

  /** The codes of a picture file: exactly one is judged. */
  async picture(texts: readonly string[]): Promise<void> {
    const [only] = texts;
    if (texts.length === 1 && only) return this.scan(only);
    const reason = texts.length === 0 ? 'unreadable' : 'two-codes';
    this.screen.say(ownDecision(reason, { next: ['other-proof', 'eye'] }), 'checked');
  }

  /** Decides about the same code again, with what staff have just told. */
  async decideAgain(
    guest: Guest,
    told: { readonly compared?: boolean; readonly sameGuest?: boolean },
  ): Promise<void> {
    await this.#decide(null, guest.inspected, guest.instant, told);
  }

  /** Back to waiting for the next guest; what was known of the last one is dropped. */
  toScan(): void {
    this.screen.stay();
    this.#guest = null;
    this.parts.outlet.show({ name: 'scan' });
  }

  /** The guest is being let in by staff, or has left: the next code is somebody else's. */
  guestIsDone(): void {
    this.#guest = null;
    this.#showing.answered();
    this.parts.outlet.setParty('unknown');
  }

  /** Who was here, where the code just shown is genuine, whatever it is worth today. */
  genuine(): { readonly subject: Subject; readonly tag: string | null } | null {
    const { inspected, tag } = this.#guest ?? {};
    if (!inspected?.claim || inspected.steps.signature !== 'ok' || inspected.steps.issuer !== 'ok')
      return null;
    return { subject: inspected.claim.subject, tag: tag ?? null };
  }

  /** What this venue asks now; null where rules or clock do not tell. */
  admission(): Admission | null {
    const { rules, identity } = this.parts;
    const estimate = rules.clock.estimate();
    return rules.policy && estimate ? admission(rules.policy, identity.venue, estimate.ms / 1000) : null;
  }

  /** What staff's own answer is worth here and now, by the same rules as a code; null where no rules are held. */
  decideByStaff(answer: StaffAnswer): Decision | null {
    const { rules, identity, outlet } = this.parts;
    const estimate = rules.clock.estimate();
    if (!rules.policy) return null;
    return decideByStaff(answer, rules.policy, {
      instant: estimate && {
        seconds: estimate.ms / 1000,
        uncertaintySeconds: estimate.uncertaintyMs / 1000,
      },
      bundleAgeSeconds: rules.ageSeconds(),
      venue: identity.venue,
      party: outlet.party(),
      seenBeforeAt: null,
      lastDrawingOffsetSeconds: null,
      obligation: rules.inUse?.now?.obligation ?? null,
      obligationUntil: rules.inUse?.now?.validUntil ?? null,
    });
  }

  async #judge(text: string): Promise<void> {
    const judging = this.#answer(text);
    this.#judging = judging.catch(() => {});
    try {
      await judging;
    } finally {
      this.#judging = null;
    }
  }

  async #answer(text: string): Promise<void> {
    const { rules } = this.parts;
    const use = rules.inUse;
    if (!use || !rules.policy) {
      const blind = ownDecision('rules-too-old', { next: ['eye'] });
      if (!this.#showing.isRedrawn(text, null, blind.reason)) this.screen.say(blind, 'checked');
      return;
    }
    const estimate = rules.clock.estimate();
    const instant = estimate && {
      seconds: estimate.ms / 1000,
      uncertaintySeconds: estimate.uncertaintyMs / 1000,
    };
    await this.#decide(text, await inspect(text, use.trust, rules.crypto), instant, {});
  }

  async #decide(
    text: string | null,
    inspected: Inspected,
    instant: DecisionContext['instant'],
    told: { readonly compared?: boolean; readonly sameGuest?: boolean },
  ): Promise<void> {
    const { rules, identity, recorder, seen, outlet } = this.parts;
    const { policy, inUse } = rules;
    if (!policy || !inUse) return;
    const seconds = instant?.seconds ?? Date.now() / 1000;
    const tag = await this.#tagOf(inspected, instant?.seconds ?? null);
    const known = tag === null ? null : await seen.find(tag);
    const decision = decide(inspected, inUse.trust, policy, {
      instant,
      bundleAgeSeconds: rules.ageSeconds(),
      venue: identity.venue,
      party: outlet.party(),
      seenBeforeAt: known?.at ?? null,
      lastDrawingOffsetSeconds: this.#oldDrawing?.offset ?? null,
      lastDrawnAt: this.#oldDrawing?.drawnAt ?? null,
      obligation: inUse.now?.obligation ?? null,
      obligationUntil: inUse.now?.validUntil ?? null,
      ...told,
    });
    this.#rememberDrawing(inspected, decision, seconds);
    if (text !== null && this.#showing.isRedrawn(text, tag, decision.reason)) return;
    this.#guest = { inspected, tag, decision, instant };
    if (text !== null) this.onNextGuest();

    const earlier = decision.sameEntry ? (known?.counter ?? null) : null;
    const state: RecordState =
      earlier === null ? 'checked' : earlier <= outlet.confirmed() ? 'confirmed' : 'saved';
    this.screen.say(decision, state, earlier);
    const admitted = decision.verdict === 'admit';
    if (admitted) outlet.setParty('unknown');
    if (decision.record) {
      const subject = inspected.claim?.subject ?? null;
      await this.screen.written(
        decision,
        recorder.record({ check: decision.check, record: 'scan', subject }, tag),
      );
    } else if (admitted && !decision.sameEntry) {
      outlet.letIn(decision.check, 'unrecorded');
      if (tag === null || known) return;
      // Where nothing is written down, the same code is still known again in this shift.
      await seen.remember(tag, { at: Math.floor(seconds), counter: null });
    }
  }

  #rememberDrawing({ claim }: Inspected, { reason, verdict }: Decision, seconds: number): void {
    const stale = reason === 'old-drawing' || reason === 'clock-visitor';
    if (verdict === 'admit') this.#oldDrawing = null;
    else if (stale && claim?.kind === 'pass' && claim.drawnAt !== null) {
      this.#oldDrawing = { offset: claim.drawnAt - seconds, drawnAt: claim.drawnAt };
    }
  }

  async #tagOf({ claim, issuer }: Inspected, seconds: number | null): Promise<string | null> {
    if (!claim) return null;
    const handle = claim.kind === 'pass' ? claim.handle : utf8Encode(claim.identifier);
    return this.parts.seen.tagOf(issuer ?? '', handle, seconds === null ? null : Math.floor(seconds));
  }
}
