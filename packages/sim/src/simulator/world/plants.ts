import {
  type ChainStore,
  FIRST_CHAIN,
  type GateStore,
  type OutboxStore,
  type RecordingRules,
} from '@munjigi/offline';

/** Faults that are put in on purpose, to see that they are found. None of them is in the product. */
export const PLANTS = {
  'no-idempotency': 'the register stores a batch without comparing the head',
  'forgets-early': 'a gate forgets what is receipted, before the safe mark and before 72 hours',
  'head-first': 'a gate moves its head before the entry is durable',
  'wall-time': 'a gate writes the time of its wall clock, whatever receipts have told',
} as const;
export type Plant = keyof typeof PLANTS;

/** Each is caught by one of so many seeds, counted from 1. */
export const CAUGHT_WITHIN: Readonly<Record<Plant, number>> = {
  'no-idempotency': 10,
  'forgets-early': 20,
  'head-first': 40,
  'wall-time': 10,
};

/** True where a run broke a rule. That the model lacks a statement breaks none, and finds nothing. */
export const isCaught = (failures: readonly string[]): boolean =>
  failures.some((failure) => !failure.startsWith('unforeseen: UnknownStatement'));

export interface PlantedStores {
  /** The store of a chain, as entries are written into it. */
  readonly keptIn: (store: OutboxStore) => OutboxStore;
  /** A device's store, as entries are sent from it. */
  readonly sentFrom: (store: GateStore) => GateStore;
  /** What entries are written by. */
  readonly writtenBy: (rules: RecordingRules) => RecordingRules;
}

/** How a gate gets its stores: as they are, or with the fault that is planted. */
export function planted(plant: Plant | null): PlantedStores {
  return {
    keptIn: plant === 'head-first' ? (store) => headFirst(store as ChainStore) : (store) => store,
    sentFrom: plant === 'forgets-early' ? forgetsEarly : (store) => store,
    writtenBy: plant === 'wall-time' ? byWallClock : (rules) => rules,
  };
}

/** The same object with something else in one place. */
function but<T extends object>(whole: T, change: Partial<T>): T {
  return new Proxy(whole, {
    get(target, name) {
      const found = name in change ? change[name as keyof T] : target[name as keyof T];
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

const byWallClock = (rules: RecordingRules): RecordingRules => ({
  clock: but(rules.clock, { estimate: () => ({ ms: Date.now(), uncertaintyMs: 0 }) }),
  get inUse() {
    return rules.inUse;
  },
  get policy() {
    return rules.policy;
  },
});

const headFirst = (chain: ChainStore): ChainStore =>
  but(chain, {
    async append(kept, expected, mark) {
      const head = await chain.head();
      if (head && head.counter !== expected.counter) return 'lost-race';
      const { database, chain: name } = chain;
      const first = name === FIRST_CHAIN;
      const moved = { counter: kept.counter, hash: kept.hash };
      await database.write(['meta'], (t) =>
        t.objectStore('meta').put(moved, first ? 'head' : `head:${name}`),
      );
      const entries = first ? 'entries' : 'later-entries';
      await database.write([entries, 'seen'], (t) => {
        t.objectStore(entries).put(first ? kept : { ...kept, chain: name });
        if (mark) t.objectStore('seen').put({ at: mark.at, counter: kept.counter }, mark.tag);
      });
      return 'saved';
    },
  });

const forgetsEarly = (store: GateStore): GateStore =>
  but(store, {
    chains: async () =>
      (await store.chains()).map((chain) =>
        but(chain, {
          forget: async () => {
            const receipt = await chain.newestReceipt();
            return receipt ? chain.forget(receipt.counter, Number.POSITIVE_INFINITY) : 0;
          },
        }),
      ),
  });
