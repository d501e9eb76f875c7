import { type AdminState, openRuntime, type Runtime, type ServerNow } from '../haproxy/index.ts';

/** What one balancer says of the nodes. */
export interface View {
  readonly address: string;
  readonly servers: readonly ServerNow[];
}

/** Less of its own weight than this, and a node turns people away now: it cannot take what another one leaves. */
const BEARS = 0.9;

/** All balancers as one: what is said is said to each, and what holds must hold at each. Calls throw `RuntimeRefused`. */
export class Balancers {
  readonly #runtimes: readonly Runtime[];

  constructor(
    sockets: readonly string[],
    private readonly backend: string,
  ) {
    this.#runtimes = sockets.map((socket) => openRuntime(socket));
  }

  views(): Promise<readonly View[]> {
    return Promise.all(
      this.#runtimes.map(async (runtime) => ({
        address: runtime.address,
        servers: await runtime.servers(this.backend),
      })),
    );
  }

  /** A node at each balancer. Throws a sentence where one does not know it. */
  async at(node: string): Promise<readonly (ServerNow & { readonly balancer: string })[]> {
    return (await this.views()).map(({ address, servers }) => {
      const found = servers.find(({ name }) => name === node);
      if (!found) throw new Error(`The balancer at ${address} has no server "${node}" in "${this.backend}".`);
      return { ...found, balancer: address };
    });
  }

  /** How each balancer was ordered to have a node, by its socket. */
  async formerOf(node: string): Promise<Record<string, AdminState>> {
    return Object.fromEntries((await this.at(node)).map(({ balancer, admin }) => [balancer, admin]));
  }

  /** Says it to every balancer, and only then throws what the first of them refused with. */
  async set(node: string, state: AdminState | Readonly<Record<string, AdminState>>): Promise<void> {
    const said = await Promise.allSettled(
      this.#runtimes.map((runtime) =>
        runtime.setState(
          this.backend,
          node,
          typeof state === 'string' ? state : (state[runtime.address] ?? 'maint'),
        ),
      ),
    );
    const refused = said.find((one) => one.status === 'rejected');
    if (refused) throw refused.reason;
  }

  /** Requests that still run at a node, in words; null where none does. */
  async stillRunning(node: string): Promise<string | null> {
    const waits = await Promise.all(
      this.#runtimes.map(async (runtime) => {
        const server = (await runtime.servers(this.backend)).find(({ name }) => name === node);
        if (!server || server.sessions === 0) return null;
        // Ages alone: the rest of a line is about people.
        const ages = (await runtime.command('show sess'))
          .split('\n')
          .filter((line) => line.includes(` be=${this.backend} `) && line.includes(` srv=${node} `))
          .map((line) => / age=(\S+)/.exec(line)?.[1] ?? '?');
        return `${server.sessions} through ${runtime.address}${ages.length > 0 ? ` (for ${ages.slice(0, 5).join(', ')})` : ''}`;
      }),
    );
    const some = waits.filter((one) => one !== null);
    return some.length === 0 ? null : some.join(', ');
  }

  /** Why the others cannot carry what a node leaves, as a sentence; null where they can. */
  async besides(node: string): Promise<string | null> {
    for (const { address, servers } of await this.views()) {
      const others = servers.filter(({ name }) => name !== node);
      if (others.length === servers.length) return `The balancer at ${address} knows no node "${node}".`;
      if (others.length === 0) return `There is no other node than ${node}: nobody would answer.`;
      const away = others.find(({ state, admin }) => state !== 'up' || admin !== 'ready');
      if (away)
        return `${away.name} is away itself at ${address} (${away.status}): two at once is what the others cannot bear.`;
      const weak = others.find(({ weight, initialWeight }) => weight < BEARS * initialWeight);
      if (weak)
        return `${weak.name} takes ${Math.round((100 * weak.weight) / weak.initialWeight)} % of its share at ${address}: it is full or just back, and cannot take more.`;
    }
    return null;
  }
}
