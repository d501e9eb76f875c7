import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headFromJson } from '@munjigi/core/chain';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { type RegisterAnswer, type RegisterTransport, ServerError } from '@munjigi/offline';
import { makePrivateKey, nodeSigner } from '@munjigi/service/crypto';
import { bundle } from '../bundle.ts';
import { type AskedProcess, startAsked } from '../child.ts';
import { tempFolder } from '../databases.ts';
import type { Chance } from './chance.ts';
import type { NodeRequest } from './node-child.ts';

type Ask = NodeRequest extends infer T ? (T extends unknown ? Omit<T, 'id'> : never) : never;
const CHILD = fileURLToPath(new URL('./node-child.ts', import.meta.url));
const NODES = 2;

/** Two service nodes on one database: processes that are killed and started again, and serve one run after the other. */
export class Nodes {
  readonly #keys = join(tempFolder('runs-keys'), 'register');
  readonly #privateKey = makePrivateKey();
  readonly registerKey = nodeSigner(this.#privateKey).publicKey;
  readonly #nodes: (AskedProcess<Ask> | null)[] = Array(NODES).fill(null);
  #open: { readonly url: string; readonly nowMs: () => number } | null = null;
  /** A node that is killed after so many more answers of it, while others are on their way. */
  #doomed: { readonly node: number; answers: number } | null = null;
  #killing: Promise<void> = Promise.resolve();
  kills = 0;

  async start(node: number): Promise<void> {
    const child = await startAsked<Ask>([
      process.execPath,
      await bundle(CHILD, true),
      this.#keys,
      toBase64url(this.#privateKey),
    ]);
    if (this.#open) await child.ask({ op: 'open', url: this.#open.url, nowMs: this.#open.nowMs() });
    this.#nodes[node] = child;
  }

  isUp(node: number): boolean {
    return this.#nodes[node] !== null;
  }

  /** All that are not running. */
  async startAll(): Promise<void> {
    for (let node = 0; node < NODES; node++) if (!this.isUp(node)) await this.start(node);
  }

  async startSome(chance: Chance): Promise<void> {
    for (let node = 0; node < NODES; node++) if (!this.isUp(node) && chance.oneIn(2)) await this.start(node);
  }

  async kill(node: number): Promise<void> {
    const child = this.#nodes[node];
    if (!child) return;
    this.#nodes[node] = null;
    this.kills += 1;
    await child.kill();
  }

  doom(node: number, answers: number): void {
    this.#doomed = { node, answers };
  }

  async open(url: string, nowMs: () => number): Promise<void> {
    this.#open = { url, nowMs };
    for (const child of this.#nodes) await child?.ask({ op: 'open', url, nowMs: nowMs() });
  }

  async close(): Promise<void> {
    await this.#killing;
    this.#open = null;
    this.#doomed = null;
    for (const child of this.#nodes) await child?.ask({ op: 'close' });
  }

  async end(): Promise<void> {
    for (const child of this.#nodes) await child?.end();
  }

  async ask<T>(node: number, request: Ask): Promise<T> {
    const child = this.#nodes[node];
    if (!child) throw new Error('gone');
    const answer = await child.ask<T>(request);
    const doomed = this.#doomed;
    if (doomed?.node === node && doomed.answers-- <= 0) {
      this.#doomed = null;
      this.#killing = this.kill(node);
      throw new Error('gone');
    }
    return answer;
  }

  /** How devices reach the nodes: over a network that loses answers and brings requests twice. */
  transport(chance: Chance): RegisterTransport {
    const nowMs = () => this.#open?.nowMs() ?? 0;
    const call = async (request: Ask): Promise<RegisterAnswer> => {
      const node = chance.upTo(NODES - 1);
      try {
        const twice = chance.oneIn(6) ? this.ask(1 - node, request).catch(() => null) : null;
        const answer = await this.ask<AnswerJson>(node, request);
        await twice;
        if (chance.oneIn(9)) throw new Error('gone');
        return fromJson(answer);
      } catch (error) {
        const code = (error as Error).message;
        if (code === 'gone') throw new ServerError(0, 'network', null);
        throw new ServerError(code.startsWith('service.') ? 503 : 400, code, null);
      }
    };
    const text = (bytes: Uint8Array | null | undefined) => (bytes ? toBase64url(bytes) : null);
    return {
      send: (batch, shown) => call({ op: 'send', nowMs: nowMs(), batch, shown: text(shown) }),
      state: (thumbprint, venueId, shown) =>
        call({
          op: 'state',
          nowMs: nowMs(),
          venueId,
          thumbprint: toBase64url(thumbprint),
          shown: text(shown),
        }),
    };
  }
}

type AnswerJson = Omit<RegisterAnswer, 'head' | 'receipt' | 'results'> & {
  readonly head: { readonly counter: number; readonly hash: string };
  readonly receipt: string | null;
  readonly results?: RegisterAnswer['results'];
};

const fromJson = (answer: AnswerJson): RegisterAnswer => ({
  ...answer,
  head: headFromJson(answer.head),
  receipt: answer.receipt === null ? null : fromBase64(answer.receipt),
  results: answer.results ?? [],
});
