/** How a component stood. `slow`: it answered late, or said that it was full. */
export const STATES = ['works', 'slow', 'down'] as const;
export type State = (typeof STATES)[number];

/** The steps of a guest's way, and of the documents' way beside it. */
export const STEPS = [
  'issue',
  'sign-in',
  'present',
  'decide',
  'enrol',
  'upload',
  'receipt',
  'bundle',
  'now',
  'age',
] as const;
export type Step = (typeof STEPS)[number];

/** `outside`: as the public comes, through a front door or a mirror. `beside`: straight to one node, behind the balancer. */
export const SIDES = ['outside', 'beside'] as const;
export type Side = (typeof SIDES)[number];

/** One component through one door, as one round saw it. */
export interface Seen {
  /** A word such as `register`; which of them lead to a notice is the pack's to say. */
  readonly component: string;
  readonly door: string;
  readonly side: Side;
  readonly state: State;
  /** Where it was slow or broke; else the last step. */
  readonly step: Step;
  /** Milliseconds for all steps of the component; null where that is not known. */
  readonly ms: number | null;
}

/** What one round of a canary came to. */
export interface Observation {
  readonly canary: string;
  /** Grows by every round, over restarts too. */
  readonly sequence: number;
  /** Whole seconds, when the round began. */
  readonly at: number;
  readonly seen: readonly Seen[];
}

/** A canary that may speak: its name, and the 65-byte point it signs with. */
export interface CanaryKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

/** When looks become a state. */
export interface Thresholds {
  /** So many of the last rounds are looked at … */
  readonly looks: number;
  /** … and so many of them must agree that something is worse. */
  readonly failing: number;
  /** So many good rounds in a row before something is said to work again. */
  readonly good: number;
  /** A canary that was not heard for so many seconds is silent. */
  readonly silentSeconds: number;
}

/** How a component stands by all canaries that speak. `unknown` where none does. */
export interface ComponentState {
  readonly component: string;
  readonly state: State | 'unknown';
  /** Seconds: the first round that saw it so; null where it was never seen. */
  readonly since: number | null;
}

/** A text in the languages of the status page; an empty one falls back to the other. */
export interface Words {
  readonly ko: string;
  readonly en: string;
}

/** What is done so that it does not come again: by whom, until when (local date), and whether it is done. */
export interface Measure {
  readonly what: Words;
  readonly owner: Words;
  readonly due: string;
  readonly done: boolean;
}

/**
 * What happened in an incident: `began` the first look that failed · `noticed` two of three looks agreed · `reported` somebody
 * said so · `told` a sentence was published · `confirmed` a person stood for it · `works` it was seen to work again · `broke` and
 * then not · `closed` with cause and measures.
 */
export const EVENTS = [
  'began',
  'noticed',
  'reported',
  'told',
  'confirmed',
  'works',
  'broke',
  'closed',
] as const;
export type EventName = (typeof EVENTS)[number];

export interface IncidentEvent {
  readonly what: EventName;
  /** Whole seconds. */
  readonly at: number;
  /** The notice that counted from then on, of `told` and `confirmed`; null for the usual state. */
  readonly notice?: string | null;
}

/** One disturbance of one component from its first failing look to its cause. */
export interface Incident {
  readonly number: number;
  readonly component: string;
  /** The worst that was seen. */
  readonly state: Exclude<State, 'works'>;
  /** In the order in which they were written down. */
  readonly events: readonly IncidentEvent[];
  readonly cause: Words | null;
  readonly measures: readonly Measure[];
  /** Number of an earlier incident of the same component, not long before; null for none. */
  readonly repeats: number | null;
  /** True for one that was rehearsed. */
  readonly exercise: boolean;
}

/** `detected` nothing said yet · `provisional` the pre-approved sentence counts · `confirmed` a person's does · `closed`. */
export type Phase = 'detected' | 'provisional' | 'confirmed' | 'closed';
