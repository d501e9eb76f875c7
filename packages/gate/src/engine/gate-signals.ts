import type { GateNews } from '@munjigi/offline';
import { type Signal, signal } from '@preact/signals';
import type { CameraState, DeviceFacts, Fitness, Gate, Joining, View } from '../model.ts';
import type { Party } from './verdict-screen.ts';

/** What the engine itself sets; everything else on the screen follows from these and the rules in use. */
export interface GateSignals {
  readonly view: Signal<View>;
  readonly camera: Signal<CameraState>;
  readonly stream: Signal<MediaStream | null>;
  readonly fitness: Signal<Fitness>;
  readonly party: Signal<Party>;
  /** Corrected time in milliseconds; null where the clock is not trusted. */
  readonly nowMs: Signal<number | null>;
  /** Counts the times that the rules were looked at: whatever depends on them is then worked out anew. */
  readonly rulesSeen: Signal<number>;
  readonly waiting: Signal<number>;
  readonly confirmed: Signal<number>;
  /** Entries held in memory because the device could not write them. */
  readonly unsaved: Signal<number>;
  readonly lastEntry: Gate['lastEntry'];
  /** True where this tab drives the gate. */
  readonly writer: Signal<boolean>;
  /** True while the register answers. */
  readonly online: Signal<boolean>;
  /** Since when neither register nor mirrors answer, in seconds; null while one does. */
  readonly cutOffSince: Signal<number | null>;
  /** Entries confirmed after an outage, while that is news. */
  readonly backWith: Signal<number | null>;
  readonly facts: Signal<DeviceFacts | null>;
  readonly news: Signal<GateNews | null>;
  /** The number that guests can call to be recorded, in groups; null where none is known to work. */
  readonly callNumber: Signal<string | null>;
  /** True where sheets of paper were last told to lie ready. */
  readonly sheetsReady: Signal<boolean>;
  /** The number of the venue's poster that guests can scan; null where it has none. */
  readonly posterNo: Signal<number | null>;
  readonly unseen: Signal<boolean>;
  /** True where the register does not count the delegation that it was shown. */
  readonly refused: Signal<boolean>;
  /** Since when this device has a new key (seconds), and whether one before it let others in; null where it has its first. */
  readonly renewed: NonNullable<Gate['renewed']>;
  /** True while that is news. */
  readonly justRenewed: Signal<boolean>;
  readonly asked: Joining['asked'];
  readonly askedBy: Joining['askedBy'];
  readonly answer: Joining['answer'];
  readonly joinProblem: Joining['problem'];
}

export const gateSignals = (): GateSignals => ({
  view: signal<View>({ name: 'start' }),
  camera: signal<CameraState>({ state: 'off', torch: null, seen: 'waiting' }),
  stream: signal<MediaStream | null>(null),
  fitness: signal<Fitness>('checking'),
  party: signal<Party>('unknown'),
  nowMs: signal<number | null>(null),
  rulesSeen: signal(0),
  waiting: signal(0),
  confirmed: signal(0),
  unsaved: signal(0),
  lastEntry: signal(null),
  writer: signal(true),
  online: signal(true),
  cutOffSince: signal<number | null>(null),
  backWith: signal<number | null>(null),
  facts: signal<DeviceFacts | null>(null),
  news: signal(null),
  callNumber: signal<string | null>(null),
  sheetsReady: signal(false),
  posterNo: signal<number | null>(null),
  unseen: signal(false),
  refused: signal(false),
  renewed: signal(null),
  justRenewed: signal(false),
  asked: signal(null),
  askedBy: signal(null),
  answer: signal(null),
  joinProblem: signal(null),
});
