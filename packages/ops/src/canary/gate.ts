import {
  batchToJson,
  type Entry,
  type EntryResult,
  MAX_BATCH_ENTRIES,
  openReceipt,
  receiptHash,
  signBatch,
} from '@munjigi/core/chain';
import { equalBytes, fromBase64, toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { sealSubject } from '@munjigi/core/sealed';
import { compressPoint } from '@munjigi/core/signing';
import { random } from '@munjigi/service/crypto';
import { callDesk, type Reach } from './call.ts';
import { type GateKey, openGateKey } from './gate-key.ts';
import type { Judged } from './judging.ts';
import { Trouble, type Way } from './seen.ts';
import type { CanarySettings } from './settings.ts';
import type { CanaryTrust, InUse } from './trust.ts';

interface BatchAnswer {
  readonly results: readonly { readonly result: EntryResult }[];
  readonly resendFrom: number | null;
  readonly receipt: string | null;
}

/** Answers after which the register and this chain will not come together again: the gate goes on under a new key. */
const BROKEN_CHAIN = new Set(['register.head', 'register.structure', 'register.signature', 'no-way-back']);

/** A register that refuses every key is not mended by another one, and numbers of gates are few. */
const BETWEEN_KEYS_MS = 600_000;

export interface GateParts {
  readonly folder: string;
  /** As the register lists it. */
  readonly name: string;
  /** Of the register's desk, such as https://entry.example/api/register. */
  readonly address: string;
  readonly venue: CanarySettings['venue'];
}

/** The canary's own gate behind one door: its key, its chain, and the register as that door reaches it. */
export class CanaryGate {
  /** Counter to send from. */
  #next: number;

  private constructor(
    private readonly parts: GateParts,
    private key: GateKey,
  ) {
    this.#next = (key.chain.receipt?.counter ?? 0) + 1;
  }

  static async open(parts: GateParts): Promise<CanaryGate> {
    return new CanaryGate(parts, await openGateKey(parts.folder, parts.venue.venueId));
  }

  /** One entry the whole way: written, sent, receipted; what was not receipted before goes along. Throws `Trouble`. */
  async record(way: Way, judged: Judged, trust: CanaryTrust, reach: Reach): Promise<void> {
    const { chain } = this.key;
    try {
      if (!this.key.enrolled) await way.step('enrol', () => this.#enrol(reach));
      // One entry at most waits behind an outage: finding out takes no more.
      if (chain.head.counter <= (chain.receipt?.counter ?? 0)) await this.#append(judged);
      const answer = await way.step('upload', () => this.#send(judged.inUse, reach));
      await way.step('receipt', () => this.#take(answer, judged.inUse, trust));
    } catch (error) {
      if (error instanceof Trouble)
        await this.#mend(error.code, () => this.#sendAgain(judged.inUse, trust, reach));
      throw error;
    }
  }

  async #enrol(reach: Reach): Promise<void> {
    const { address, name, venue } = this.parts;
    const { signer } = this.key;
    const gateKey = compressPoint(signer.publicKey);
    const proof = await signer.sign(possessionBytes(utf8Encode(venue.code), gateKey));
    const sent = {
      venueId: venue.venueId,
      enrolmentCode: venue.code,
      gateKey: toBase64url(gateKey),
      name,
      proof: toBase64url(proof),
    };
    await callDesk(`${address}/gates`, sent, reach);
    this.key = await this.key.noteEnrolled(true);
  }

  async #append({ subject, at, day, dayKey, inUse }: Judged): Promise<void> {
    const { venueId } = this.parts.venue;
    const { chain, thumbprint } = this.key;
    await chain.append(async (counter): Promise<Entry> => {
      const place = { venueId, counter, check: 'scan', record: 'scan', kind: 'entry' } as const;
      const box = await sealSubject({
        subject,
        place: { ...place, day, gate: thumbprint },
        dayKey: dayKey.publicKey,
        ekm: random(32),
      });
      const anchor = chain.receipt?.hash ?? inUse.digest;
      return { ...place, enteredAt: at, dayKeyId: dayKey.keyId, subject: box, anchor, clockUnknown: false };
    });
  }

  async #send({ bundle, digest }: InUse, reach: Reach): Promise<BatchAnswer> {
    const { chain, signer } = this.key;
    const run = chain.from(this.#next)?.slice(0, MAX_BATCH_ENTRIES) ?? [];
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) throw new Trouble('no-way-back');
    const batch = await signBatch(
      {
        venueId: this.parts.venue.venueId,
        previous: { counter: first.entry.counter - 1, hash: first.before },
        entries: run.map(({ entry }) => entry),
        bundle: { sequence: bundle.sequence, digest },
        pending: chain.head.counter - last.entry.counter,
      },
      signer,
    );
    const held = chain.receipt;
    const shown = held && held.counter >= first.entry.counter ? { shown: toBase64url(held.bytes) } : {};
    return callDesk<BatchAnswer>(`${this.parts.address}/batches`, { ...batchToJson(batch), ...shown }, reach);
  }

  /** Takes the register's signed word for this chain, or says what is wrong with it. */
  async #take(answer: BatchAnswer, { registerKey }: InUse, { crypto }: CanaryTrust): Promise<void> {
    const { chain, thumbprint } = this.key;
    if (answer.resendFrom !== null) {
      this.#next = answer.resendFrom;
      throw new Trouble('register-behind');
    }
    const result = answer.results.at(-1)?.result;
    if (result === 'fork') throw new Trouble('no-way-back');
    if (result !== 'stored' && result !== 'already-stored') throw new Trouble('not-stored');
    if (!answer.receipt) throw new Trouble('no-receipt');
    const bytes = fromBase64(answer.receipt);
    const { venueId, gate, head } = await openReceipt(bytes, registerKey, crypto);
    const own = chain.hashAt(head.counter);
    const isOurs =
      venueId === this.parts.venue.venueId &&
      equalBytes(gate, thumbprint) &&
      own &&
      equalBytes(own, head.hash);
    if (!isOurs) throw new Trouble('no-way-back');
    this.#next = head.counter + 1;
    await chain.confirm({ counter: head.counter, hash: receiptHash(bytes), bytes });
    if (head.counter < chain.head.counter) throw new Trouble('register-behind');
  }

  /** A register that came back from a backup gets what it has lost, as it does from every gate. */
  async #sendAgain(inUse: InUse, trust: CanaryTrust, reach: Reach): Promise<void> {
    try {
      await this.#take(await this.#send(inUse, reach), inUse, trust);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
    }
  }

  /** What can be mended by the canary itself is mended for the next round. */
  async #mend(code: string, sendAgain: () => Promise<void>): Promise<void> {
    if (code === 'register-behind') await sendAgain();
    if (code === 'register.gate-unknown') this.key = await this.key.noteEnrolled(false);
    if (!BROKEN_CHAIN.has(code) || Date.now() - this.key.madeMs < BETWEEN_KEYS_MS) return;
    const { folder, venue } = this.parts;
    this.key = await openGateKey(folder, venue.venueId, true);
    this.#next = 1;
  }
}
