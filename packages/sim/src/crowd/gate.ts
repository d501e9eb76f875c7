import { toBase64url, toHex, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import {
  type Decision,
  type DecisionContext,
  decide,
  decideByStaff,
  inspect,
  type Subject,
} from '@munjigi/core/gate';
import { sealSubject } from '@munjigi/core/sealed';
import { compressPoint, keyThumbprint } from '@munjigi/core/signing';
import { dayKeyFor } from '@munjigi/core/trust';
import {
  callServer,
  type DeviceKey,
  deviceSigner,
  type Estimate,
  httpRegister,
  MemoryOutboxStore,
  makeDeviceKey,
  Outbox,
  type RegisterTransport,
  type RulesInUse,
  randomBytes,
  SyncLoop,
  type TrustInUse,
} from '@munjigi/offline';
import { crowdRules, crypto } from './rules.ts';
import { type Told, toldBy } from './told.ts';

/** Where a gate of the crowd stands, and who lets it in. */
export interface GateTerms {
  readonly venueId: number;
  readonly enrolmentCode: string;
  readonly venue: { readonly kind: string; readonly region: string };
  readonly register: string;
  readonly mirrors: readonly string[];
}

/** What came of one code at one gate. */
export interface Visit {
  readonly verdict: Decision['verdict'];
  readonly reason: string;
  /** From the instant at which the code was to be there to the verdict, and to "saved on this device"; milliseconds. */
  readonly verdictMs: number;
  readonly savedMs: number | null;
  /** Where it was written down; null for a code that is the same entry as before, or none. */
  readonly counter: number | null;
}

/** An entry as the gate's own process remembers it. */
export interface Remembered {
  readonly counter: number;
  /** Whole seconds, as the gate's clock had it. */
  readonly enteredAt: number;
  /** Milliseconds of the machine's clock. */
  readonly savedAt: number;
}

/** What a gate knows of its own entries: kept apart from what the product keeps, so that it can be checked. */
export interface GateLedger {
  readonly venueId: number;
  /** Hex of the thumbprint. */
  readonly gate: string;
  readonly entries: readonly Remembered[];
  /** Counter up to which the register has given a receipt. */
  readonly receipted: number;
}

/** One gate, by the product's own parts: rules, decision, sealing, outbox and upload. Only its screen is missing. */
export class CrowdGate {
  readonly store = new MemoryOutboxStore();
  readonly thumbprint: Uint8Array;
  /** Milliseconds from saving an entry to its receipt. */
  readonly receiptMs: number[] = [];
  /** When receipts came that confirmed something new; milliseconds of the machine's clock. */
  readonly receiptedAt: number[] = [];
  /** Entries that the store has taken. */
  readonly written: Remembered[] = [];
  /** When a notice first stood on this gate's screen (milliseconds), by its name and standing. */
  readonly told = new Map<string, number>();
  /** What it said then, by the same names. */
  readonly said = new Map<string, Told>();
  /** Receipts that this gate held when the register had less. */
  regressions = 0;
  /** How often a call to the register failed, by the code of why. */
  readonly failures = new Map<string, number>();
  readonly #savedAt = new Map<number, number>();
  readonly #seen = new Map<string, number>();
  readonly #outbox: Outbox;
  #sync: SyncLoop | null = null;
  #confirmed = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly terms: GateTerms,
    private readonly key: DeviceKey,
    private readonly random: () => number,
    readonly rules: RulesInUse,
  ) {
    this.thumbprint = keyThumbprint(key.publicKey);
    this.#outbox = new Outbox({
      chain: async () => ({ store: this.store, gate: this.thumbprint }),
      venueId: terms.venueId,
      anchor: async () =>
        (await this.store.newestReceipt())?.hash ?? this.rules.inUse?.digest ?? new Uint8Array(32),
    });
  }

  /** Makes a key, fetches the rules and joins the venue, as a tablet does on its first day. */
  static async join(terms: GateTerms, random: () => number): Promise<CrowdGate> {
    const key = await makeDeviceKey();
    let gate: CrowdGate | null = null;
    const rules = await crowdRules(terms.mirrors, random, ({ inUse }) => {
      if (gate && inUse) gate.#noticed(inUse);
    });
    gate = new CrowdGate(terms, key, random, rules);
    await rules.refresh();
    const point = compressPoint(key.publicKey);
    const proof = await deviceSigner(key).sign(possessionBytes(utf8Encode(terms.enrolmentCode), point));
    await callServer(`${terms.register}/gates`, {
      venueId: terms.venueId,
      enrolmentCode: terms.enrolmentCode,
      gateKey: toBase64url(point),
      name: 'door',
      proof: toBase64url(proof),
    });
    return gate;
  }

  get confirmed(): number {
    return this.#confirmed;
  }

  /** Entries without a receipt yet. A register that lost what it had signed for is not seen by this. */
  get waiting(): number {
    return this.written.filter(({ counter }) => counter > this.#confirmed).length;
  }

  /** Opens the door: looks at the rules again and again, and sends what is written. */
  open(): void {
    const doors = () => this.rules.inUse?.bundle.endpoints.register ?? [this.terms.register];
    this.#sync = new SyncLoop({
      store: this.store,
      transport: this.#counted(httpRegister(doors, this.thumbprint)),
      signer: deviceSigner(this.key),
      gate: this.thumbprint,
      venueId: this.terms.venueId,
      bundle: () => ({
        sequence: this.rules.inUse?.bundle.sequence ?? 0,
        digest: this.rules.inUse?.digest ?? new Uint8Array(32),
      }),
      registerKey: (kid) => this.rules.registerKey(kid),
      crypto,
      random: this.random,
      monotonicMs: () => performance.now(),
      now: () => {
        const estimate = this.rules.clock.estimate();
        return estimate && estimate.ms / 1000;
      },
      provedMs: () => this.rules.clock.provedMs,
      events: {
        confirmed: ({ counter }) => this.#receipted(counter),
        regressed: () => {
          this.regressions += 1;
        },
      },
    });
    this.#sync.start();
  }

  /** The register as it is reached, with a count of what goes wrong on the way. */
  #counted({ send, state }: RegisterTransport): RegisterTransport {
    const count = (error: unknown): never => {
      const { code = 'device' } = error as { readonly code?: string };
      this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
      throw error;
    };
    return {
      send: (...batch) => send(...batch).catch(count),
      state: (...place) => state(...place).catch(count),
    };
  }

  close(): void {
    this.rules.stop();
    this.#sync?.stop();
  }

  /** Somebody sees that the network is back. */
  nudge(): void {
    this.#sync?.nudge(true);
  }

  /**
   * A code before this gate, one after the other as at a door. `write` false only decides.
   * @param begun instant from which the answer is timed, by `performance.now()`
   */
  visit(code: string, write = true, begun = performance.now()): Promise<Visit> {
    const visit = this.#turn.then(() => this.#judge(code, write, begun));
    this.#turn = visit.catch(() => {});
    return visit;
  }

  async #judge(code: string, write: boolean, begun: number): Promise<Visit> {
    const { inUse: use, policy, clock } = this.rules;
    if (!use || !policy)
      return { verdict: 'cannot-tell', reason: 'rules-too-old', verdictMs: 0, savedMs: null, counter: null };
    const inspected = await inspect(code, use.trust, crypto);
    const estimate = clock.estimate();
    const tag = inspected.claim?.kind === 'pass' ? toHex(inspected.claim.handle) : null;
    const decision = decide(
      inspected,
      use.trust,
      policy,
      this.#context(estimate, tag === null ? null : (this.#seen.get(tag) ?? null)),
    );
    const verdictMs = performance.now() - begun;
    const { verdict, reason } = decision;
    if (!write || !decision.record || !estimate)
      return { verdict, reason, verdictMs, savedMs: null, counter: null };
    if (tag !== null) this.#seen.set(tag, Math.floor(estimate.ms / 1000));
    const counter = await this.#write(decision, inspected.claim!.subject, Math.floor(estimate.ms / 1000));
    return { verdict, reason, verdictMs, savedMs: counter && performance.now() - begun, counter };
  }

  /** Staff look at what a guest shows, and type who it is. */
  seenByEye(subject: Subject): Promise<Visit> {
    const visit = this.#turn.then(() => this.#looked(subject));
    this.#turn = visit.catch(() => {});
    return visit;
  }

  async #looked(subject: Subject): Promise<Visit> {
    const begun = performance.now();
    const { policy, clock } = this.rules;
    const estimate = clock.estimate();
    if (!policy || !estimate) throw new Error('A gate without rules or time has nothing to look by.');
    const decision = decideByStaff('eye', policy, this.#context(estimate, null));
    const verdictMs = performance.now() - begun;
    const { verdict, reason } = decision;
    const at = Math.floor(estimate.ms / 1000);
    const counter = decision.record ? await this.#write(decision, subject, at, 'typed') : null;
    return { verdict, reason, verdictMs, savedMs: counter && performance.now() - begun, counter };
  }

  #context(estimate: Estimate | null, seenBeforeAt: number | null): DecisionContext {
    const { now } = this.rules.inUse!;
    return {
      instant: estimate && { seconds: estimate.ms / 1000, uncertaintySeconds: estimate.uncertaintyMs / 1000 },
      bundleAgeSeconds: this.rules.ageSeconds(),
      venue: this.terms.venue,
      party: 'group',
      seenBeforeAt,
      lastDrawingOffsetSeconds: null,
      obligation: now?.obligation ?? null,
      obligationUntil: now?.validUntil ?? null,
    };
  }

  ledger(): GateLedger {
    return {
      venueId: this.terms.venueId,
      gate: toHex(this.thumbprint),
      entries: this.written,
      receipted: this.#confirmed,
    };
  }

  async #write(
    { check }: Decision,
    subject: Subject,
    enteredAt: number,
    record: 'scan' | 'typed' = 'scan',
  ): Promise<number | null> {
    const { inUse: use, policy } = this.rules;
    const day = policy!.calendar.dateOf(enteredAt);
    const dayKey = dayKeyFor(use!.bundle, day);
    if (!dayKey) return null;
    const { venueId } = this.terms;
    const done = await this.#outbox.append(async ({ gate, ...place }) => ({
      ...place,
      venueId,
      enteredAt,
      check,
      record,
      kind: 'entry',
      clockUnknown: false,
      dayKeyId: dayKey.keyId,
      subject: await sealSubject({
        subject,
        place: { venueId, day, gate, counter: place.counter, check, record, kind: 'entry' },
        dayKey: dayKey.publicKey,
        ekm: randomBytes(32),
      }),
    }));
    if (done.state !== 'saved') return null;
    const { counter } = done.kept;
    this.written.push({ counter, enteredAt, savedAt: Date.now() });
    this.#savedAt.set(counter, performance.now());
    this.#sync?.nudge();
    return counter;
  }

  #receipted(upTo: number): void {
    for (const [counter, at] of this.#savedAt) {
      if (counter > upTo) continue;
      this.receiptMs.push(performance.now() - at);
      this.#savedAt.delete(counter);
    }
    if (upTo > this.#confirmed) this.receiptedAt.push(Date.now());
    this.#confirmed = Math.max(this.#confirmed, upTo);
  }

  #noticed({ now }: TrustInUse): void {
    const name = `${now?.notice ?? 'none'} ${now?.status ?? ''}`.trim();
    if (this.told.has(name)) return;
    this.told.set(name, Date.now());
    const { policy } = this.rules;
    const said = policy && now && toldBy(policy, now, this.terms.venue);
    if (said) this.said.set(name, said);
  }
}
