import type { Entry } from '@munjigi/core/chain';
import { equalBytes, toHex } from '@munjigi/core/encoding';
import { type Decision, type DecisionContext, decide, inspect, type Subject } from '@munjigi/core/gate';
import {
  type Appended,
  type ChainsSync,
  enrolGate,
  type GateIdentity,
  type GateStore,
  type OutboxStore,
  openGateStore,
  Recorder,
  type RecordingRules,
  type RulesInUse,
  SeenBefore,
  WriterLock,
} from '@munjigi/offline';
import type { Suite } from '../../crypto/suite.ts';
import type { Process } from '../../kernel/process.ts';
import type { Device } from '../device.ts';
import { VENUE } from '../pack.ts';
import { gateRules } from './rules.ts';
import { uploadOf } from './upload.ts';

export interface TabParts {
  readonly device: Device;
  readonly suite: Suite;
  readonly link: { readonly venueId: number; readonly enrolmentCode: string };
  readonly register: string;
  readonly mirrors: readonly string[];
  readonly rulesEveryMs: number;
  /** False: this browser has no Web Locks, and every tab is a writer. */
  readonly hasLocks: boolean;
  readonly keptIn: (store: OutboxStore) => OutboxStore;
  readonly sentFrom: (store: GateStore) => GateStore;
  readonly writtenBy: (rules: RecordingRules) => RecordingRules;
  readonly noted: (what: string) => void;
  /** A key of this device, whenever one comes into use. */
  readonly onIdentity: (identity: GateIdentity) => void;
  /** A receipt told the time, after a way forth and back of so many milliseconds. */
  readonly onTold: (roundTripMs: number) => void;
  readonly isWrong: (error: unknown) => void;
}

/** What came of one code: the verdict at once, the writing a moment later. */
export interface Seen {
  readonly decision: Decision;
  /** Of the gate's own clock, when it decided; null where it trusted none. */
  readonly instant: DecisionContext['instant'];
  readonly bundleSequence: number | null;
  readonly subject: Subject | null;
  /** From the code to the verdict, in milliseconds. */
  readonly tookMs: number;
  /** Resolves when it is written down, or could not be; null where nothing was to be written. */
  readonly written: Promise<Appended> | null;
}

const LOOK_MS = 5_000;

/** One page of a gate: the product's parts in the order of the app's create-gate.ts and door.ts; only the screen is missing. */
export class GateTab {
  readonly process: Process;
  readonly store: GateStore;
  rules: RulesInUse | null = null;
  identity: GateIdentity | null = null;
  recorder: Recorder | null = null;
  #anchored: Uint8Array | null = null;
  sync: ChainsSync | null = null;
  #seen: SeenBefore | null = null;
  #oldDrawing: { readonly offset: number; readonly drawnAt: number } | null = null;
  #judging: Promise<unknown> = Promise.resolve();

  constructor(
    readonly parts: TabParts,
    name: string,
  ) {
    this.process = parts.device.page(name);
    this.store = openGateStore('munjigi-gate', this.process.platform.indexedDB as IDBFactory);
  }

  get ready(): boolean {
    return this.process.alive && this.recorder !== null && this.rules?.policy !== null;
  }

  /** Reads back what the device keeps, joins its venue if it has not, and works from then on without any server. */
  async open(): Promise<void> {
    const { parts, store } = this;
    const rules = await gateRules(store, {
      crypto: parts.suite.crypto,
      mirrors: parts.mirrors,
      random: this.process.random.share,
      everyMs: parts.rulesEveryMs,
      onLooked: () => this.#looked(),
    });
    this.rules = rules;
    if (!rules.inUse) await rules.refresh();
    const identity =
      (await store.identity()) ??
      (await enrolGate(store, parts.link, 'door', parts.register).catch(() => null));
    if (identity === null) {
      setTimeout(() => void this.open().catch(parts.isWrong), LOOK_MS);
      return;
    }
    this.identity = identity;
    parts.onIdentity(identity);
    this.#seen = new SeenBefore(store.database);
    this.recorder = new Recorder({
      identity,
      store,
      rules: parts.writtenBy(rules),
      seal: parts.suite.seal,
      keptIn: parts.keptIn,
    });
    this.sync = uploadOf({
      store: parts.sentFrom(store),
      rules,
      suite: parts.suite,
      firstDoors: [parts.register],
      random: this.process.random.share,
      noted: parts.noted,
      onTold: parts.onTold,
      onConfirmed: (receipt) => this.recorder?.verified(receipt.hash),
      onRenewed: (next) => {
        this.identity = next;
        this.recorder?.renewed();
        parts.onIdentity(next);
      },
    });
    this.#lock(identity);
    void rules.refresh();
    const retry = () => {
      const { outbox } = this.recorder!;
      if (outbox.unsaved > 0) void outbox.retryUnsaved().then(() => this.sync?.nudge());
      setTimeout(retry, LOOK_MS * 4);
    };
    setTimeout(retry, LOOK_MS);
  }

  /** The network is back, or the page is seen: look at once. */
  look(): void {
    void this.rules?.refresh().then(() => this.sync?.nudge(true));
  }

  /** A code before this gate: one after the other. `made` is told of each place that its entry is made for. */
  see(text: string, made: (gate: Uint8Array, entry: Entry) => void): Promise<Seen | null> {
    const next = this.#judging.then(() => this.#answer(text, made));
    // The next guest waits until this one is written down, as at the door.
    this.#judging = next.then((seen) => seen?.written).catch(() => {});
    return next;
  }

  async #answer(text: string, made: (gate: Uint8Array, entry: Entry) => void): Promise<Seen | null> {
    const { rules, recorder } = this;
    const seen = this.#seen;
    const use = rules?.inUse;
    if (!rules?.policy || !use || !recorder || !seen) return null;
    const begun = performance.now();
    const estimate = rules.clock.estimate();
    const instant = estimate && {
      seconds: estimate.ms / 1000,
      uncertaintySeconds: estimate.uncertaintyMs / 1000,
    };
    const inspected = await inspect(text, use.trust, this.parts.suite.crypto);
    const seconds = instant?.seconds ?? Date.now() / 1000;
    const claim = inspected.claim?.kind === 'pass' ? inspected.claim : null;
    const tag =
      claim && (await seen.tagOf(inspected.issuer ?? '', claim.handle, instant && Math.floor(seconds)));
    const known = tag === null ? null : ((await seen.find(tag)) ?? recorder.unsaved(tag));
    const decision = decide(inspected, use.trust, rules.policy, {
      instant,
      bundleAgeSeconds: rules.ageSeconds(),
      venue: VENUE,
      party: 'unknown',
      seenBeforeAt: known?.at ?? null,
      lastDrawingOffsetSeconds: this.#oldDrawing?.offset ?? null,
      lastDrawnAt: this.#oldDrawing?.drawnAt ?? null,
      obligation: use.now?.obligation ?? null,
      obligationUntil: use.now?.validUntil ?? null,
    });
    const { verdict, reason, record, check } = decision;
    if (verdict === 'admit') this.#oldDrawing = null;
    else if ((reason === 'old-drawing' || reason === 'clock-visitor') && claim && claim.drawnAt !== null)
      this.#oldDrawing = { offset: claim.drawnAt - seconds, drawnAt: claim.drawnAt };
    const subject = claim?.subject ?? null;
    const tookMs = performance.now() - begun;
    const written = record && subject ? recorder.record({ check, record: 'scan', subject }, tag, made) : null;
    void written?.then(({ state }) => state === 'saved' && this.sync?.nudge());
    return { decision, instant, bundleSequence: use.bundle.sequence, subject, tookMs, written };
  }

  /** A bundle that was just verified is what the next entries were not made before. */
  #looked(): void {
    const digest = this.rules?.inUse?.digest;
    if (!digest || (this.#anchored && equalBytes(digest, this.#anchored))) return;
    this.recorder?.verified(digest);
    this.#anchored = digest;
  }

  #lock(identity: GateIdentity): void {
    const { device, hasLocks } = this.parts;
    const name = toHex(identity.succeeds?.device ?? identity.thumbprint).slice(0, 16);
    const lock = new WriterLock(
      name,
      (isWriter) => {
        if (isWriter) this.sync?.start();
        else this.sync?.stop();
      },
      hasLocks ? device.locks.managerFor(this.process) : (null as unknown as LockManager),
    );
    lock.request();
  }
}
