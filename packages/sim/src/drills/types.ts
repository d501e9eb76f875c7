import type { Crowd, GuestKind, Phase, Pulse, Told } from '../crowd/index.ts';
import type { PrivatePostgres, ServiceStage } from '../stage/index.ts';
import type { Ledgers } from './check.ts';
import type { Noticing } from './noticing.ts';

/** A text in both languages. */
export interface Words {
  readonly ko: string;
  readonly en: string;
}

/** What a drill has at hand: the service with its gates and guests, all of it real. */
export interface DrillWorld {
  readonly record: DrillRecord;
  readonly folder: string;
  /** The database of issuer and register; the authority has one of its own. */
  readonly postgres: PrivatePostgres;
  /** All database servers; one that a drill starts itself is added here. */
  readonly databases: PrivatePostgres[];
  readonly service: ServiceStage;
  readonly crowd: Crowd;
  readonly noticing: Noticing;
  /** Guests a second, as this drill has them. */
  readonly perSecond: number;
  /** Writes down what happens now, for the table and the report. */
  note(what: string): void;
  /** Guests come for so long. */
  arrive(phase: string, seconds: number, perSecond?: number): Promise<Phase>;
  /** Guests come as long as something takes. */
  during<T>(phase: string, work: Promise<T>): Promise<T>;
  /** A crowd of wallets in a process of its own. */
  wallets(): Promise<Crowd>;
  /** Every entry that anybody has made, as their own side remembers it. */
  ledgers(): Promise<Ledgers>;
  /** To be done when the drill is over. */
  atEnd(end: () => Promise<unknown> | unknown): void;
  /** The disturbance begins: from here on noticing and telling are timed. */
  begins(): void;
  /**
   * Everything that failed works again, and is left to itself: guests go on coming, for so many seconds at least and until every entry
   * from before the repair lies in the register and `also` holds. Timed from here to there.
   */
  repaired(phase: string, seconds: number, also?: () => boolean | Promise<boolean>): Promise<void>;
  /** What the drill itself found to be wrong: a sentence each. */
  complain(what: string): void;
  /** A figure of this drill alone, for its line. */
  figure(name: string, value: number | string): void;
}

/** What the record says of an outage, and what is said of it here: data of the pack (`policies/PACK/drills/NAME.json`). */
export interface DrillRecord {
  readonly title: Words;
  /** What happened then. */
  readonly happened: Words;
  /** What is played here. */
  readonly played: Words;
  /** In the pack's list of sources. */
  readonly source: string;
  /** The moment that the drill begins with. */
  readonly story: string;
  readonly venue: { readonly kind: string; readonly region: string };
  /** Who comes, and what each must be answered on that day; the first kind is the usual guest. */
  readonly guests: readonly GuestKind[];
  /** The component whose incident the authority must write down; null where nothing breaks and it must write down none. */
  readonly canary: string | null;
  /** The notice that must be published; null where no door needs a new sentence, which `unsaid` explains. */
  readonly notice: string | null;
  readonly unsaid?: Words;
  /** Evidence that reaches the issuer while the drill is played: lines of a table. */
  readonly evidence?: readonly string[];
  /** Other notices that may be said by themselves besides, where several things fail at once. */
  readonly besides?: readonly string[];
  /** The notice that fits the systems as they were then. */
  readonly noticeThen?: string;
}

/** What is there before the service is. */
export interface Ground {
  readonly folder: string;
  /** The database of issuer and register. */
  readonly postgres: PrivatePostgres;
  /** To be done when the drill is over. */
  atEnd(end: () => Promise<unknown> | unknown): void;
}

/** How the service is started for a drill that needs something of its own. */
export interface Setting {
  readonly flags?: readonly string[];
  readonly databasePort?: number;
  /** Flags of the canary. */
  readonly canary?: readonly string[];
  /** Another version's `munjigi`, which the nodes run at first. */
  readonly program?: string;
}

/** One outage, as it is played. */
export interface Drill {
  /** Also of its record in the pack. */
  readonly name: string;
  /** Guests a second; 20 where nothing is said. */
  readonly perSecond?: number;
  readonly gates?: number;
  setUp?(ground: Ground): Promise<Setting> | Setting;
  /** Front doors besides the balancer's, through which the canary looks too: address by name. */
  doors?(service: ServiceStage, atEnd: DrillWorld['atEnd']): Promise<Readonly<Record<string, string>>>;
  run(world: DrillWorld): Promise<void>;
  /** The strategies of the past under the same events, where there are any. */
  readonly baseline?: (world: { readonly folder: string; note(what: string): void }) => Promise<Baseline>;
}

/** What became of people under another strategy. */
export interface Baseline {
  readonly [strategy: string]: {
    readonly wanted: number;
    readonly answered: number;
    /** Turned away or waved through unchecked after three tries. */
    readonly refused: number;
    /** Nobody wrote them down. */
    readonly lost: number;
    readonly answerP50: number;
    readonly answerP99: number;
    readonly perSecond: readonly { readonly second: number; readonly answered: number }[];
  };
}

/** The outcome of a drill: the line that `npm run drill` prints. */
export interface DrillLine {
  readonly name: string;
  readonly passed: boolean;
  readonly verdicts: { readonly wanted: number; readonly refusedForServer: number; readonly wrong: number };
  readonly entries: { readonly made: number; readonly lost: number; readonly doubled: number };
  readonly seconds: {
    readonly toNotice: number | null;
    readonly toTell: number | null;
    readonly toRecover: number | null;
  };
  readonly ms: {
    readonly verdictP50: number;
    readonly verdictP99: number;
    readonly receiptP50: number;
    readonly receiptP99: number;
    /** How much later than intended guests were begun with, 99 of 100: a busy machine, part of the verdict's figures. */
    readonly crowdLateP99: number;
    /** Verdicts alone, p99 with everything stopped over p99 with everything running: median of rounds. */
    readonly downToUp: number | null;
    /** Between which values it lies, 19 times of 20. */
    readonly downToUpBetween: readonly [number, number] | null;
  };
  readonly worstShare: number;
  /** Every sentence about the disturbance that gates have shown. */
  readonly sentences: readonly Pick<Told, 'notice' | 'standing' | 'sentence'>[];
  readonly figures: Readonly<Record<string, number | string>>;
  readonly baseline: Baseline | null;
  readonly complaints: readonly string[];
}

/** What happened at which second of the drill. */
export interface Event {
  readonly second: number;
  readonly what: string;
}

/** A drill that was played, with everything that a report may show. */
export interface Played {
  readonly line: DrillLine;
  readonly events: readonly Event[];
  readonly phases: readonly Phase[];
  /** Of each node, by the balancer's count. */
  readonly shares: Readonly<Record<string, number>>;
  /** Every second of the drill: how the crowd stood. */
  readonly pulses: readonly (Pulse & { readonly second: number })[];
  /** Second at which each gate first showed each notice, by the notice's name and standing. */
  readonly told: readonly Readonly<Record<string, number>>[];
  /** The disturbance and the repair, in seconds of the drill; null where there was none. */
  readonly from: number | null;
  readonly until: number | null;
}
