import type { KeptClock } from '../clock/device-clock.ts';
import type { DeviceDatabase } from '../storage/database.ts';
import type { KeptLog } from './log-watch.ts';

/** Documents as they came, signatures and all: verified again whenever they are read back. */
export interface KeptTrust {
  readonly root: Uint8Array;
  readonly bundle: Uint8Array;
  readonly now: Uint8Array | null;
  readonly clock: Uint8Array | null;
  /** The last `now` that named this bundle, where the newest names another that has not been fetched yet. */
  readonly confirming?: Uint8Array | null;
  /** The second at which that other one is fetched (`bundleSlot`). */
  readonly slot?: number | null;
  /** Absent on devices that have not met the public log yet. */
  readonly log?: KeptLog | null;
}

/** Where a device keeps what it trusts. */
export interface TrustKeep {
  load(): Promise<KeptTrust | null>;
  /** Replaces everything at once, or nothing. */
  save(kept: KeptTrust): Promise<void>;
}

/** Where a device keeps what it trusts and how its clock stood. */
export interface RulesKeep extends TrustKeep {
  clock(): Promise<KeptClock | null>;
  saveClock(kept: KeptClock): Promise<void>;
}

/** Keeps nothing beyond the life of its process. */
export function memoryRulesKeep(): RulesKeep {
  let trust: KeptTrust | null = null;
  let clock: KeptClock | null = null;
  return {
    load: async () => trust,
    save: async (kept) => {
      trust = kept;
    },
    clock: async () => clock,
    saveClock: async (kept) => {
      clock = kept;
    },
  };
}

/** Keeps the documents in the store `trust` of a device's database. */
export function databaseTrustKeep(database: DeviceDatabase): TrustKeep {
  return {
    load: async () =>
      ((await database.read(['trust'], (t) => t.objectStore('trust').get('documents'))) as
        | KeptTrust
        | undefined) ?? null,
    save: async (kept) => {
      await database.write(['trust'], (t) => t.objectStore('trust').put(kept, 'documents'));
    },
  };
}

/** Keeps the documents in the store `trust` of a device's database, and the clock among its settings. */
export function databaseRulesKeep(database: DeviceDatabase): RulesKeep {
  return {
    ...databaseTrustKeep(database),
    clock: async () =>
      ((await database.read(['meta'], (t) => t.objectStore('meta').get('clock'))) as KeptClock | undefined) ??
      null,
    saveClock: async (kept) => {
      await database.write(['meta'], (t) => t.objectStore('meta').put(kept, 'clock'));
    },
  };
}
