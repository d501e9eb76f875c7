import type { Calendar, Policy } from '@munjigi/core/rules';
import type { DiaryNote, HolderStore } from '@munjigi/offline';
import type { Language } from '@munjigi/ui/texts';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { DiaryEntry, Wallet } from '../model.ts';
import { longDayText, timeText } from './dates.ts';
import type { Ticker } from './ticker.ts';

interface Parts {
  readonly store: HolderStore;
  readonly ticker: Ticker;
  readonly policy: ReadonlySignal<Policy | null>;
  readonly zone: ReadonlySignal<Calendar>;
  readonly language: ReadonlySignal<Language>;
}

export interface Diary extends Pick<Wallet, 'notePlace' | 'forget' | 'forgetAll'> {
  readonly lines: ReadonlySignal<readonly DiaryEntry[]>;
  /** Forgets what is past the pack's days, and reads what is left. */
  read(): Promise<void>;
}

/** Where this phone has been, as it alone knows. */
export function openDiary({ store, ticker, policy, zone, language }: Parts): Diary {
  const notes = signal<readonly DiaryNote[]>([]);
  const read = async () => {
    const pack = policy.peek();
    if (pack) {
      const today = pack.calendar.startOf(pack.calendar.dateOf(ticker.read() / 1000));
      await store.forgetBefore(today - (pack.retentionDays - 1) * 86_400);
    }
    // The newest first, also of two in one second.
    notes.value = (await store.diary()).sort((a, b) => b.at - a.at || b.id - a.id);
  };
  return {
    read,
    lines: computed(() =>
      notes.value.map(({ id, at, place }) => ({
        id,
        at,
        day: longDayText(language.value, zone.value, at),
        time: timeText(zone.value, at),
        place,
      })),
    ),
    async notePlace(id, place) {
      const note = notes.value.find((one) => one.id === id);
      if (note) await store.notePlace({ ...note, place: place.trim() });
      await read();
    },
    async forget(id) {
      await store.forget(id);
      await read();
    },
    async forgetAll() {
      await store.forget();
      await read();
    },
  };
}
