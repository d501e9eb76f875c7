import { randomBytes } from 'node:crypto';
import { type Entry, entryHash, genesis, type Head, signBatch } from '@munjigi/core/chain';
import type { CheckWord, RecordWord, Subject } from '@munjigi/core/gate';
import { sealSubject } from '@munjigi/core/sealed';
import { compressPoint, keyThumbprint, type Signer } from '@munjigi/core/signing';
import { type Bundle, dayKeyFor } from '@munjigi/core/trust';
import { ApiError } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';
import type { BatchChecker } from '../checked-batch.ts';
import { CloseLook } from '../close-look.ts';
import type { ExtensionParts } from '../extension.ts';
import { mainTip } from '../standing.ts';
import { openStretch, type Stretch, stretchesOf, touch } from '../stretch.ts';
import type { Alarm, EntryAnswer } from '../types.ts';
import type { ChannelKeys } from './channel-keys.ts';

/** The words of recording that a channel may carry. */
export type ChannelWord = Extract<RecordWord, 'call' | 'paper' | 'poster'>;

/** A subject that arrived sealed, for the key of its day and the channel's place. */
export interface SealedSubject {
  readonly box: Uint8Array;
  readonly dayKeyId: number;
}

/** What a channel writes down of one guest. */
export interface ChannelEntry {
  /** When they came in, in whole seconds. */
  readonly at: number;
  readonly check: CheckWord;
  readonly subject: Subject | SealedSubject;
}

/** The bundle as this body believes it, and the digest of its document. */
export interface KnownBundle {
  readonly bundle: Bundle;
  readonly digest: Uint8Array;
}

export interface ChannelParts extends ExtensionParts {
  readonly checker: BatchChecker;
  readonly keys: ChannelKeys;
  readonly bundle: () => Promise<KnownBundle | null>;
  /** Makes sure that today's partitions and keys are there. */
  readonly prepare: () => Promise<void>;
}

/** What became of the entries, in order, and what is to be said once the transaction has committed. */
export interface ChannelAnswer {
  readonly results: readonly EntryAnswer[];
  readonly alarms: readonly Alarm[];
}

/**
 * Chains of venues that no gate writes: this body holds the key. An entry takes the way that a gate's takes: sealed for the day's key
 * at its place, hashed into the chain, signed as a batch, checked, stored and receipted by the same code. The lock of the
 * chain's head is held from the look at it to the commit, so that two nodes go on one after the other.
 */
export class ChannelChains {
  constructor(private readonly parts: ChannelParts) {}

  /** What has to be there before a transaction begins. Throws `register.channel-rules` where no rules are known here. */
  async ready(): Promise<KnownBundle> {
    await this.parts.prepare();
    const known = await this.parts.bundle();
    if (!known) throw new ApiError('register.channel-rules');
    return known;
  }

  /**
   * Writes entries into a venue's channel, inside the caller's transaction. At most 500. Throws `register.channel-rules` where no
   * key of a day is known.
   */
  async write(
    session: Session,
    { bundle, digest }: KnownBundle,
    venueId: number,
    word: ChannelWord,
    guests: readonly ChannelEntry[],
    nowMs: number,
  ): Promise<ChannelAnswer> {
    const signer = this.parts.keys.signer(venueId, word);
    const gate = keyThumbprint(signer.publicKey);
    const tip = await this.#tip(session, venueId, word, signer, nowMs);
    const anchor = tip.receiptHash ?? digest;
    const previous = { counter: tip.counter, hash: tip.head };
    const entries: Entry[] = [];
    let head: Head = previous;
    for (const guest of guests) {
      const counter = head.counter + 1;
      const place = { venueId, counter, check: guest.check, record: word, kind: 'entry' as const };
      const sealed = await this.#seal(bundle, { ...place, gate }, guest);
      const entry: Entry = { ...place, ...sealed, enteredAt: guest.at, anchor, clockUnknown: false };
      entries.push(entry);
      head = { counter, hash: entryHash(entry, gate, head.hash) };
    }
    const batch = await signBatch(
      { venueId, previous, entries, bundle: { sequence: bundle.sequence, digest }, pending: 0 },
      signer,
    );
    const checked = await this.parts.checker.check(batch);
    const { answer, alarms } = await new CloseLook(session, this.parts, checked, nowMs).take(null);
    return { results: answer.results, alarms };
  }

  /** The name of a venue's chain: the thumbprint of its key, 32 bytes. */
  nameOf(venueId: number, word: ChannelWord): Uint8Array {
    return keyThumbprint(this.parts.keys.signer(venueId, word).publicKey);
  }

  /** Makes an answer that writes nothing wait for a standby, as the answer that wrote did. */
  async touch(session: Session, venueId: number, word: ChannelWord, nowMs: number): Promise<void> {
    const gate = keyThumbprint(this.parts.keys.signer(venueId, word).publicKey);
    const stretches = await stretchesOf(session, venueId, gate);
    if (stretches.length > 0) await touch(session, mainTip(stretches), nowMs);
  }

  /** Where the chain stands, locked until the transaction ends. */
  async #tip(
    session: Session,
    venueId: number,
    word: ChannelWord,
    signer: Signer,
    nowMs: number,
  ): Promise<Stretch> {
    const thumbprint = keyThumbprint(signer.publicKey);
    const there = await stretchesOf(session, venueId, thumbprint, true);
    if (there.length > 0) return mainTip(there);
    await session.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE', [venueId]);
    const now = await stretchesOf(session, venueId, thumbprint, true);
    if (now.length > 0) return mainTip(now);
    await openStretch(session, {
      venueId,
      gateKey: compressPoint(signer.publicKey),
      thumbprint,
      name: word,
      startCounter: 0,
      startHash: genesis(thumbprint, venueId),
      parentNo: null,
      revokedAfter: null,
      seen: 0,
      receiptHash: null,
      nowMs,
      today: this.parts.days.today,
    });
    await session.query(
      'INSERT INTO channel (venue_id, thumbprint, word, opened_at) VALUES ($1, $2, $3, $4)',
      [venueId, thumbprint, word, new Date(nowMs)],
    );
    return mainTip(await stretchesOf(session, venueId, thumbprint, true));
  }

  async #seal(
    bundle: Bundle,
    place: Omit<Parameters<typeof sealSubject>[0]['place'], 'day'>,
    { at, subject }: ChannelEntry,
  ): Promise<Pick<Entry, 'subject' | 'dayKeyId'>> {
    if ('box' in subject) return { subject: subject.box, dayKeyId: subject.dayKeyId };
    const day = this.parts.days.calendar.dateOf(at);
    const dayKey = dayKeyFor(bundle, day);
    if (!dayKey) throw new ApiError('register.channel-rules');
    const box = await sealSubject({
      subject,
      place: { ...place, day },
      dayKey: dayKey.publicKey,
      ekm: new Uint8Array(randomBytes(32)),
    });
    return { subject: box, dayKeyId: dayKey.keyId };
  }
}
