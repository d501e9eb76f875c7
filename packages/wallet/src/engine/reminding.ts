import type { Policy } from '@munjigi/core/rules';
import type { HolderStore } from '@munjigi/offline';
import { type Language, t } from '@munjigi/ui/texts';
import { signal } from '@preact/signals';
import { endText } from './dates.ts';
import { dueReminder } from './reminders.ts';

interface Told {
  readonly until: number;
  readonly days: readonly number[];
}
const NOTHING: Told = { until: 0, days: [] };

export type Notifications = 'on' | 'off' | 'refused' | 'missing';

/** Whether this browser lets the wallet speak up outside its own page. */
export const notificationState = (): Notifications =>
  !('Notification' in globalThis)
    ? 'missing'
    : Notification.permission === 'granted'
      ? 'on'
      : Notification.permission === 'denied'
        ? 'refused'
        : 'off';

async function notify(text: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.showNotification(text, { tag: 'munjigi-reminder', icon: 'icons/icon-192.png' });
}

/**
 * Reminds before the end: a banner until it was seen, and a notification where that is allowed. Looked at whenever the
 * wallet is open; no server knows when anybody's proof ends.
 */
export function openReminding(store: HolderStore) {
  const banner = signal<string | null>(null);
  let due: { until: number; day: number } | null = null;
  let notified = '';

  return {
    banner,
    async look(policy: Policy, language: Language, until: number | null, now: number): Promise<void> {
      const told = (await store.setting<Told>('reminders')) ?? NOTHING;
      const day = dueReminder({
        until,
        now,
        told: told.until === until ? told.days : [],
        days: policy.pack.reminderDays,
        calendar: policy.calendar,
      });
      due = day === null || until === null ? null : { until, day };
      banner.value =
        due && t(language, 'wallet.ends', { when: endText(language, policy.calendar, due.until) });
      const name = `${due?.until} ${due?.day}`;
      if (banner.value && notificationState() === 'on' && notified !== name) {
        notified = name;
        await notify(banner.value).catch(() => undefined);
      }
    },
    /** The visitor has seen it: this one is not told again. */
    async seen(): Promise<void> {
      if (!due) return;
      const told = (await store.setting<Told>('reminders')) ?? NOTHING;
      const days = told.until === due.until ? told.days : [];
      await store.setSetting('reminders', { until: due.until, days: [...days, due.day] } satisfies Told);
      due = null;
      banner.value = null;
    },
  };
}
