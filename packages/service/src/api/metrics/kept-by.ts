import type { Policy } from '@munjigi/core/rules';
import { type Clock, nowSeconds } from '../../clock/index.ts';
import type { Secrets } from '../../config/index.ts';
import type { Database } from '../../db/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import { type DayStore, daysOf, FOR_EVER, namedDay } from '../../lib/keys/index.ts';
import type { OpenDesks } from '../desks.ts';
import type { Kept } from './kept.ts';

export interface KeptParts {
  readonly secrets: Secrets;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly databases: ReadonlyMap<DeskName, Database>;
  /** The desks, once they are open. */
  readonly desks: () => OpenDesks | null;
}

/** What the desks of this server keep ahead, asked of themselves. */
export function keptBy({ secrets, policy, clock, databases, desks }: KeptParts): Kept {
  const stores = new Map<DeskName, Promise<DayStore>>();
  const storeOf = (desk: DeskName): Promise<DayStore> => {
    const opened = stores.get(desk) ?? secrets.keysOf(desk).then(daysOf);
    stores.set(desk, opened);
    return opened;
  };
  return {
    async keyDays() {
      const today = policy.calendar.dateOf(nowSeconds(clock));
      const ahead = new Map<DeskName, number>();
      for (const desk of databases.keys()) {
        const store = await storeOf(desk);
        if (store.highWater() === FOR_EVER) continue;
        const days = (await store.names()).flatMap((name) => namedDay(name) ?? []);
        ahead.set(desk, days.filter(({ spare, day }) => !spare && day > today).length);
      }
      return ahead;
    },
    partitionDays: async () => (await desks()?.register?.daysAhead()) ?? null,
    cosignedSize: async () => (await desks()?.authority?.log.store.cosignedSize()) ?? null,
    waitedMs: () => new Map([...databases].map(([desk, db]) => [desk, db.longestWaitMs?.() ?? 0])),
  };
}
