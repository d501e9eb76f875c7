import {
  ChainsSync,
  type GateIdentity,
  type GateStore,
  httpRegister,
  type KeptReceipt,
  type RulesInUse,
} from '@munjigi/offline';
import type { Suite } from '../../crypto/suite.ts';

export interface UploadParts {
  readonly store: GateStore;
  readonly rules: RulesInUse;
  readonly suite: Suite;
  readonly firstDoors: readonly string[];
  readonly random: () => number;
  readonly onConfirmed: (receipt: KeptReceipt) => void;
  readonly onRenewed: (identity: GateIdentity) => void;
  /** A receipt told the time, after a way forth and back of so many milliseconds. */
  readonly onTold: (roundTripMs: number) => void;
  readonly noted: (what: string) => void;
}

/** Sends the outbox, by the product's own loops over the virtual network. */
export function uploadOf(parts: UploadParts): ChainsSync {
  const { store, rules, suite, noted } = parts;
  const doors = () => {
    const named = rules.inUse?.bundle.endpoints.register ?? [];
    return named.length > 0 ? named : parts.firstDoors;
  };
  return new ChainsSync({
    store,
    transport: (gate) => httpRegister(doors, gate, undefined, 'simulation'),
    bundle: () => ({
      sequence: rules.inUse?.bundle.sequence ?? 0,
      digest: rules.inUse?.digest ?? new Uint8Array(32),
    }),
    registerKey: (kid) => rules.registerKey(kid),
    crypto: suite.crypto,
    random: parts.random,
    monotonicMs: () => performance.now(),
    now: () => {
      const estimate = rules.clock.estimate();
      return estimate && estimate.ms / 1000;
    },
    provedMs: () => rules.clock.provedMs,
    events: {
      confirmed: parts.onConfirmed,
      olderMoved: () => noted('an older chain moved'),
      renewed: (identity) => {
        noted('a gate made a new key');
        parts.onRenewed(identity);
      },
      introduced: (unconfirmed) => noted(unconfirmed === null ? 'a new key counts' : 'a new key is marked'),
      refused: () => noted('a new key was refused'),
      sample: (sample) => {
        if (!rules.clock.sample(sample)) return;
        parts.onTold(sample.receivedMonotonicMs - sample.sentMonotonicMs);
        void rules.keepClock();
      },
    },
  });
}
