import {
  type AppendedLine,
  consistencyPath,
  cosignersOf,
  type InclusionProof,
  openLine,
  type PublicLog,
  readLine,
  signHead,
  signLogReceipt,
} from '@munjigi/core/log';
import type { Crypto, Signer } from '@munjigi/core/signing';
import { type Clock, nowSeconds } from '../../clock/index.ts';
import { ApiError } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import type { CosignAnswer, CosignRequest } from '../../lib/cosigning/index.ts';
import type { KnownBodies } from './bodies.ts';
import { type KeptHead, LogStore, onTree } from './store.ts';

/** Another body that signs heads: in this process, or elsewhere. */
export interface CosignPort {
  readonly body: string;
  cosign(request: CosignRequest): Promise<CosignAnswer>;
}

export interface KeeperParts {
  readonly db: Database;
  /** The log's own key; it signs heads and receipts and nothing else. */
  readonly signer: Signer;
  readonly origin: string;
  readonly bodies: KnownBodies;
  readonly cosigners: () => readonly CosignPort[];
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** Told of a body that did not sign; the next head asks again. */
  readonly onTrouble: (error: unknown) => void;
}

/** Keeps the public log: takes lines of known bodies, signs heads and receipts, collects the signatures of others. */
export class LogKeeper implements PublicLog {
  readonly store: LogStore;
  readonly origin: string;
  readonly key: Uint8Array;
  private collecting: Promise<void> = Promise.resolve();
  private asked = false;
  /** From where each body was last seen to want its proof. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly parts: KeeperParts) {
    this.store = new LogStore(parts.db);
    this.origin = parts.origin;
    this.key = parts.signer.publicKey;
  }

  /** Throws `log.line`, `signing.*` or an encoding error for what is no line of a known body. */
  async append(line: Uint8Array): Promise<AppendedLine> {
    const { bodies, crypto, clock, signer } = this.parts;
    readLine(line);
    const opened = await openLine(line, await bodies.all(), crypto);
    const placed = await this.store.append(line, opened, nowSeconds(clock), (tree) =>
      signHead({ origin: this.origin, ...tree }, signer),
    );
    void this.collect();
    return { index: placed.index, receipt: await this.receipt(placed.root, placed), line: placed.line };
  }

  /** A receipt for the line at a place, under the newest head or that of a size. Throws `log.no-line`. */
  async proof(index: number, size?: number): Promise<{ index: number; size: number; receipt: Uint8Array }> {
    const placed = await this.store.find(index, size ?? (await this.store.size()));
    if (!placed) throw new ApiError('log.no-line');
    return { index, size: placed.size, receipt: await this.receipt(placed.root, placed) };
  }

  /** Throws `log.no-line` where the log has not grown so far. */
  async consistency(from: number, to: number): Promise<Uint8Array[]> {
    if (from > to || to > (await this.store.size())) throw new ApiError('log.no-line');
    return onTree(this.parts.db, (read) => consistencyPath(from, to, read));
  }

  /** Asks the other bodies for their signature under the newest head; heads that come meanwhile are asked for together. */
  collect(): Promise<void> {
    if (this.asked) return this.collecting;
    this.asked = true;
    this.collecting = this.collecting.then(() => {
      this.asked = false;
      return this.ask();
    });
    return this.collecting;
  }

  private receipt(root: Uint8Array, proof: InclusionProof): Promise<Uint8Array> {
    return signLogReceipt(this.origin, root, proof, this.parts.signer);
  }

  private async ask(): Promise<void> {
    try {
      const head = await this.store.head();
      if (!head) return;
      const missing = this.parts
        .cosigners()
        .filter(({ body }) => !head.cosignatures.some((one) => one.body === body));
      await Promise.all(missing.map((cosigner) => this.askOne(cosigner, head).catch(this.parts.onTrouble)));
    } catch (error) {
      this.parts.onTrouble(error);
    }
  }

  private async askOne(cosigner: CosignPort, head: KeptHead): Promise<void> {
    let from = this.seen.get(cosigner.body) ?? 0;
    // Twice: where it stands elsewhere than we remember, it says so.
    for (let attempt = 0; attempt < 2; attempt++) {
      const path = await this.consistency(Math.min(from, head.size), head.size);
      const answer = await cosigner.cosign({ head: head.head, from, path });
      this.seen.set(cosigner.body, answer.size);
      if (answer.cosignature) return this.keep(cosigner.body, head, answer.cosignature);
      // A newer head was signed there meanwhile, for another process of this desk.
      if (answer.size > head.size) return;
      from = answer.size;
    }
  }

  private async keep(body: string, { size, root, at }: KeptHead, cosignature: Uint8Array): Promise<void> {
    const { bodies, crypto } = this.parts;
    const head = { origin: this.origin, size, root, at };
    const known = new Map([...(await bodies.all())].filter(([name]) => name === body));
    const [signed] = await cosignersOf(head, [cosignature], known, crypto);
    if (signed) await this.store.keepCosignature(size, body, cosignature);
  }
}
