import type { Clock } from '../clock/index.ts';
import { type Database, isStatementFailed, SQLSTATE } from '../db/index.ts';
import { anchorRuns } from './anchor-times.ts';
import type { CheckedBatch } from './checked-batch.ts';
import { CloseLook } from './close-look.ts';
import { type Extension, type ExtensionParts, extend } from './extension.ts';
import type { Outcome } from './group-commit.ts';
import { ingestMany } from './ingest-call.ts';
import { rejectionOf } from './judge.ts';
import { safeCounterOf } from './standing.ts';
import { type Stretch, stretchesOfMany } from './stretch.ts';
import type { Alarm, BatchAnswer } from './types.ts';

/** A batch on its way into the database. */
export interface Upload {
  readonly key: string;
  readonly size: number;
  readonly checked: CheckedBatch;
  readonly shown: Uint8Array | null;
}

export interface IntakeParts extends ExtensionParts {
  readonly db: Database;
  readonly clock: Clock;
  /** Makes sure that today's partitions and keys are there. */
  readonly prepare: () => Promise<void>;
  readonly alarm: (alarm: Alarm) => void;
}

const REMEMBERED = 50_000;

/** Touches the head, so that this commit waits for a standby as the original's did, and reads what was answered then. */
const REPEATED = `WITH h AS (
    UPDATE gate_head SET received_at = $7
    WHERE venue_id = $1 AND gate_no = $2 AND counter = $4 AND head = $5 AND seen = $6 RETURNING venue_id, gate_no, counter)
  SELECT r.signed, (SELECT array_agg(j.counter || ' ' || j.reason) FROM rejected j
                    WHERE j.venue_id = $1 AND j.gate_no = $2 AND j.counter > $3 AND j.counter <= $4) AS rejected
  FROM h JOIN receipt r ON r.venue_id = h.venue_id AND r.gate_no = h.gate_no AND r.counter = h.counter`;

/**
 * Takes groups of uploads into the database: those that simply go on at their head in one statement, the others each by a
 * closer look. Remembers where heads stood, which saves a question; the function `ingest` compares, so a wrong memory costs
 * a round trip and nothing else.
 */
export class Intake {
  readonly #heads = new Map<string, Stretch>();
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  async take(uploads: readonly Upload[]): Promise<readonly Outcome<BatchAnswer>[]> {
    await this.#parts.prepare();
    const { db, anchors, clock } = this.#parts;
    await this.#loadHeads(uploads);
    await anchors.load(db, this.#anchorsOf(uploads));
    const nowMs = clock.nowMs();

    const outcomes = new Map<Upload, Outcome<BatchAnswer>>();
    const simple: { readonly upload: Upload; readonly head: Stretch; readonly extension: Extension }[] = [];
    for (const upload of inLockOrder(uploads, this.#heads)) {
      const head = this.#heads.get(upload.key);
      if (head === undefined || upload.shown !== null || !goesOnAt(head, upload.checked)) continue;
      const range = [0, upload.checked.batch.entries.length] as const;
      const extension = await extend(this.#parts, upload.checked, head, range, nowMs, {
        flags: 0,
        receipted: true,
        safeCounter: safeCounterOf([head], head),
      });
      simple.push({ upload, head, extension });
    }
    if (simple.length > 0) {
      const matched = await ingestMany(
        db,
        simple.map(({ extension }) => extension.call),
      ).catch((error: unknown) => {
        for (const { upload } of simple) this.#heads.delete(upload.key);
        throw error;
      });
      for (const [i, { upload, head, extension }] of simple.entries()) {
        if (matched[i])
          outcomes.set(upload, { ok: true, value: this.#stored(upload, head, extension, nowMs) });
        else this.#heads.delete(upload.key);
      }
    }
    for (const upload of uploads) {
      if (outcomes.has(upload)) continue;
      const repeated = await this.#repeated(upload, nowMs);
      outcomes.set(upload, repeated ? { ok: true, value: repeated } : await this.#lookClosely(upload));
    }
    return uploads.map((upload) => outcomes.get(upload)!);
  }

  /** Forgets where heads stood: a newer backup moved the safe marks. */
  forgetHeads(): void {
    this.#heads.clear();
  }

  #stored(upload: Upload, head: Stretch, { call, answers }: Extension, nowMs: number): BatchAnswer {
    const receipt = call.receipt!;
    this.#parts.anchors.remember(call.venueId, receipt.hash, nowMs);
    if (this.#heads.size >= REMEMBERED) this.#heads.clear();
    this.#heads.set(upload.key, {
      ...head,
      counter: call.newCounter,
      head: call.newHead,
      receivedAtMs: nowMs,
      receiptHash: receipt.hash,
      receiptAtMs: nowMs,
    });
    return {
      results: answers,
      head: { counter: call.newCounter, hash: call.newHead },
      have: [[1, call.newCounter]],
      resendFrom: null,
      receipt: receipt.signed,
    };
  }

  /** The answer to a batch that ends exactly at the head of a gate's only stretch: all of it is here. Else null. */
  async #repeated(upload: Upload, nowMs: number): Promise<BatchAnswer | null> {
    const head = this.#heads.get(upload.key);
    const { batch } = upload.checked;
    if (head === undefined || upload.shown !== null || head.counter !== batch.head.counter) return null;
    if (Buffer.compare(head.head, batch.head.hash) !== 0) return null;
    const { rows } = await this.#parts.db.query<{ signed: Uint8Array; rejected: readonly string[] | null }>(
      REPEATED,
      [
        batch.venueId,
        head.gateNo,
        batch.previous.counter,
        batch.head.counter,
        batch.head.hash,
        head.seen,
        new Date(nowMs),
      ],
    );
    if (rows[0] === undefined) return null;
    const why = new Map(
      (rows[0].rejected ?? []).map((text) => text.split(' ').map(Number) as [number, number]),
    );
    return {
      results: batch.entries.map(({ counter }) => {
        const reason = why.get(counter);
        return {
          n: counter,
          result: reason === undefined ? 'already-stored' : rejectionOf(reason),
          flags: [],
        };
      }),
      head: batch.head,
      have: [[1, batch.head.counter]],
      resendFrom: null,
      receipt: rows[0].signed,
    };
  }

  async #lookClosely(upload: Upload): Promise<Outcome<BatchAnswer>> {
    this.#heads.delete(upload.key);
    try {
      const { answer, alarms } = await this.#parts.db.tx((session) =>
        new CloseLook(session, this.#parts, upload.checked, this.#parts.clock.nowMs()).take(upload.shown),
      );
      alarms.forEach(this.#parts.alarm);
      return { ok: true, value: answer };
    } catch (error) {
      // Two batches of one gate through two nodes may open the same stretch number: the loser looks again.
      if (isStatementFailed(error, SQLSTATE.uniqueViolation, SQLSTATE.deadlock)) return this.#again(upload);
      return { ok: false, error };
    }
  }

  async #again(upload: Upload): Promise<Outcome<BatchAnswer>> {
    try {
      const { answer, alarms } = await this.#parts.db.tx((session) =>
        new CloseLook(session, this.#parts, upload.checked, this.#parts.clock.nowMs()).take(upload.shown),
      );
      alarms.forEach(this.#parts.alarm);
      return { ok: true, value: answer };
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** Asks for the heads that are not remembered. Only gates with a single stretch are: the others need a closer look. */
  async #loadHeads(uploads: readonly Upload[]): Promise<void> {
    const unknown = uploads.filter((upload) => !this.#heads.has(upload.key));
    if (unknown.length === 0) return;
    const byChain = new Map<string, Stretch[]>();
    const nameOf = (venueId: number, thumbprint: Uint8Array) =>
      `${venueId} ${Buffer.from(thumbprint).toString('latin1')}`;
    const gates = unknown.map(({ checked }) => ({
      venueId: checked.batch.venueId,
      thumbprint: checked.thumbprint,
    }));
    for (const stretch of await stretchesOfMany(this.#parts.db, gates)) {
      const name = nameOf(stretch.venueId, stretch.thumbprint);
      byChain.set(name, [...(byChain.get(name) ?? []), stretch]);
    }
    for (const upload of unknown) {
      const found = byChain.get(nameOf(upload.checked.batch.venueId, upload.checked.thumbprint));
      if (found?.length !== 1) continue;
      if (this.#heads.size >= REMEMBERED) this.#heads.clear();
      this.#heads.set(upload.key, found[0]!);
    }
  }

  #anchorsOf(uploads: readonly Upload[]): { venueId: number; hash: Uint8Array }[] {
    return uploads.flatMap(({ checked }) =>
      anchorRuns(checked.batch.entries).map((hash) => ({ venueId: checked.batch.venueId, hash })),
    );
  }
}

/** True where the batch starts exactly at the head of a gate's only stretch. */
function goesOnAt(head: Stretch, { batch }: CheckedBatch): boolean {
  return head.counter === batch.previous.counter && Buffer.compare(head.head, batch.previous.hash) === 0;
}

/** Heads are locked in one order by everyone, so that groups never wait for each other in a circle. */
function inLockOrder(uploads: readonly Upload[], heads: ReadonlyMap<string, Stretch>): Upload[] {
  const place = (upload: Upload): [number, number] => [
    upload.checked.batch.venueId,
    heads.get(upload.key)?.gateNo ?? 0,
  ];
  return [...uploads].sort((a, b) => {
    const [venueA, gateA] = place(a);
    const [venueB, gateB] = place(b);
    return venueA - venueB || gateA - gateB;
  });
}
