import {
  type Batch,
  type BatchJson,
  batchFromJson,
  batchToJson,
  chainHashes,
  chainKid,
  type Entry,
  genesis,
  type Head,
  headToJson,
  leadsToHead,
  NO_RECEIPT,
  receiptHash,
  signReceipt,
  verifyBatchSignature,
} from '@munjigi/core/chain';
import { parseSuccessor } from '@munjigi/core/delegation';
import { fromBase64, sha256, toBase64url, toHex } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { type Crypto, keyThumbprint, type Signer, spkiFromPoint } from '@munjigi/core/signing';
import { type RegisterAnswer, type RegisterTransport, ServerError } from '../src/index.ts';

interface Chain {
  head: Head;
  rows: Map<number, { entry: Entry; hash: Uint8Array; stored: number }>;
  receipts: { bytes: Uint8Array; head: Head }[];
  /** Hashes (hexadecimal) of entries on other branches, with how often each was stored. */
  branches: Map<string, number>;
}

/** A register in memory that keeps the protocol: verifies, stores once, signs receipts. It can lose its newest rows. */
export class TestRegister implements RegisterTransport {
  readonly chains = new Map<string, Chain>();
  readonly batches: Batch[] = [];
  /** Errors to answer with before anything works again. */
  readonly failures: ServerError[] = [];
  /** Answers that are stored and then lost on the way. */
  lostAnswers = 0;
  /** Old chains that are closed, by thumbprint (hexadecimal): the successors that were shown, as signed. */
  readonly successors = new Map<string, { readonly signed: Uint8Array; readonly gate: string }[]>();
  /** Gates that it knows, by thumbprint; everybody where it is not given. */
  known: Set<string> | null = null;
  nowMs = 1_641_445_080_000;
  safeCounter = 0;

  constructor(
    private readonly signer: Signer,
    private readonly crypto: Crypto,
  ) {}

  keyOf = (kid: Uint8Array): Uint8Array | undefined =>
    toHex(kid) === toHex(chainKid(this.signer.publicKey)) ? spkiFromPoint(this.signer.publicKey) : undefined;

  chain(gate: Uint8Array, venueId: number): Chain {
    const name = toHex(gate);
    let chain = this.chains.get(name);
    if (!chain) {
      chain = {
        head: { counter: 0, hash: genesis(gate, venueId) },
        rows: new Map(),
        receipts: [],
        branches: new Map(),
      };
      this.chains.set(name, chain);
    }
    return chain;
  }

  /** Everything that is held of a gate, on any branch. */
  hashesOf(gate: Uint8Array): string[] {
    const chain = this.chains.get(toHex(gate));
    return chain
      ? [...[...chain.rows.values()].map(({ hash }) => toHex(hash)), ...chain.branches.keys()]
      : [];
  }

  /** What a restored backup is: everything after a counter is gone, receipts included. */
  restore(gate: Uint8Array, venueId: number, upTo: number): void {
    const chain = this.chain(gate, venueId);
    let to = upTo;
    while (to > 0 && !chain.rows.has(to)) to -= 1;
    const hash = to === 0 ? genesis(gate, venueId) : chain.rows.get(to)!.hash;
    for (const counter of [...chain.rows.keys()]) if (counter > to) chain.rows.delete(counter);
    chain.head = { counter: to, hash };
    chain.receipts = chain.receipts.filter((receipt) => receipt.head.counter <= to);
  }

  /** Drops rows in the middle, as a lost shard would. */
  lose(gate: Uint8Array, venueId: number, counters: readonly number[]): void {
    for (const counter of counters) this.chain(gate, venueId).rows.delete(counter);
  }

  async send({ app: _, ...json }: BatchJson & { readonly app?: string }): Promise<RegisterAnswer> {
    this.#fail();
    const batch = batchFromJson(JSON.parse(JSON.stringify(json)));
    if (!(await verifyBatchSignature(batch, this.crypto)))
      throw new ServerError(400, 'register.signature', null);
    const hashes = chainHashes(batch);
    if (!leadsToHead(batch, hashes)) throw new ServerError(400, 'register.head', null);
    this.batches.push(batch);
    const gate = keyThumbprint(batch.gateKey);
    this.#knows(gate);
    const chain = this.chain(gate, batch.venueId);
    const results = batch.entries.map((entry, i) => {
      const row = chain.rows.get(entry.counter);
      if (row && toHex(row.hash) !== toHex(hashes[i]!)) {
        const hash = toHex(hashes[i]!);
        const before = chain.branches.get(hash) ?? 0;
        chain.branches.set(hash, before + 1);
        if (before > 0) return { n: entry.counter, result: 'already-stored' as const, flags: [] };
        return { n: entry.counter, result: 'fork' as const, flags: ['fork' as const] };
      }
      if (row) row.stored += 1;
      else chain.rows.set(entry.counter, { entry, hash: hashes[i]!, stored: 1 });
      return { n: entry.counter, result: row ? ('already-stored' as const) : ('stored' as const), flags: [] };
    });
    if (batch.head.counter > chain.head.counter || chain.branches.has(toHex(batch.head.hash))) {
      const last = chain.receipts[chain.receipts.length - 1];
      const receipt = {
        venueId: batch.venueId,
        gate,
        head: batch.head,
        receivedAtMs: this.nowMs,
        previousReceipt: last ? receiptHash(last.bytes) : NO_RECEIPT,
        safeCounter: this.safeCounter,
      };
      chain.receipts.push({
        bytes: await signReceipt(receipt, this.signer, chainKid(this.signer.publicKey)),
        head: batch.head,
      });
      chain.head = batch.head;
    }
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      throw new ServerError(0, 'network', null);
    }
    return { ...this.#state(chain), results };
  }

  async state(gate: Uint8Array, venueId: number): Promise<RegisterAnswer> {
    this.#fail();
    this.#knows(gate);
    const first = this.successors.get(toHex(gate))?.[0];
    const news = {
      state: first ? ('revoked' as const) : ('confirmed' as const),
      name: 'door',
      revokedAfter: null,
      unconfirmed: null,
      quietSinceMs: null,
      successor: first ? toBase64url(first.signed) : null,
    };
    return { ...this.#state(this.chain(gate, venueId)), news };
  }

  async succeed(old: Uint8Array, shown: { readonly successor: string; readonly proof: string }) {
    this.#fail();
    this.#knows(old);
    const signed = fromBase64(shown.successor);
    const { gate, gateKey } = parseSuccessor(signed);
    const point = this.crypto.decompress(gateKey.subarray(1), gateKey[0] === 3)!;
    const proved = possessionBytes(sha256(signed), gateKey);
    const holds = await this.crypto.verify('ES256', spkiFromPoint(point), proved, fromBase64(shown.proof));
    if (toHex(gate) !== toHex(old) || !holds) throw new ServerError(400, 'register.successor', null);
    const next = toHex(keyThumbprint(point));
    const before = this.successors.get(toHex(old)) ?? [];
    if (!before.some((one) => one.gate === next))
      this.successors.set(toHex(old), [...before, { signed, gate: next }]);
    this.known?.add(next);
    return { gateNo: 2, unconfirmed: null };
  }

  #state(chain: Chain): RegisterAnswer {
    const have: [number, number][] = [];
    for (const counter of [...chain.rows.keys()].sort((a, b) => a - b)) {
      const last = have[have.length - 1];
      if (last && last[1] === counter - 1) last[1] = counter;
      else have.push([counter, counter]);
    }
    // A chain that has forked is answered for the branch that was heard of last, which is whole.
    if (chain.branches.size > 0) have.splice(0, have.length, [1, chain.head.counter]);
    const receipt = chain.receipts[chain.receipts.length - 1]?.bytes ?? null;
    return { receipt, head: chain.head, have, resendFrom: null, results: [] };
  }

  #knows(gate: Uint8Array): void {
    if (this.known && !this.known.has(toHex(gate))) throw new ServerError(404, 'register.gate-unknown', null);
  }

  #fail(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

/** The same answer as JSON over HTTP. */
export const answerToJson = (answer: RegisterAnswer) => ({
  ...answer,
  receipt: answer.receipt && toBase64url(answer.receipt),
  head: headToJson(answer.head),
});

export { batchToJson };
