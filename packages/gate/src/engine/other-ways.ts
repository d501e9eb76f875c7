import type { GateNews, GateStore } from '@munjigi/offline';
import type { GateSignals } from './gate-signals.ts';

const CALL_NUMBER = 'call-number';
const POSTER_NO = 'poster-no';

/**
 * The venue's ways of recording guests without this device: what it was told last, kept for the hours in which nobody can be asked.
 * @returns takes news of the register over
 */
export async function openOtherWays(
  store: GateStore,
  signals: Pick<GateSignals, 'callNumber' | 'posterNo'>,
): Promise<(news: Pick<GateNews, 'call' | 'poster'>) => void> {
  const kept = async <T>(name: string): Promise<T | null> =>
    (await store.setting<T | null>(name).catch(() => null)) ?? null;
  signals.callNumber.value = await kept<string>(CALL_NUMBER);
  signals.posterNo.value = await kept<number>(POSTER_NO);
  return ({ call, poster }) => {
    if (call !== undefined && call !== signals.callNumber.peek()) {
      signals.callNumber.value = call;
      void store.setSetting(CALL_NUMBER, call).catch(() => {});
    }
    if (poster !== undefined && poster !== signals.posterNo.peek()) {
      signals.posterNo.value = poster;
      void store.setSetting(POSTER_NO, poster).catch(() => {});
    }
  };
}
