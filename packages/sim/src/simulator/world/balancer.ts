import type { Kernel } from '../kernel/kernel.ts';
import { exactClocks, Process } from '../kernel/process.ts';
import type { Answered, Asked, Host } from '../network/network.ts';
import type { RegisterNode } from './node.ts';

const HOP_MS = 0.3;
/** So long a node that does not answer its health check still gets requests. */
const LATE_MS = 2_000;

/** The front door of all nodes: the next one that was well when last looked at. */
export class Balancer implements Host {
  readonly process: Process;
  #next = 0;
  #well: readonly RegisterNode[];

  constructor(
    private readonly kernel: Kernel,
    private readonly nodes: readonly RegisterNode[],
  ) {
    this.process = new Process('balancer', exactClocks(kernel), kernel.random.fork('balancer'));
    this.#well = nodes;
    this.#look();
  }

  answer(asked: Asked): Promise<Answered> {
    const { kernel, process } = this;
    const node = this.#well[this.#next++ % Math.max(1, this.#well.length)];
    return new Promise((done) => {
      const back = (answer: Answered) => kernel.after(process, HOP_MS, () => done(answer));
      const refused = () => back({ status: 502, body: '{"error":"unknown"}' });
      if (!node?.process || !node.link.up) return refused();
      const ended = node.asking(refused);
      kernel.after(node.process, HOP_MS, () => {
        node.answer(asked).then((answer) => {
          ended();
          back(answer);
        });
      });
    });
  }

  #look(): void {
    this.#well = this.nodes.filter(({ ready }) => ready);
    if (this.#well.length === 0) this.#well = this.nodes;
    this.kernel.after(this.process, LATE_MS, () => this.#look());
  }
}
