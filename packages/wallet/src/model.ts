import type { MinuteSign } from '@munjigi/core/rules';
import type { Appearance } from '@munjigi/ui/appearance';
import type { Signal } from '@preact/signals';
import type { PosterCamera } from './engine/poster-camera.ts';

/**
 * What the wallet's engine offers to its screens. Screens read signals and call actions; they hold no rule of their own.
 * Everything here stays on this phone.
 */
export interface Wallet {
  readonly look: Appearance;
  readonly stage: Signal<Stage>;
  readonly view: Signal<View>;
  readonly person: Signal<PersonCard | null>;
  /** Corrected time in milliseconds, in steps of 250 while the page is seen. */
  readonly nowMs: Signal<number>;
  /** The clock as it stands on the screen, 13:58:11, in the pack's time zone. */
  readonly clock: Signal<string>;
  /** Word and shape of the minute, which gates show too; null while there are no rules, or too old ones. */
  readonly sign: Signal<MinuteSign | null>;
  readonly code: Signal<Code>;
  readonly standing: Signal<Standing>;
  readonly certificates: Signal<readonly CertificateCard[]>;
  /** What would be accepted today, of everyone: the rules run backwards. */
  readonly useful: Signal<readonly UsefulProof[]>;
  readonly notice: Signal<Notice | null>;
  /** A reminder that is due and could not be shown as a notification. */
  readonly reminder: Signal<string | null>;
  /** That a pass of this phone was looked up in a case, with the day, until it was read. */
  readonly lookup: Signal<string | null>;
  readonly diary: Signal<readonly DiaryEntry[]>;
  /** Coming in by a venue's poster, as far as it has gone. */
  readonly visiting: Signal<Visiting>;
  /** Visits by a poster that the register does not have: those that wait, and those that it will never take. */
  readonly visitsHere: Signal<{ readonly count: number; readonly refused: number }>;
  readonly posterCamera: Pick<PosterCamera, 'state' | 'stream' | 'open' | 'close'>;
  readonly retentionDays: Signal<number>;
  readonly exercise: Signal<boolean>;
  readonly people: Signal<readonly ProviderPerson[] | null>;
  /** Identity providers at whose own page people sign in. */
  readonly providers: Signal<readonly SignInProvider[]>;
  /** Somebody who signed in and has not agreed yet. */
  readonly signedIn: Signal<{ readonly name: string } | null>;
  /** Place and time in the queue as one sentence; null while nobody waits. */
  readonly waiting: Signal<string | null>;
  readonly busy: Signal<boolean>;
  /** A sentence about something that did not work; null again after the next action. */
  readonly problem: Signal<string | null>;
  readonly update: Signal<(() => void) | null>;
  readonly install: Signal<(() => void) | null>;
  readonly notifications: Signal<'on' | 'off' | 'refused' | 'missing'>;
  readonly passes: Signal<{ readonly fresh: number; readonly until: string | null }>;

  /** Text of the neutral catalogue or of the pack, in the chosen language. */
  text(key: string, parameters?: Readonly<Record<string, string | number>>): string;
  show(view: View): void;
  setLane(lane: 'usual' | 'slow'): Promise<void>;
  /** The demonstration provider's people, for choosing. */
  loadPeople(): Promise<void>;
  enrol(person: string): Promise<void>;
  /** Goes to a provider's page. */
  signIn(provider: string): Promise<void>;
  enrolSignedIn(): Promise<void>;
  forgetSignIn(): void;
  renew(): Promise<void>;
  printPaper(): Promise<void>;
  askNotifications(): Promise<void>;
  dismissReminder(): void;
  dismissLookup(): void;
  /** Looks for a poster anew. */
  lookForPoster(): void;
  /** Reads a poster from a picture file. */
  scanPoster(picture: Blob): Promise<void>;
  /** The one tap: writes the visit that was found. */
  enterByPoster(): Promise<void>;
  notePlace(id: number, place: string): Promise<void>;
  forget(id: number): Promise<void>;
  forgetAll(): Promise<void>;
}

export type Stage = 'opening' | 'enrol' | 'open' | 'unusable';
export const VIEWS = ['qr', 'poster', 'certificate', 'reason', 'diary', 'more'] as const;
export type View = (typeof VIEWS)[number];

export interface PersonCard {
  readonly name: string;
  readonly birthDate: string;
}

export interface SignInProvider {
  readonly name: string;
  readonly title: { readonly ko: string; readonly en: string };
}

export interface ProviderPerson extends PersonCard {
  readonly id: string;
  /** A line that tells the demonstration's people apart. */
  readonly tag: string;
  readonly nameEn?: string;
  readonly tagEn?: string;
}

/** What stands in the frame of the first page. */
export type Code =
  | { readonly state: 'opening' }
  | {
      readonly state: 'live';
      readonly text: string;
      readonly lane: 'usual' | 'slow';
      /** Of the slow lane: when it began and when it ends, in milliseconds. */
      readonly slow: { readonly fromMs: number; readonly untilMs: number; readonly until: string } | null;
      /** True where every pass was shown already and the least recently shown one stands here again. */
      readonly reused: boolean;
    }
  | { readonly state: 'empty' };

/** What my proofs are worth at this moment, in sentences that only this phone says. */
export interface Standing {
  readonly state: 'usable' | 'ended' | 'not-yet' | 'nothing';
  readonly sentence: string;
  /** The whole reason with its dates, and what would count. */
  readonly why: string;
  readonly next: string;
  /** A second fact, such as days without fines. */
  readonly also: string;
  readonly span: Span | null;
  /** Speakable support number. */
  readonly number: number;
}

/** A proof's time as a line: from, until, today. `share` is where the end stands on a line that reaches to today. */
export interface Span {
  readonly fromLabel: string;
  readonly from: string;
  readonly until: string;
  readonly today: string;
  readonly share: number;
  readonly todayShare: number;
}

/** A certificate as a stranger reads it in three seconds: what, when, who. */
export interface CertificateCard {
  readonly id: string;
  readonly kind: string;
  readonly date: string;
  readonly issuer: string;
  readonly usable: boolean;
  /** Until when, or since when not, in a sentence. */
  readonly sentence: string;
}

export interface UsefulProof {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly explain: string;
}

export interface Notice {
  readonly headline: string;
  readonly text: string;
  readonly status: 'provisional' | 'confirmed';
}

export type Visiting =
  | { readonly state: 'looking' }
  | { readonly state: 'found'; readonly venue: string }
  | {
      readonly state: 'problem';
      readonly why: 'no-code' | 'not-genuine' | 'no-rules' | 'not-wanted' | 'no-pass' | 'no-key' | 'not-kept';
    }
  | {
      readonly state: 'written';
      readonly venue: string;
      /** Local time of the pack, ready to show. */
      readonly time: string;
      /** The number that the phone drew for it. */
      readonly visit: string;
      /** True once the register has it. */
      readonly sent: boolean;
    };

export interface DiaryEntry {
  readonly id: number;
  readonly at: number;
  /** Local date and time of the pack, ready to show. */
  readonly day: string;
  readonly time: string;
  readonly place: string;
}
