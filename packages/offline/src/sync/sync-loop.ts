import {
  batchToJson,
  type Head,
  MAX_BATCH_ENTRIES,
  openReceipt,
  receiptHash,
  signBatch,
} from '@munjigi/core/chain';
import { equalBytes } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { Crypto, Signer } from '@munjigi/core/signing';
import type { ClockSample } from '../clock/device-clock.ts';
import type { KeptEntry, KeptReceipt, OutboxStore } from '../outbox/types.ts';
import { waitAfterFailure } from './backoff.ts';
import { nextToSend } from './position.ts';
import type { GateNews, RegisterAnswer, RegisterTransport } from './register-transport.ts';
import { ServerError } from './server.ts';

/** What happened, for whoever shows it. */
export interface SyncEvents {
  /** A receipt was verified and kept: everything up to its counter is confirmed. */
  confirmed?(receipt: KeptReceipt): void;
  /** The register has less than it once signed for; the entries are sent again. */
  regressed?(from: number): void;
  /**
   * The register found another branch of this chain. `signed` where it showed a receipt of its own for a place of this chain that
   * is not ours: then the gate needs a new key. What is only told may be a mistake on the way.
   */
  forked?(how: 'signed' | 'told'): void;
  /** The register does not know this gate. */
  unknown?(): void;
  /** True while the register answers. */
  reached?(reached: boolean): void;
  /** What the register says of this gate itself. */
  news?(news: GateNews): void;
  /** A fresh receipt tells the time. */
  sample?(sample: ClockSample): void;
}

export interface SyncParts {
  readonly store: OutboxStore;
  readonly transport: RegisterTransport;
  readonly signer: Signer;
  /** Thumbprint of the gate key. */
  readonly gate: Uint8Array;
  readonly venueId: number;
  /** The bundle in use: named in every batch. */
  readonly bundle: () => { readonly sequence: number; readonly digest: Uint8Array };
  readonly registerKey: (kid: Uint8Array) => Uint8Array | undefined;
  readonly crypto: Crypto;
  readonly random: () => number;
  readonly monotonicMs: () => number;
  /** Corrected seconds, or null where the clock is not trusted: then nothing is forgotten. */
  readonly now: () => number | null;
  /** The latest instant that a signed document proves to have come, in milliseconds; receipts prove theirs themselves. */
  readonly provedMs?: () => number;
  /** Runs before the register is asked anything: a gate that was let in by a delegation shows it first. */
  readonly introduce?: () => Promise<void>;
  readonly events?: SyncEvents;
}

/** Entries stay at the gate this long at least, receipted or not: the gates are the register's redo log. */
export const KEEP_SECONDS = 72 * 3600;
const IDLE_MS = 60_000;
/** A gate with nothing to send still asks so often where it stands: the register may have come back from a backup. */
const ASK_AGAIN_MS = 600_000;

/** What one round came to: `idle` nothing to send, `sent` there may be more, or how long to wait after a failure. */
export type Round =
  | { readonly state: 'idle' }
  | { readonly state: 'sent' }
  | { readonly state: 'failed'; readonly waitMs: number; readonly code: string };

/**
 * Sends what the gate has saved, oldest first, one batch in flight, until the register's signed receipts cover it. Batches are
 * idempotent: a lost answer costs a repeat and nothing else.
 */
export class SyncLoop {
  #next: number | null = null;
  #failures = 0;
  #firstFailureMs = 0;
  #round: Promise<Round> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running = false;
  #nudged: 'softly' | 'forced' | null = null;
  #heardMs = 0;
  #marks = '';

  constructor(private readonly parts: SyncParts) {}

  /** Runs until `stop`: now, when nudged, and every minute. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.nudge();
  }

  stop(): void {
    this.#running = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /**
   * Something was saved: try now. With `force` (the network is back, the page is seen) it also forgets how long a failure asked
   * to wait, and asks the register first where the chain stands.
   */
  nudge(force = false): void {
    if (!this.#running || (this.#failures > 0 && !force && this.#timer)) return;
    if (force) this.#next = null;
    if (this.#round) {
      // What came up since this round began is looked at right after it.
      this.#nudged = force ? 'forced' : this.#nudged === 'forced' ? 'forced' : 'softly';
      return;
    }
    this.#run();
  }

  /** One round: at most one batch. Never throws for what a network or a register can do. */
  round(): Promise<Round> {
    this.#round ??= this.#attempt().finally(() => {
      this.#round = null;
    });
    return this.#round;
  }

  #run(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    void this.round().then((round) => this.#schedule(round));
  }

  #schedule(round: Round): void {
    if (!this.#running) return;
    const nudged = this.#nudged;
    this.#nudged = null;
    if (nudged === 'forced') this.#next = null;
    const calm = round.state === 'idle' ? IDLE_MS : round.state === 'failed' ? round.waitMs : 0;
    const hurries = nudged === 'forced' || (nudged === 'softly' && round.state === 'idle');
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), hurries ? 0 : calm);
  }

  async #attempt(): Promise<Round> {
    const { parts } = this;
    try {
      await parts.introduce?.();
      const silentMs = parts.monotonicMs() - this.#heardMs;
      if (this.#next === null || silentMs > ASK_AGAIN_MS) {
        const shown = (await parts.store.newestReceipt())?.bytes ?? null;
        await this.#heard(await parts.transport.state(parts.gate, parts.venueId, shown), null);
        this.#answered();
      }
      const entries = runOf(await parts.store.entriesFrom(this.#next ?? 1, MAX_BATCH_ENTRIES));
      const first = entries[0];
      if (!first) return { state: 'idle' };
      await this.#send(first, entries);
      this.#answered();
      return { state: 'sent' };
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #send(first: KeptEntry, entries: readonly KeptEntry[]): Promise<void> {
    const { parts } = this;
    const last = entries[entries.length - 1]!;
    const head = await parts.store.head();
    const batch = await signBatch(
      {
        venueId: parts.venueId,
        previous: { counter: first.counter - 1, hash: first.before },
        entries: entries.map(({ entry }) => entry),
        bundle: parts.bundle(),
        pending: Math.max(0, (head?.counter ?? last.counter) - last.counter),
      },
      parts.signer,
    );
    const held = await parts.store.newestReceipt();
    const shown = held && held.counter >= first.counter ? held.bytes : null;
    const sentMonotonicMs = parts.monotonicMs();
    const answer = await parts.transport.send(batchToJson(batch), shown);
    const receivedMonotonicMs = parts.monotonicMs();
    const receipt = await this.#heard(answer, last);
    // Only a receipt made for this very request tells what time it is now; a repeat carries the time of the first one.
    if (
      receipt?.counter === last.counter &&
      answer.results.length > 0 &&
      answer.results.every(({ result }) => result === 'stored')
    ) {
      parts.events?.sample?.({ trustedMs: receipt.receivedAtMs, sentMonotonicMs, receivedMonotonicMs });
    }
    if (answer.results.some(({ result }) => result === 'fork')) parts.events?.forked?.('told');
    this.#noteMarks(answer);
    // What was just sent did not stay: sending it again at once would never end.
    const next = this.#next ?? 0;
    if (next >= first.counter && next <= last.counter) throw new ServerError(200, 'no-progress', null);
  }

  /** The register marks what this gate writes, or has stopped doing so: it is asked why. */
  #noteMarks({ results }: RegisterAnswer): void {
    const last = results[results.length - 1]?.flags ?? [];
    const marks = last.filter((flag) => flag === 'revoked-gate' || flag === 'unconfirmed-gate').join();
    if (marks !== this.#marks) this.#nudged = 'forced';
    this.#marks = marks;
  }

  /** Takes an answer in: its receipt, what the register lacks, what may be forgotten. */
  async #heard(answer: RegisterAnswer, sent: KeptEntry | null): Promise<KeptReceipt | null> {
    const { parts } = this;
    if (answer.news) parts.events?.news?.(answer.news);
    const held = await parts.store.newestReceipt();
    const next = await this.#position(answer, held);
    if (held && next <= held.counter && (this.#next === null || next < this.#next))
      parts.events?.regressed?.(next);
    const receipt = answer.receipt && (await this.#verified(answer.receipt, sent));
    if (receipt && (!held || receipt.counter >= held.counter || receipt.safeCounter > held.safeCounter)) {
      await parts.store.saveReceipt(receipt);
      parts.events?.confirmed?.(receipt);
    }
    this.#next = next;
    await this.#forget(receipt ?? held);
    return receipt;
  }

  /**
   * Where to send from. A register that stands on a place which is not ours has another branch of this chain (the device was
   * restored or copied): then everything goes there that no receipt of ours covers, and the register keeps both branches.
   */
  async #position(answer: RegisterAnswer, held: KeptReceipt | null): Promise<number> {
    const { store, events } = this.parts;
    const heldFrom = (await store.entriesFrom(1, 1))[0]?.counter ?? 1;
    if (await this.#isOurs(answer.head)) return nextToSend(answer, heldFrom);
    events?.forked?.((await this.#isSignedElsewhere(answer.receipt)) ? 'signed' : 'told');
    return Math.max(heldFrom, (held?.counter ?? 0) + 1);
  }

  async #isOurs({ counter, hash }: Head): Promise<boolean> {
    if (counter === 0) return true;
    const head = await this.parts.store.head();
    if (!head || counter > head.counter) return false;
    if (counter === head.counter) return equalBytes(hash, head.hash);
    const own = (await this.parts.store.entriesFrom(counter, 1))[0];
    // What is forgotten was confirmed once: it cannot be compared any more.
    return own?.counter !== counter || equalBytes(own.hash, hash);
  }

  /** True where a register key of the bundle signed a place of this chain that the chain here does not have. */
  async #isSignedElsewhere(bytes: Uint8Array | null): Promise<boolean> {
    const { parts } = this;
    if (!bytes) return false;
    try {
      const { venueId, gate, head } = await openReceipt(bytes, parts.registerKey, parts.crypto);
      return venueId === parts.venueId && equalBytes(gate, parts.gate) && !(await this.#isOurs(head));
    } catch (error) {
      if (isMunjigiError(error)) return false;
      throw error;
    }
  }

  /** A receipt counts where a register key of the bundle signed it for this chain, and its head is ours. */
  async #verified(bytes: Uint8Array, sent: KeptEntry | null): Promise<KeptReceipt | null> {
    const { parts } = this;
    const receipt = await openReceipt(bytes, parts.registerKey, parts.crypto);
    const { counter, hash } = receipt.head;
    if (receipt.venueId !== parts.venueId || !equalBytes(receipt.gate, parts.gate) || counter === 0)
      return null;
    const own = sent?.counter === counter ? sent : (await parts.store.entriesFrom(counter, 1))[0];
    if (own?.counter !== counter || !equalBytes(own.hash, hash)) return null;
    return {
      counter,
      bytes,
      hash: receiptHash(bytes),
      receivedAtMs: receipt.receivedAtMs,
      safeCounter: receipt.safeCounter,
    };
  }

  async #forget(receipt: KeptReceipt | null): Promise<void> {
    const now = this.parts.now();
    if (!receipt || now === null) return;
    // A clock can be weeks ahead and not know it: what it says of 72 hours counts only where something signed says so too.
    const proved = Math.max(receipt.receivedAtMs, this.parts.provedMs?.() ?? 0) / 1000;
    const safe = receipt.safeCounter > 0 ? Math.min(receipt.safeCounter, receipt.counter) : receipt.counter;
    await this.parts.store.forget(safe, Math.min(now, proved) - KEEP_SECONDS);
  }

  #answered(): void {
    this.#failures = 0;
    this.#heardMs = this.parts.monotonicMs();
    this.parts.events?.reached?.(true);
  }

  #failed(error: unknown): Round {
    const known =
      error instanceof ServerError
        ? error
        : isMunjigiError(error)
          ? new ServerError(200, error.code, null)
          : null;
    if (known?.code === 'register.gate-unknown') this.parts.events?.unknown?.();
    if (this.#failures === 0) this.#firstFailureMs = this.parts.monotonicMs();
    this.#failures += 1;
    // After a failure the register may be another one: ask where the chain stands before sending on.
    this.#next = null;
    if (known?.status === 0 || (known?.status ?? 0) >= 500) this.parts.events?.reached?.(false);
    const outageMs = this.parts.monotonicMs() - this.#firstFailureMs;
    const waitMs = waitAfterFailure(
      this.#failures,
      outageMs,
      known?.retryAfterSeconds ?? null,
      this.parts.random,
    );
    return { state: 'failed', waitMs, code: known?.code ?? 'device' };
  }
}

/** The entries up to the first gap. */
function runOf(entries: readonly KeptEntry[]): readonly KeptEntry[] {
  const end = entries.findIndex((kept, i) => i > 0 && kept.counter !== entries[i - 1]!.counter + 1);
  return end < 0 ? entries : entries.slice(0, end);
}
