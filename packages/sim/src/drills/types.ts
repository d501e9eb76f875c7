import type { Crowd, Phase } from '../crowd/index.ts';
import type { PrivatePostgres, ServiceStage } from '../stage/index.ts';
import type { Noticing } from './noticing.ts';

/** A text in both languages. */
export interface Words {
  readonly ko: string;
  readonly en: string;
}

/** What a drill has at hand: the service with its gates and guests, all of it real. */
export interface DrillWorld {
  readonly folder: string;
  readonly postgres: PrivatePostgres;
  readonly service: ServiceStage;
  readonly crowd: Crowd;
  readonly noticing: Noticing;
  /** Guests a second, as this drill has them. */
  readonly perSecond: number;
  /** Writes down what happens now, for the table and the report. */
  note(what: string): void;
  /** Guests come for so long. */
  arrive(phase: string, seconds: number, perSecond?: number): Promise<Phase>;
  /** The disturbance begins: from here on noticing and telling are timed. */
  begins(): void;
  /** Everything that failed works again: from here on recovery is timed. */
  ends(): void;
  /** What the drill itself found to be wrong: a sentence each. */
  complain(what: string): void;
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
  /** The notice that must be published; null where no door needs a new sentence. */
  readonly notice: string | null;
}

/** One outage, as it is played. */
export interface Drill {
  /** Also of its record in the pack. */
  readonly name: string;
  /** Guests a second; 20 where nothing is said. */
  readonly perSecond?: number;
  readonly gates?: number;
  readonly flags?: readonly string[];
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
    /** Verdicts alone with everything down over everything up: median of rounds. */
    readonly downToUp: number | null;
  };
  readonly worstShare: number;
  readonly baseline: Baseline | null;
  readonly complaints: readonly string[];
}
