import type { GateNews, GateStore } from '@munjigi/offline';
import type { GateSignals } from './gate-signals.ts';

type Ways = Pick<GateSignals, 'callNumber' | 'sheetsReady' | 'posterNo'>;
type Keep = Pick<GateStore, 'setting' | 'setSetting'>;

/** What the register tells of each way, the name under which it is kept, and where it stands. */
const WAYS = [
  ['call', 'call-number', 'callNumber'],
  ['sheets', 'sheets-ready', 'sheetsReady'],
  ['poster', 'poster-no', 'posterNo'],
] as const;

/**
 * The venue's ways of recording guests without this device: what it was told last, kept for the hours in which nobody can be asked. That
 * is when guests are sent there.
 * @returns takes news of the register over
 */
export async function openOtherWays(
  store: Keep,
  signals: Ways,
): Promise<(news: Pick<GateNews, 'call' | 'sheets' | 'poster'>) => void> {
  const take = (name: keyof Ways, told: unknown) => {
    (signals[name] as { value: unknown }).value = told;
  };
  for (const [, kept, name] of WAYS) {
    const last = await store.setting<unknown>(kept).catch(() => undefined);
    if (last !== undefined) take(name, last);
  }
  return (news) => {
    for (const [way, kept, name] of WAYS) {
      const told = news[way];
      if (told === undefined || told === signals[name].peek()) continue;
      take(name, told);
      void store.setSetting(kept, told).catch(() => {});
    }
  };
}
