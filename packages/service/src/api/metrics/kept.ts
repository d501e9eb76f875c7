import { Gauge, type Registry } from 'prom-client';
import type { DeskName } from '../../lib/desk.ts';

/** What is kept ahead and what waits: read when somebody asks. Null where it is no matter of this server. */
export interface Kept {
  /** Days after today with keys, of each desk that is open here; a body that has ended recording has none. */
  readonly keyDays: () => Promise<ReadonlyMap<DeskName, number>>;
  /** Days after today that have a place for their entries. */
  readonly partitionDays: () => Promise<number | null>;
  /** Lines of the public log under the newest head that another body signed. */
  readonly cosignedSize: () => Promise<number | null>;
  /** The longest wait of a statement lately, milliseconds. */
  readonly waitedMs: () => ReadonlyMap<DeskName, number>;
}

/** Adds the gauges of what is kept. One that cannot be read now keeps what it said last. */
export function gaugeKept(registry: Registry, kept: Kept): void {
  const registers = [registry];
  const one = (name: string, help: string, read: () => Promise<number | null>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const value = await read().catch(() => null);
        if (value !== null) this.set(value);
      },
    });
  one(
    'munjigi_partition_days_ahead',
    'Days after today that have a place for their entries.',
    kept.partitionDays,
  );
  one(
    'munjigi_log_cosigned_size',
    'Lines of the public log under the newest head that another body signed.',
    kept.cosignedSize,
  );
  new Gauge({
    name: 'munjigi_key_days_ahead',
    help: 'Days after today that a desk has keys for.',
    labelNames: ['desk'],
    registers,
    async collect() {
      const days = await kept.keyDays().catch(() => new Map<DeskName, number>());
      for (const [desk, ahead] of days) this.set({ desk }, ahead);
    },
  });
  new Gauge({
    name: 'munjigi_database_waiting_seconds',
    help: 'The longest that a statement waited for its end, running or ended within half a minute.',
    labelNames: ['desk'],
    registers,
    collect() {
      for (const [desk, ms] of kept.waitedMs()) this.set({ desk }, ms / 1000);
    },
  });
}
