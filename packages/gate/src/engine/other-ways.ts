import type { GateNews, GateStore } from '@munjigi/offline';
import type { GateSignals } from './gate-signals.ts';

const CALL_NUMBER = 'call-number';
const SHEETS_READY = 'sheets-ready';

type Ways = Pick<GateSignals, 'callNumber' | 'sheetsReady'>;
type Keep = Pick<GateStore, 'setting' | 'setSetting'>;

/** Reads back how guests can be recorded beside this device, as the register last told it. */
export async function recallWays(signals: Ways, store: Keep): Promise<void> {
  const kept = <T>(name: string) => store.setting<T>(name).catch(() => undefined);
  signals.callNumber.value = (await kept<string | null>(CALL_NUMBER)) ?? null;
  signals.sheetsReady.value = (await kept<boolean>(SHEETS_READY)) ?? false;
}

/** Takes in what the register says of it. Kept for the hours in which nobody can be asked: that is when guests are sent there. */
export function hearOfWays({ callNumber, sheetsReady }: Ways, store: Keep, { call, sheets }: GateNews): void {
  if (call !== undefined && call !== callNumber.peek()) {
    callNumber.value = call;
    void store.setSetting(CALL_NUMBER, call).catch(() => {});
  }
  if (sheets !== undefined && sheets !== sheetsReady.peek()) {
    sheetsReady.value = sheets;
    void store.setSetting(SHEETS_READY, sheets).catch(() => {});
  }
}
