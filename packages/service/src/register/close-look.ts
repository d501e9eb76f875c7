import { ENTRY_FLAGS } from '@munjigi/core/chain';
import { equalBytes } from '@munjigi/core/encoding';
import { ApiError } from '../contracts/index.ts';
import type { Session } from '../db/index.ts';
import { anchorRuns } from './anchor-times.ts';
import type { CheckedBatch } from './checked-batch.ts';
import { type ExtensionParts, extend } from './extension.ts';
import { ingestOne } from './ingest-call.ts';
import { lastReceiptHash, lateReceipt } from './late-receipt.ts';
import { receiptBelow } from './receipt-again.ts';
import { noteRegression } from './regression.ts';
import { mainTip, pathTo, receiptFor, safeCounterOf, standingAt, tipFrom } from './standing.ts';
import { type StoredHashes, storedHashes } from './stored-hashes.ts';
import { openStretch, SEEN, type Stretch, stretchesOf, touch } from './stretch.ts';
import type { Alarm, BatchAnswer, EntryAnswer, Standing } from './types.ts';

/** A gate with more branches than this is not a gate that was restored from a backup. */
const MOST_STRETCHES = 500;

/** A stretch that may grow while a batch is walked through. */
type Growing = { -readonly [K in keyof Stretch]: Stretch[K] };

/** Entries of a batch that one stretch takes on: from the index `from` to before `to`. */
interface Piece {
  readonly stretch: Growing;
  readonly from: number;
  to: number;
}

/**
 * The slow path: everything but a batch that simply goes on at the head. Under the lock of all stretches of the gate, walks
 * along the batch and finds for each entry whether it is here already, goes on somewhere, or branches off. Nothing that is
 * well formed is dropped: a branch and a batch without its parent each get a stretch of their own.
 */
export class CloseLook {
  #stretches: Growing[] = [];
  readonly #stored = new Map<number, StoredHashes>();
  readonly #pieces: Piece[] = [];
  readonly #alarms: Alarm[] = [];

  constructor(
    private readonly session: Session,
    private readonly parts: ExtensionParts,
    private readonly checked: CheckedBatch,
    private readonly nowMs: number,
  ) {}

  /** Runs inside a transaction. The alarms are meant for after its commit. */
  async take(shown: Uint8Array | null): Promise<{ answer: BatchAnswer; alarms: readonly Alarm[] }> {
    const { session, checked, parts } = this;
    const { batch } = checked;
    this.#stretches = await stretchesOf(session, batch.venueId, checked.thumbprint, true);
    if (this.#stretches.length === 0) throw new ApiError('register.gate-unknown');
    if (this.#stretches.length > MOST_STRETCHES) throw new ApiError('register.structure');
    if (shown !== null) {
      const alarm = await noteRegression(session, parts, this.#stretches, shown, this.nowMs);
      if (alarm) this.#alarms.push(alarm);
    }
    await parts.anchors.load(
      session,
      anchorRuns(batch.entries).map((hash) => ({ venueId: batch.venueId, hash })),
    );

    const answers = new Map<number, EntryAnswer>();
    const last = await this.#walk(answers);
    await this.#store(answers);
    await this.#touch(last);
    const standing = await this.#standing(last);
    const results = batch.entries.map((entry) => answers.get(entry.counter)!);
    return { answer: { ...standing, results }, alarms: this.#alarms };
  }

  /** Goes through the entries in order; answers the stretch that holds the last one. */
  async #walk(answers: Map<number, EntryAnswer>): Promise<Growing> {
    const { batch, hashes } = this.checked;
    let current = await this.#locate();
    for (let i = 0; i < batch.entries.length; i++) {
      const counter = batch.previous.counter + i;
      if (current === null || counter === current.counter)
        current = (await this.#wayOn(current, i)) ?? current;
      if (current !== null && counter < current.counter && !(await this.#same(current, i))) {
        current = (await this.#wayOn(current, i)) ?? (await this.#branch(current, i));
      }
      current ??= await this.#island(i);

      if (counter < current.counter) {
        const why = (await this.#hashesOf(current)).rejection(counter + 1);
        answers.set(counter + 1, { n: counter + 1, result: why ?? 'already-stored', flags: [] });
      } else this.#grow(current, i, hashes[i + 1]!);
    }
    return current!;
  }

  /** Where the batch's own start is here: the end of a stretch, or a place inside one. */
  async #locate(): Promise<Growing | null> {
    const { previous } = this.checked.batch;
    const at = this.#stretches.filter(
      (one) => one.startCounter <= previous.counter && previous.counter <= one.counter,
    );
    for (const one of at)
      if (previous.counter === one.counter && equalBytes(one.head, previous.hash)) return one;
    for (const one of at) {
      const here = (await this.#hashesOf(one)).at(previous.counter);
      if (here !== undefined && equalBytes(here, previous.hash)) return one;
    }
    // The hash of that place is gone with its day: a later entry of the batch may still prove the way.
    for (const one of at) {
      const hashes = await this.#hashesOf(one);
      if (hashes.at(previous.counter) === undefined && this.#provedLater(hashes, 0, one.counter)) return one;
    }
    return null;
  }

  /** True where a hash after entry `i` is known and the same: a chain that meets later was the same before. */
  #provedLater(stored: StoredHashes, i: number, end: number): boolean {
    const { batch, hashes } = this.checked;
    for (let j = i + 1; j < hashes.length && batch.previous.counter + j <= end; j++) {
      const known = stored.at(batch.previous.counter + j);
      if (known !== undefined) return equalBytes(known, hashes[j]!);
    }
    return false;
  }

  /** True where the stretch holds entry `i` as the batch has it. */
  async #same(stretch: Growing, i: number): Promise<boolean> {
    const { batch, hashes } = this.checked;
    const stored = await this.#hashesOf(stretch);
    const known = stored.at(batch.previous.counter + i + 1);
    if (known !== undefined) return equalBytes(known, hashes[i + 1]!);
    const entry = batch.entries[i]!;
    return this.#provedLater(stored, i, stretch.counter) || entry.enteredAt < this.parts.days.oldest;
  }

  /**
   * Another stretch that starts exactly here and goes on with entry `i`; a waiting one is joined to where we come from.
   * Where one starts here and goes on otherwise, the chain has forked at this place.
   */
  async #wayOn(from: Growing | null, i: number): Promise<Growing | null> {
    const { batch, hashes } = this.checked;
    const counter = batch.previous.counter + i;
    for (const next of this.#stretches) {
      if (next === from || next.startCounter !== counter || next.counter === counter) continue;
      if (!equalBytes(next.startHash, hashes[i]!)) continue;
      if (from) await this.#join(next, from);
      if (await this.#same(next, i)) return next;
      await this.#mark(next, SEEN.forked);
      if (from) await this.#mark(from, SEEN.forked);
    }
    return null;
  }

  async #join(next: Growing, before: Growing): Promise<void> {
    if (next.parentNo !== null || next.startCounter === 0) return;
    next.parentNo = before.gateNo;
    await this.session.query('UPDATE gate SET parent_no = $3 WHERE venue_id = $1 AND gate_no = $2', [
      next.venueId,
      next.gateNo,
      before.gateNo,
    ]);
  }

  /** The chain leaves a stretch below its end: both branches are kept and marked. */
  async #branch(from: Growing, i: number): Promise<Growing> {
    const { batch, hashes } = this.checked;
    await this.#mark(from, SEEN.forked | SEEN.several);
    const path = pathTo(this.#stretches, from);
    const counter = batch.previous.counter + i;
    const before = path && (await lastReceiptHash(this.session, from, counter));
    const made = await this.#open(counter, hashes[i]!, from.gateNo, SEEN.forked | SEEN.several, before);
    this.#alarms.push({ kind: 'fork', venueId: batch.venueId, gateNo: made.gateNo });
    return made;
  }

  /** The parent of the batch is not here: it is kept by itself and the gate is asked for what lies between. */
  #island(i: number): Promise<Growing> {
    const { batch, hashes } = this.checked;
    return this.#open(batch.previous.counter + i, hashes[i]!, null, SEEN.several, null);
  }

  async #open(
    counter: number,
    hash: Uint8Array,
    parentNo: number | null,
    seen: number,
    receiptHash: Uint8Array | null,
  ): Promise<Growing> {
    const { batch, thumbprint, gateKey } = this.checked;
    const [first] = this.#stretches;
    for (const one of this.#stretches) await this.#mark(one, SEEN.several);
    const marks = seen | (first!.seen & SEEN.unconfirmed);
    const stretch = {
      venueId: batch.venueId,
      thumbprint,
      startCounter: counter,
      startHash: hash,
      parentNo,
      revokedAfter: first!.revokedAfter,
      confirmedAtMs: first!.confirmedAtMs ?? null,
      seen: marks,
      receiptHash,
    };
    const gateNo = await openStretch(this.session, {
      ...stretch,
      gateKey,
      name: '',
      nowMs: this.nowMs,
      today: this.parts.days.today,
    });
    const made: Growing = {
      ...stretch,
      gateNo,
      regressedAt: null,
      counter,
      head: hash,
      receivedAtMs: this.nowMs,
      receiptAtMs: null,
      backedUpTo: null,
      gapClosed: false,
    };
    this.#stretches.push(made);
    return made;
  }

  async #mark(stretch: Growing, bits: number): Promise<void> {
    if ((stretch.seen & bits) === bits) return;
    stretch.seen |= bits;
    await this.session.query('UPDATE gate_head SET seen = $3 WHERE venue_id = $1 AND gate_no = $2', [
      stretch.venueId,
      stretch.gateNo,
      stretch.seen,
    ]);
  }

  /** Notes that the stretch takes entry `i` on, and moves its end. */
  #grow(stretch: Growing, i: number, hash: Uint8Array): void {
    const piece = this.#pieces[this.#pieces.length - 1];
    if (piece !== undefined && piece.stretch === stretch && piece.to === i) piece.to = i + 1;
    else this.#pieces.push({ stretch, from: i, to: i + 1 });
    stretch.counter = this.checked.batch.previous.counter + i + 1;
    stretch.head = hash;
  }

  async #store(answers: Map<number, EntryAnswer>): Promise<void> {
    const { batch, hashes } = this.checked;
    for (const { stretch, from, to } of this.#pieces) {
      const whole = pathTo(this.#stretches, stretch) !== null;
      const flags = (this.#isBranch(stretch) ? ENTRY_FLAGS.fork : 0) | (whole ? 0 : ENTRY_FLAGS.gap);
      const before = { ...stretch, counter: batch.previous.counter + from, head: hashes[from]! };
      const extension = await extend(this.parts, this.checked, before, [from, to], this.nowMs, {
        flags,
        receipted: whole,
        safeCounter: safeCounterOf(this.#stretches, stretch),
      });
      for (const answer of extension.answers) answers.set(answer.n, answer);
      if (!(await ingestOne(this.session, extension.call))) throw new Error('A head moved under its lock.');
      stretch.receivedAtMs = this.nowMs;
      const { receipt } = extension.call;
      if (receipt) {
        stretch.receiptHash = receipt.hash;
        stretch.receiptAtMs = this.nowMs;
        this.parts.anchors.remember(batch.venueId, receipt.hash, this.nowMs);
      }
    }
  }

  /** A stretch that leaves its parent before the parent's end. */
  #isBranch(stretch: Growing): boolean {
    const parent = this.#stretches.find((one) => one.gateNo === stretch.parentNo);
    return parent !== undefined && stretch.startCounter < parent.counter;
  }

  /** A duplicate writes too: its commit waits for a standby as the original's did. */
  async #touch(last: Growing): Promise<void> {
    if (this.#pieces.length === 0) await touch(this.session, last, this.nowMs);
  }

  /** What the gate is told: seen from its own branch where that is whole, else from where the gap begins. */
  async #standing(last: Growing): Promise<Standing> {
    const { batch } = this.checked;
    // An end that now meets the start of a waiting stretch is joined to it, and the whole gets its receipt.
    for (const one of this.#stretches) {
      for (const next of this.#stretches) {
        if (next !== one && next.startCounter === one.counter && equalBytes(next.startHash, one.head))
          await this.#join(next, one);
      }
    }
    for (const one of [...this.#stretches].sort((a, b) => a.startCounter - b.startCounter))
      await lateReceipt(this.session, this.parts.receipts, this.#stretches, one, this.nowMs);

    const own = tipFrom(this.#stretches, last);
    const path = pathTo(this.#stretches, own);
    if (path === null) {
      const before = this.#stretches.filter(
        (one) => pathTo(this.#stretches, one) === null || one.counter <= batch.previous.counter,
      );
      return standingAt(this.session, this.#stretches, mainTip(before), null);
    }
    if (this.#pieces.length > 0)
      return standingAt(this.session, this.#stretches, own, await receiptFor(this.session, path, own));
    const { counter, hash } = batch.head;
    const covering = await receiptFor(this.session, path, { counter, head: hash });
    const { receipts } = this.parts;
    const receipt = await receiptBelow(this.session, receipts, this.#stretches, path, covering, batch.head);
    return standingAt(this.session, this.#stretches, own, receipt);
  }

  async #hashesOf(stretch: Growing): Promise<StoredHashes> {
    let hashes = this.#stored.get(stretch.gateNo);
    if (hashes === undefined) {
      const { previous, entries } = this.checked.batch;
      hashes = await storedHashes(
        this.session,
        this.parts.days,
        stretch,
        previous.counter,
        previous.counter + entries.length,
      );
      this.#stored.set(stretch.gateNo, hashes);
    }
    return hashes;
  }
}
