import type { CheckWord, Decision, Subject } from '@munjigi/core/gate';
import type { MinuteSign } from '@munjigi/core/rules';
import type { CheckedStatement } from '@munjigi/core/statement';
import type { Trouble as TroubleWord } from '@munjigi/core/trouble';
import type { Episode, GateNews, JoinProblem, PinAnswer } from '@munjigi/offline';
import type { Signal } from '@preact/signals';

/**
 * What the gate's engine offers to its screens. Screens read signals and call actions; they hold no rule of their own.
 * The engine lives in engine/, the screens in screens/.
 */

/** Where an entry stands. Four states, never confused. */
export type RecordState = 'checked' | 'saved' | 'confirmed' | 'not-saved';

/** Which picture stands on the screen. */
export type View =
  | { readonly name: 'start' }
  | { readonly name: 'scan' }
  | {
      readonly name: 'verdict';
      readonly decision: Decision;
      readonly record: RecordState;
      readonly at: number;
    }
  | { readonly name: 'eye' }
  | { readonly name: 'typed' }
  | { readonly name: 'party' }
  | { readonly name: 'more' }
  | { readonly name: 'settings' }
  | { readonly name: 'join' }
  | { readonly name: 'let-in' }
  | { readonly name: 'statements' };

/** What the storage self-test found: may this device be trusted to remember? */
export type Fitness = 'checking' | 'fit' | 'install-me' | 'unfit';

export type StripKind =
  | 'usual'
  | 'incident'
  | 'exercise'
  | 'ageing'
  | 'back'
  | 'renewed'
  | 'not-saved'
  | 'stopped'
  | 'revoked'
  | 'viewer';

/** The strip: what counts right now, in one sentence from the signed document. */
export interface Strip {
  readonly kind: StripKind;
  readonly status: 'provisional' | 'confirmed' | null;
  readonly headline: string;
  readonly text: string;
}

export interface CameraState {
  readonly state: 'off' | 'opening' | 'on' | 'refused' | 'missing' | 'lost';
  readonly torch: boolean | null;
  /** What the frame shows: waiting, a code seen, two codes, too dark to read. */
  readonly seen: 'waiting' | 'code' | 'two' | 'dark';
}

/** What the device page shows: facts only, each with its own time. */
export interface DeviceFacts {
  /** First characters of the gate key's thumbprint; null before enrolment. */
  readonly gateKey: string | null;
  readonly gateNo: number | null;
  /** Sequence number of the rules in use, and when they were last confirmed to be the newest (milliseconds). */
  readonly rules: { readonly number: number; readonly confirmedAtMs: number | null } | null;
  /** Corrected clock minus the device's own, in milliseconds; null where the clock is not trusted. */
  readonly clockOffsetMs: number | null;
  /** The public log as this device has seen it; absent while it has seen none. */
  readonly log?: { readonly lines: number; readonly isSplit: boolean };
  /** True where the browser promised to keep the storage. */
  readonly persisted: boolean;
  readonly installed: boolean;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}

/** Letting a new device in without a network: what the new one shows and takes, and what the owner's phone shows and gives. */
export interface Joining {
  /** New device: the code to show, and the digits to compare. */
  readonly asked: Signal<{ readonly text: string; readonly digits: string } | null>;
  /** Owner's phone: who asks. */
  readonly askedBy: Signal<{ readonly name: string; readonly digits: string } | null>;
  /** Owner's phone: the code that lets it in. */
  readonly answer: Signal<string | null>;
  readonly problem: Signal<JoinProblem | null>;
  /** True where this device may let others in. */
  readonly mayLetIn: boolean;
  /** New device: makes the code to show, under a name. */
  ask(name: string): Promise<void>;
  /** Owner's phone: signs for the device that asks. */
  letIn(): Promise<void>;
  /** Leaves nothing on the screen. */
  forget(): void;
}

/** The lock before the settings. */
export interface SettingsLock {
  isSet(): Promise<boolean>;
  try(pin: string): Promise<PinAnswer>;
  set(pin: string): Promise<void>;
}

/** Hours in which servers did not answer: stated by this device, and read from other devices by an inspector. */
export interface Statements {
  /** Newest first. */
  readonly episodes: Signal<readonly Episode[]>;
  /** What was read from a code: what it says, or `false` where it is not to be believed; null before any. */
  readonly read: Signal<CheckedStatement | false | null>;
  /** The signed code of the episode that began at `from`; null where it is kept no more. */
  make(from: number): Promise<string | null>;
  /** What a code says, verified with what this device trusts; null where it is not to be believed. */
  verify(text: string): Promise<CheckedStatement | null>;
}

/** The owner's word that something does not work. */
export interface Trouble {
  /** Of what was said last: on its way until the register has it; nothing is told after an hour. */
  readonly state: Signal<'none' | 'sent' | 'waiting'>;
  say(what: TroubleWord): Promise<void>;
}

/** One row of the by-eye card, ready to show: today's cut-off dates come from the rules run backwards. */
export interface EyeRow {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly explain: string;
}

/** One kind of proof that is looked at by eye, ready to show. */
export interface Shown {
  readonly id: string;
  readonly label: string;
  /** What to look for on it now. */
  readonly look: string;
}

export interface Gate {
  readonly view: Signal<View>;
  readonly strip: Signal<Strip>;
  readonly language: Signal<'ko' | 'en'>;
  readonly mode: Signal<'hand' | 'kiosk'>;
  readonly camera: Signal<CameraState>;
  readonly fitness: Signal<Fitness>;
  /** Entries saved here and not yet confirmed. */
  readonly waiting: Signal<number>;
  readonly confirmed: Signal<number>;
  readonly lastEntry: Signal<{
    readonly at: number;
    readonly counter: number;
    readonly record: RecordState;
    readonly voided: boolean;
  } | null>;
  /** Corrected time in milliseconds, ticking; null where the clock is not trusted. */
  readonly nowMs: Signal<number | null>;
  readonly exercise: Signal<boolean>;
  /** Word and shape of the minute, which live wallets show too; null without rules or a clock. */
  readonly sign: Signal<MinuteSign | null>;
  /** Near a turn of the minute the sign that is right as well: clocks differ by some seconds. */
  readonly signBeside?: Signal<MinuteSign | null>;
  readonly venue: Signal<{ readonly name: string; readonly kind: string; readonly gateName: string } | null>;
  readonly eyeRows: Signal<readonly EyeRow[]>;
  /** What a guest may show instead of a code, of the pack. */
  readonly shown?: Signal<readonly Shown[]>;
  /** The moment whose dates the by-eye card shows; not `sure` where the clock is not trusted and staff must look first. */
  readonly eyeDay?: Signal<{ readonly ms: number; readonly sure: boolean }>;
  readonly online: Signal<boolean>;
  /** Text of the pack or of the catalogue in the chosen language, parameters filled in. */
  text(key: string, parameters?: Readonly<Record<string, string | number>>): string;
  /** The same in a given language: a second line for guests who read the other one. */
  textIn?(language: 'ko' | 'en', key: string, parameters?: Readonly<Record<string, string | number>>): string;
  /** The picture of the open camera, for the scan frame; null while there is none. */
  readonly stream?: Signal<MediaStream | null>;
  readonly party?: Signal<'unknown' | 'alone' | 'group'>;
  readonly facts?: Signal<DeviceFacts | null>;
  /** Time zone of the pack in force: every clock and date on the screen is shown in it. */
  readonly timeZone?: Signal<string>;
  /** What the register says of this gate itself; null before it was asked. */
  readonly news?: Signal<GateNews | null>;
  /** The number that guests can call to be recorded; null where none is known to work, and then nobody is told to call. */
  readonly callNumber?: Signal<string | null>;
  /** True while a delegation has not been shown to the register. */
  readonly unseen?: Signal<boolean>;
  /** True where the register does not count the delegation that it was shown. */
  readonly refused?: Signal<boolean>;
  /** Where this device goes on under a new key after a fork: since when (seconds), and whether it let others in before. */
  readonly renewed?: Signal<{ readonly at: number; readonly wasOwner: boolean } | null>;
  /** True where the device holds rules to decide by. */
  readonly hasRules?: Signal<boolean>;
  readonly joining?: Joining;
  readonly lock?: SettingsLock;
  readonly statements?: Statements;
  readonly trouble?: Trouble;
  /** Hours of the day, from and to, in which the app never updates by itself. */
  readonly protectedHours?: Signal<readonly (readonly [number, number])[]>;

  /** Unlocks camera, sound and wake lock in one tap. */
  startShift(): Promise<void>;
  endShift(): Promise<void>;
  /** A code from a picture file, from paste or from a keyboard-wedge scanner. */
  scanText(text: string): Promise<void>;
  scanPicture(file: Blob): Promise<void>;
  show(
    view:
      | 'scan'
      | 'eye'
      | 'typed'
      | 'party'
      | 'more'
      | 'settings'
      | 'join'
      | 'let-in'
      | 'statements'
      | 'start',
  ): void;
  /** Opens the camera for a code that is no guest's. */
  openCamera?(): Promise<void>;
  /**
   * [봤음], [말로 확인], [혼자 오셨어요], age seen: checks by people. `subject` is written with the entry where one is given; `seen` is
   * what was looked at, by its name in `shown`, and is counted in degraded hours alone.
   */
  admitByStaff(check: CheckWord, subject?: Subject, seen?: string): Promise<void>;
  /** Records a typed subject: safety code, phone number, line of a paper sheet. Sealed at once. False where the syntax is wrong. */
  recordTyped(kind: 'safety-code' | 'phone' | 'sheet-line', value: string): Promise<boolean>;
  /** The guest called the venue's number: who they are stands with the call, so the entry here only says so. */
  recordCalled?(): Promise<void>;
  /** Staff's answers on a verdict: [안내함], [같은 분], [같음], [다른 증명 없음], [다른 증명 보기]. */
  answer(step: 'advised' | 'same-guest' | 'hint-matches' | 'none' | 'other-proof'): Promise<void>;
  voidLast(): Promise<void>;
  setParty(party: 'unknown' | 'alone' | 'group'): void;
  nextCamera(): Promise<void>;
  setTorch(on: boolean): Promise<void>;
  playSoundTest(): Promise<void>;
  /** The outbox as a signed file. */
  exportOutbox(): Promise<Blob>;
  takeOver(): Promise<void>;
}
