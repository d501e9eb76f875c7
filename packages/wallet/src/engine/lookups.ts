import type { Policy } from '@munjigi/core/rules';
import { type Language, t } from '@munjigi/ui/texts';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Holder } from '../holder.ts';
import { dayText } from './dates.ts';

/**
 * Tells the visitor that a pass of this phone was looked up in a case: one sentence, with the day, until it was read. Looked at
 * once a day while the wallet is open.
 */
export function openLookups({ lookups, rules }: Holder, policy: ReadonlySignal<Policy | null>) {
  const day = signal<string | null>(null);
  let looking = false;

  const look = async (pack: Policy, today: string): Promise<void> => {
    const use = rules.current;
    if (use) {
      const { calendar, retentionDays } = pack;
      await lookups.look({
        root: use.root,
        mirrors: [...new Set(['/mirror', ...use.bundle.endpoints.mirrors])],
        today,
        keptFrom: calendar.startOf(today) - retentionDays * 86_400,
        retentionDays,
      });
    }
    day.value = await lookups.untold();
  };
  return {
    /** The sentence in a language, or null. */
    sentence: (language: ReadonlySignal<Language>) =>
      computed(() => {
        const pack = policy.value;
        if (day.value === null || !pack) return null;
        const when = dayText(language.value, pack.calendar, pack.calendar.startOf(day.value));
        return t(language.value, 'wallet.lookup', { day: when });
      }),
    /** One look at a time; one that is due already costs nothing. */
    look(pack: Policy, today: string): void {
      if (looking) return;
      looking = true;
      void look(pack, today)
        .catch(() => undefined)
        .finally(() => {
          looking = false;
        });
    },
    async seen(): Promise<void> {
      await lookups.seen();
      day.value = await lookups.untold();
    },
  };
}
