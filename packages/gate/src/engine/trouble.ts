import type { Trouble } from '@munjigi/core/trouble';
import { type GateIdentity, type GateStore, httpRegister, type RulesInUse, Troubles } from '@munjigi/offline';
import { signal } from '@preact/signals';
import type { Trouble as TroubleButton } from '../model.ts';
import { registerDoors } from './register-doors.ts';

/** The owner's button "it does not work": a few words, sent now or when there is a network. */
export class TroubleSaid implements TroubleButton {
  readonly state = signal<'none' | 'sent' | 'waiting'>('none');
  readonly #troubles: Troubles;

  constructor(store: GateStore, rules: RulesInUse, identity: GateIdentity) {
    this.#troubles = new Troubles({
      store,
      transport: httpRegister(() => registerDoors(rules), identity.thumbprint),
      now: () => (rules.clock.estimate()?.ms ?? Date.now()) / 1000,
    });
  }

  async say(what: Trouble): Promise<void> {
    this.state.value = 'waiting';
    if (await this.#troubles.say(what)) this.state.value = 'sent';
  }

  /** The network may be back. */
  async retry(): Promise<void> {
    const sent = await this.#troubles.flush();
    if (sent && this.state.peek() === 'waiting') this.state.value = 'sent';
  }
}
