import { genesis } from '@munjigi/core/chain';
import { type CheckedStatement, checkStatement } from '@munjigi/core/statement';
import {
  type Confirmed,
  DegradedHours,
  type Episode,
  type GateIdentity,
  type GateStore,
  makeStatement,
  type RulesInUse,
  wroteSince,
} from '@munjigi/offline';
import { signal } from '@preact/signals';
import type { Statements } from '../model.ts';

/** Up to where the register has confirmed the chain that is written now, of those entries that the device holds. */
async function confirmedOf(store: GateStore): Promise<Confirmed> {
  const chain = await store.current();
  const counter = (await chain.newestReceipt())?.counter ?? 0;
  const [last, next] =
    counter > 0 ? await chain.entriesFrom(counter, 2) : [null, ...(await chain.entriesFrom(1, 1))];
  const head =
    counter === 0 || last?.counter === counter ? last && { counter, hash: last.hash } : await chain.head();
  return { name: chain.chain, head: head ?? null, waitingSince: next?.entry.enteredAt ?? null };
}

const DAY_SECONDS = 86_400;

/** Keeps the hours in which something did not answer, states them, and verifies what other devices state. */
export class Degraded implements Statements {
  readonly episodes = signal<readonly Episode[]>([]);
  readonly read: Statements['read'] = signal(null);
  readonly #hours: DegradedHours;

  constructor(
    private readonly store: GateStore,
    private readonly rules: RulesInUse,
    private readonly identity: () => GateIdentity | null,
  ) {
    this.#hours = new DegradedHours(
      store,
      () => confirmedOf(store),
      (episode) => this.#wrote(episode),
      () => void this.#tell(),
    );
  }

  get hours(): DegradedHours {
    return this.#hours;
  }

  /** The register or the mirrors answered, or did not, when last asked. */
  asked(what: 'register' | 'mirrors', answered: boolean): void {
    void this.#hours.asked(what, answered, this.#seconds());
  }

  /** The rules were looked at again: perhaps something new counts. */
  rulesChanged(): void {
    const now = this.rules.inUse?.now;
    if (!now) return;
    const { notice, obligation, sequence } = now;
    void this.#hours.counts({ notice, obligation, sequence, from: this.#seconds() });
  }

  /** Forgets what is older than the pack keeps anything. */
  tidy(): void {
    const days = this.rules.policy?.retentionDays;
    if (days !== undefined) void this.#hours.expire(this.#seconds() - days * DAY_SECONDS);
  }

  async make(from: number): Promise<string | null> {
    const episode = (await this.#hours.list()).find((one) => one.from === from);
    const [identity, key] = [this.identity(), await this.store.gateKey()];
    if (!episode || !identity || !key) return null;
    const wrote = episode.wrote ?? (await this.#wrote(episode));
    const receipt = await this.store.newestReceipt();
    return makeStatement(episode, wrote, { identity, key, receipt }, this.#seconds());
  }

  /** Takes in a code that somebody else's device shows; `show` puts the page on the screen meanwhile. */
  async readCode(text: string, show: () => void): Promise<void> {
    this.read.value = null;
    show();
    this.read.value = (await this.verify(text)) ?? false;
  }

  async verify(text: string): Promise<CheckedStatement | null> {
    return checkStatement(text, (kid) => this.rules.registerKey(kid), this.rules.crypto).catch(() => null);
  }

  async #tell(): Promise<void> {
    this.episodes.value = await this.#hours.list();
  }

  async #wrote({ before, chain }: Pick<Episode, 'before' | 'chain'>) {
    const store = await this.store.current();
    const me = await store.identity();
    if (!me || store.chain !== chain) return null;
    return wroteSince(store, before, genesis(me.thumbprint, me.venueId));
  }

  /** The best clock there is: a device that is cut off still has its own. */
  #seconds(): number {
    return Math.floor((this.rules.clock.estimate()?.ms ?? Date.now()) / 1000);
  }
}
