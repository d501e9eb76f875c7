import {
  askToJoin,
  type GateIdentity,
  type GateStore,
  letIn,
  type RulesInUse,
  readAsked,
  takeAnswer,
} from '@munjigi/offline';
import type { Joining } from '../model.ts';
import type { GateSignals } from './gate-signals.ts';

export interface JoiningParts {
  readonly store: GateStore;
  readonly rules: RulesInUse;
  readonly signals: GateSignals;
  /** Who this device is now: after a fork it has another key, and lets nobody in. */
  readonly identity: () => GateIdentity | null;
  /** The device has become a gate: it starts again as one. */
  readonly onJoined: () => void;
}

/** Seconds by the best clock there is; null where none is trusted. */
const secondsOf = (rules: RulesInUse): number | null => {
  const estimate = rules.clock.estimate();
  return estimate === null ? null : estimate.ms / 1000;
};

/**
 * Letting a new device in without a network, on both sides: the new one shows its key, the owner's phone answers with a signed
 * delegation. The camera gives what it sees while one of the two pages stands on the screen.
 */
export function joining({ store, rules, signals, identity, onJoined }: JoiningParts): Joining & {
  /** What the camera saw. */
  seen(text: string): Promise<void>;
} {
  const { asked, askedBy, answer, joinProblem } = signals;
  let wanted: { readonly name: string; readonly gateKey: Uint8Array } | null = null;
  let taking = false;
  return {
    asked,
    askedBy,
    answer,
    problem: joinProblem,
    get mayLetIn() {
      return identity()?.role === 'owner';
    },
    async ask(name) {
      joinProblem.value = null;
      asked.value = await askToJoin(store, name);
    },
    forget() {
      wanted = null;
      asked.value = null;
      askedBy.value = null;
      answer.value = null;
      joinProblem.value = null;
    },
    async letIn() {
      const [me, key] = [identity(), await store.gateKey()];
      if (!wanted || !key || me?.role !== 'owner') return;
      // A phone without a trusted clock goes by its own: the register judges the time once more.
      answer.value = await letIn(me, key, wanted, secondsOf(rules) ?? Date.now() / 1000);
    },
    async seen(text) {
      const { name } = signals.view.peek();
      if (name === 'let-in' && answer.peek() === null) {
        const read = readAsked(text, rules.crypto);
        joinProblem.value = read ? null : 'other-code';
        if (!read) return;
        wanted = read;
        askedBy.value = { name: read.name, digits: read.digits };
        return;
      }
      if (name !== 'join' || taking) return;
      taking = true;
      try {
        const taken = await takeAnswer(store, text, rules.crypto, secondsOf(rules));
        if (typeof taken === 'string') joinProblem.value = taken;
        else onJoined();
      } finally {
        taking = false;
      }
    },
  };
}
