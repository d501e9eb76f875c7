import { ENTRY_FLAGS, type Head } from '@munjigi/core/chain';
import type { AnchorTimes } from './anchor-times.ts';
import type { CheckedBatch } from './checked-batch.ts';
import type { IngestCall, KeptRow, RejectedRow } from './ingest-call.ts';
import { flagNames, judge } from './judge.ts';
import { type OwnLayer, Sealer } from './own-layer.ts';
import type { Receipts } from './receipts.ts';
import type { RetentionDays } from './retention-days.ts';
import { SEEN, type Stretch } from './stretch.ts';
import type { EntryAnswer } from './types.ts';

/** What extending needs besides the batch. */
export interface ExtensionParts {
  readonly days: RetentionDays;
  readonly layer: OwnLayer;
  readonly receipts: Receipts;
  readonly anchors: AnchorTimes;
}

/** A stretch as it stands when a batch is computed for it. */
export type Target = Pick<
  Stretch,
  'venueId' | 'gateNo' | 'counter' | 'head' | 'seen' | 'revokedAfter' | 'receiptHash'
>;

export interface Extension {
  readonly call: IngestCall;
  readonly answers: readonly EntryAnswer[];
}

const LARGEST_INT = 0x7fffffff;
const within = (n: number): number => Math.min(LARGEST_INT, Math.max(-LARGEST_INT, n));

/**
 * Computes the rows that some entries of a batch add to a stretch, whose head is the hash before the first of them.
 * @param from first entry, counted from 0; `to` is the one after the last
 * @param how marks of the stretch (fork, gap), whether a receipt may be given (only where nothing is missing before), and up to
 *   which counter backups hold everything
 */
export async function extend(
  parts: ExtensionParts,
  checked: CheckedBatch,
  target: Target,
  [from, to]: readonly [number, number],
  receivedMs: number,
  how: { readonly flags: number; readonly receipted: boolean; readonly safeCounter: number },
): Promise<Extension> {
  const { batch, thumbprint, hashes, subjectHashes } = checked;
  const received = Math.floor(receivedMs / 1000);
  const unconfirmed = target.seen & SEEN.unconfirmed ? ENTRY_FLAGS['unconfirmed-gate'] : 0;
  const kept: KeptRow[] = [];
  const rejected: RejectedRow[] = [];
  const anchors: Uint8Array[] = [];
  const answers: EntryAnswer[] = [];
  const marks: Head[] = how.receipted ? [] : [{ counter: target.counter, hash: target.head }];
  let bytes = 0;
  for (let i = from; i < to; i++) bytes += batch.entries[i]!.subject.length;
  const sealer = new Sealer({ venueId: batch.venueId, gate: thumbprint }, to - from, bytes);
  let anchorAtMs: number | null = null;
  let lastDay = '';
  let key: ReturnType<OwnLayer['keyOf']> | null = null;

  for (let i = from; i < to; i++) {
    const entry = batch.entries[i]!;
    const lastAnchor = anchors[anchors.length - 1];
    const sameAnchor =
      lastAnchor !== undefined &&
      (lastAnchor === entry.anchor || Buffer.compare(lastAnchor, entry.anchor) === 0);
    if (!sameAnchor) anchorAtMs = parts.anchors.at(batch.venueId, entry.anchor);
    const revoked =
      target.revokedAfter !== null && entry.counter > target.revokedAfter ? ENTRY_FLAGS['revoked-gate'] : 0;
    const judged = judge(entry, {
      venueId: batch.venueId,
      receivedMs,
      days: parts.days,
      anchorAtMs,
      also: how.flags | unconfirmed | revoked,
    });
    if (!judged.kept) {
      // Its content is not kept, so what stands before it cannot be proved from behind it.
      if (i > from && rejected[rejected.length - 1]?.counter !== entry.counter - 1)
        marks.push({ counter: entry.counter - 1, hash: hashes[i]! });
      rejected.push({ counter: entry.counter, hash: hashes[i + 1]!, why: judged.why });
      answers.push({ n: entry.counter, result: judged.why, flags: [] });
      continue;
    }
    if (!sameAnchor) anchors.push(entry.anchor);
    const day = parts.days.dayOf(judged.at);
    if (key === null || day !== lastDay) {
      // When one of the two days is gone, the other's chain is computed from here.
      if (key !== null) marks.push({ counter: entry.counter - 1, hash: hashes[i]! });
      key = parts.layer.keyOf(day);
      lastDay = day;
    }
    kept.push({
      entry,
      at: judged.at,
      claimed: judged.claimed,
      lateS: within(received - entry.enteredAt),
      flags: judged.flags,
      anchor: anchors.length,
      subjectHash: subjectHashes[i]!,
      subject: sealer.putOn(key, entry.counter, entry.subject),
    });
    answers.push({
      n: entry.counter,
      result: judged.flags & ENTRY_FLAGS.fork ? 'fork' : 'stored',
      flags: flagNames(judged.flags),
    });
  }

  const newHead = { counter: batch.previous.counter + to, hash: hashes[to]! };
  const receipt = how.receipted
    ? await parts.receipts.sign(
        { venueId: batch.venueId, gate: thumbprint },
        newHead,
        receivedMs,
        target.receiptHash,
        how.safeCounter,
      )
    : null;
  return {
    answers,
    call: {
      venueId: target.venueId,
      gateNo: target.gateNo,
      counter: target.counter,
      head: target.head,
      seen: target.seen,
      newCounter: newHead.counter,
      newHead: newHead.hash,
      receivedMs,
      today: parts.days.today,
      kept,
      anchors,
      rejected,
      receipt,
      marks,
    },
  };
}
