import type { CheckWord, FormatName, RecordWord } from '../gate/types.ts';
import type { ReasonCode } from '../reasons.ts';

/** Languages that every pack speaks. */
export const LANGUAGES = ['ko', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Text parameters: numbers are instants or counts, strings dates or words; the template says how each is written. */
export type Parameters = Readonly<Record<string, string | number>>;

/**
 * A policy pack as one plain JSON object: what `pack-folder` reads from a folder of files and what a trust bundle carries.
 * Everything that one country, one law or one ward decides is in here; the code beneath knows none of it.
 */
export interface Pack {
  readonly id: string;
  /** Date of the pack's own last change. */
  readonly version: string;
  readonly timeZone: string;
  readonly languages: readonly Language[];
  /** True marks everything as a drill; specimens are then good. */
  readonly exercise: boolean;
  /** Today and so many days minus one before it are kept. */
  readonly retentionDays: number;
  readonly windows: Windows;
  readonly ladder: { readonly ageingHours: number; readonly tooOldHours: number };
  readonly passes: PassSettings;
  readonly hint: { readonly letters: readonly HintLetter[] };
  /** The word of a day is the one at (day number modulo length). */
  /** The words of which each minute has one; named for the days they were drawn for at first. */
  readonly wordOfDay: readonly Readonly<Record<Language, string>>[];
  /** Names of the sounds for the three verdicts. */
  readonly sounds: {
    readonly admit: string;
    readonly 'another-proof': string;
    readonly 'cannot-tell': string;
  };
  readonly liveMark: string;
  /** Hours of the day in which no device may be updated: pairs [from, until). */
  readonly protectedHours: readonly (readonly [number, number])[];
  /** Days before an end on which a wallet reminds its owner. */
  readonly reminderDays: readonly number[];
  readonly typed: Readonly<Record<TypedKind, { readonly pattern: string; readonly drop: string }>>;
  /** How numbers are written that guests call to be recorded; absent where nobody is recorded by telephone. */
  readonly calls?: CallNumbers;
  /** Sheets of paper at the door; absent where nobody writes on paper. */
  readonly sheets?: {
    /** Lines of one sheet. */
    readonly lines: number;
    /** How long the confirmation that a sheet was destroyed is kept. */
    readonly confirmationDays: number;
  };
  /** How a venue's business number is checked; absent where a venue needs a local government's word instead. */
  readonly businessNumber?: WeightedNumber;
  readonly evidence: Readonly<Record<string, EvidenceKind>>;
  /** One-hot admission classes, and which reason tells their end. */
  readonly classes: Readonly<Record<string, { readonly ended: ReasonCode }>>;
  readonly venues: readonly string[];
  readonly regions: readonly string[];
  readonly entitlement: readonly EntitlementRule[];
  /** Who must show what: the last rule that matches decides. */
  readonly admission: readonly AdmissionRule[];
  readonly grace: readonly GraceRule[];
  readonly extensions: readonly ExtensionRule[];
  /** What must be recorded and how that is lawful: the last rule that matches decides. */
  readonly recording: readonly RecordingRule[];
  readonly obligations: Readonly<Record<string, Obligation>>;
  readonly notices: Readonly<Record<string, Notice>>;
  readonly sightings: readonly Sighting[];
  /** What guests show where eyes take the place of a scan, in the order in which staff meet it; absent where nothing is shown. */
  readonly shown?: readonly string[];
  readonly penalties: readonly PenaltyTable[];
  readonly texts: Readonly<Record<Language, Readonly<Record<string, string>>>>;
}

/** Seconds around the gate's clock in which a drawing is fresh, and how far apart two showings of one code are. */
export interface Windows {
  readonly behind: number;
  readonly ahead: number;
  readonly slowBehind: number;
  /** Beyond this uncertainty of its own clock a gate does not judge. */
  readonly uncertaintyCap: number;
  /** The same code within so many seconds is the same entry. */
  readonly sameEntry: number;
}

/** What an issuer needs to know: how many passes a batch has, on which day after issue they end, how long paper lasts. */
export interface PassSettings {
  readonly batch: number;
  readonly endsAfterDays: readonly [number, number];
  readonly paperDays: number;
  readonly renewBelow: number;
}

/** A letter that stands for family names from `from` to `to` in code point order; `blank` where it is too rare to show. */
export interface HintLetter {
  readonly letter: string;
  readonly from: string;
  readonly to: string;
  readonly blank?: boolean;
}

/**
 * A number whose digits keep each other in check: digit times weight, summed up, leaves `remainder` when divided by `modulus`.
 * At the positions of `carry` (from 0) the tens of the product are added once more.
 */
export interface WeightedNumber {
  readonly pattern: string;
  readonly drop: string;
  readonly weights: readonly number[];
  readonly carry: readonly number[];
  readonly modulus: number;
  readonly remainder: number;
}

/** Telephone numbers as this country writes them. */
export interface CallNumbers {
  /** Numbers that a venue may be given to be called. */
  readonly pattern: string;
  readonly drop: string;
  /** Digits that stand for the country in an international number, and those that take their place at home. */
  readonly country: string;
  readonly trunk: string;
  /** A number in its groups, one bracket each. */
  readonly groups: string;
}

export type TypedKind = 'safety-code' | 'phone' | 'sheet-line';

/** A kind of evidence: told by its local date, or by an instant. */
export interface EvidenceKind {
  readonly by: 'date' | 'at';
  readonly details?: readonly string[];
}

/** Which piece of evidence is meant. Bounds are inclusive. */
export interface EvidencePattern {
  readonly kind: string;
  readonly sequence?: readonly [number, number];
  readonly details?: readonly string[];
}

/** Turns evidence into an admission class with a beginning and an end. */
export interface EntitlementRule {
  readonly id: string;
  /** What the visitor knows it as; several rules may lead to the same. */
  readonly certificate: string;
  readonly class: number;
  readonly source: string;
  /** One of these starts the count. Absent where only the birth date counts. */
  readonly anchors?: readonly EvidencePattern[];
  /** All of these must be there too, on the named side of the anchor. */
  readonly with?: readonly {
    readonly any: readonly EvidencePattern[];
    readonly order: 'not-after' | 'before' | 'after';
  }[];
  readonly born?: { readonly from?: string; readonly to?: string };
  /** Good from the start of the day so many days after the anchor's day, or so many hours after its instant. */
  readonly from: { readonly days: number } | { readonly hours: number };
  /**
   * Good to the end of the local day that is so many days after the anchor's day, or in which so many hours have passed;
   * never before the start of `notBefore`. Null for no end.
   */
  readonly until:
    | null
    | (({ readonly days: number } | { readonly hours: number }) & { readonly notBefore?: string });
}

/** Where and when a rule holds: from the start of one local day to the start of another. Absent lists mean all. */
export interface Scope {
  readonly kinds?: readonly string[];
  readonly regions?: readonly string[];
  readonly from: string;
  readonly until?: string;
}

/** What a venue asks of whom. */
export interface AdmissionRule extends Scope {
  readonly id: string;
  readonly source: string;
  readonly check: 'required' | 'not-required';
  /** The reason shown where no check is asked for. */
  readonly reason?: ReasonCode;
  readonly accepts?: readonly number[];
  readonly foreign?: readonly FormatName[];
  /** People below (or from) an age of whom nothing is asked. */
  readonly ages?: readonly AgeBand[];
  /** True where a guest alone needs no proof. */
  readonly alone?: boolean;
  /** How many of a party may be without proof. */
  readonly perParty?: number;
}

export interface AgeBand {
  readonly id: string;
  readonly below: number;
  readonly reason: ReasonCode;
}

/** A time without fines: what is not valid stays not valid. */
export interface GraceRule extends Scope {
  readonly id: string;
  readonly source: string;
  /** `ended`: only proofs that have ended; `all`: every missing proof. */
  readonly covers: 'ended' | 'all';
  readonly classes?: readonly number[];
}

/** The issuer is down: passes that ended since `endedFrom` are good until the rule's own end. */
export interface ExtensionRule extends Scope {
  readonly id: string;
  readonly source: string;
  readonly endedFrom: string;
}

export interface RecordingRule extends Scope {
  readonly id: string;
  readonly source: string;
  readonly required: boolean;
  readonly lawful: readonly RecordWord[];
}

/** `open`: whoever decides has not decided yet. */
export type Fines = 'stand' | 'waived' | 'none' | 'open';

export type Duty = 'required' | 'eased' | 'suspended' | 'none';

/** What a venue owes at a time: one row of the obligation table. */
export interface Obligation {
  readonly record: Duty;
  readonly check: Duty;
  readonly fines: { readonly venue: Fines; readonly visitor: Fines };
  readonly acceptedChecks: readonly CheckWord[];
  /** Ways of recording that are lawful besides those of the recording rules. */
  readonly alsoLawful: readonly RecordWord[];
  /**
   * The issuer is overloaded or away: own passes that ended within so many hours still count, for as long as a signed `now`
   * says so. Never the passes of a withdrawn issuer key, and never a proof whose class ended.
   */
  readonly endedPassHours?: number;
  /** The notice that is shown while nothing else is published. */
  readonly standing: string;
}

/** One line of the notice table: a component in a state, and what then counts. */
export interface Notice {
  readonly component: string;
  readonly state: string;
  readonly obligation: string;
  /** The day it really happened on, or null. */
  readonly incident: string | null;
  /** Values for its texts as they were on that day. */
  readonly parameters: Parameters;
  readonly source: string;
  /** There where it may be published before a person has looked, and when. */
  readonly preApproved?: PreApproved;
}

/** What the body agreed to beforehand: the notice is said at once, as provisional, when a component is seen in such a state. */
export interface PreApproved {
  /** Components as canaries and reports name them. */
  readonly seen: readonly string[];
  readonly states: readonly ('slow' | 'down')[];
  /** The obligation while it is provisional, where that is not yet what the notice says once it is confirmed. */
  readonly meanwhile?: string;
  /** The notice that follows when the component works again; absent for the usual state. */
  readonly back?: string;
  /** Who ends it then: `itself`, while no person has confirmed it, or a `person` to whom the end is proposed. */
  readonly ends: 'itself' | 'person';
}

/** One row of the card for checks by eye: which rules stand behind it and which of its dates are shown. */
export interface Sighting {
  readonly id: string;
  readonly rule: string;
  /** Further rules whose dates stand in the row's explanation. */
  readonly also?: Readonly<Record<string, string>>;
}

export interface PenaltyTable {
  readonly id: string;
  readonly source: string;
  readonly from: string;
  readonly until?: string;
  readonly currency: string;
  readonly visitor: number;
  /** First, second, … time; the last holds for every further time. */
  readonly venueFines: readonly number[];
  /** Days closed by the first, second, … time; -1 is an order to close for good. */
  readonly venueClosureDays: readonly number[];
}
