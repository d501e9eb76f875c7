/** What the supervisor tells of the run at `/demo/setup.json`; the story is the pack's (demonstration/story.json). */
export interface Both {
  readonly ko: string;
  readonly en: string;
}

export interface StoryPerson {
  readonly id: string;
  readonly name: Both;
  readonly tag: Both;
  readonly shows: 'wallet' | 'paper';
}

export interface Story {
  readonly venue: { readonly name: Both; readonly kind: string; readonly region: string };
  readonly people: readonly StoryPerson[];
  readonly guests: { readonly people: readonly string[]; readonly button: Both };
  readonly outage: { readonly button: Both; readonly skips: Both };
  readonly whatIf: { readonly label: Both } | null;
  readonly recovery: { readonly button: Both; readonly skips: Both };
  readonly closing: Both;
  readonly question: Both;
}

/** A minute of the record of outages: what happened, and what would have been said in it (the pack's demonstration/record.json). */
export interface RecordMinute {
  readonly drill: string;
  /** ISO 8601 with an offset. */
  readonly at: string;
  readonly title: Both;
  readonly happened: Both;
  readonly source: string;
  readonly notice: string;
  readonly status: 'provisional' | 'confirmed';
  readonly obligation?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** The notice of a world whose passes lie on phones, where that is another. */
  readonly today?: string;
}

export interface Setup {
  readonly run: string;
  readonly venueId: number;
  readonly enrolmentCode: string;
  readonly policy: string;
  /** Name of the venue, where no story tells it. */
  readonly venueName: string;
  readonly story: Story | null;
  readonly record: readonly RecordMinute[];
}

export type Phase = 'fresh' | 'before' | 'stopped' | 'recovered';

export type ServerState = 'stopped' | 'starting' | 'running';

/** One server of the register. */
export interface Server {
  readonly name: string;
  readonly state: ServerState;
  /** Out of its own metrics. */
  readonly requestsPerSecond: number;
  /** True where every caller is led to this one. */
  readonly led: boolean;
}

/** Why there is one server and not three. */
export type Alone = 'asked' | 'begun' | 'missing' | 'refused';

export interface RunState {
  readonly phase: Phase;
  readonly run: string | null;
  /** `running` as soon as one server is. */
  readonly service: ServerState;
  readonly servers: readonly Server[];
  readonly alone: Alone | null;
  readonly whatIf: { readonly on: boolean; readonly possible: boolean };
}

export interface Row {
  readonly at: number;
  readonly check: string;
  readonly record: string;
  readonly kind: 'entry' | 'void';
  readonly gateNo: number;
  readonly counter: number;
  /** First bytes of the sealed box, hexadecimal: all that the register can see of the subject. */
  readonly box: string;
  readonly confirmed: boolean;
}
