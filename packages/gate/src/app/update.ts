import { registerSW } from 'virtual:pwa-register';
import { effect, signal } from '@preact/signals';
import type { Gate } from '../model.ts';
import type { Update } from '../screens/UpdateOffer.tsx';
import { hourOfDay } from '../screens/when.ts';
import { mayUpdateByItself } from './update-rule.ts';

const LOOK_FOR_NEW_MS = 3_600_000;
const CONSIDER_MS = 30_000;
const RESUME = 'munjigi-gate:resume';

/** Keeps the app's own files on the device, and lets a newer version in by a tap or in a quiet hour: never under a scan. */
export function keepInstalled(gate: Gate): Update {
  const ready = signal(false);
  let lastScan = performance.now();
  effect(() => {
    if (gate.view.value.name === 'verdict') lastScan = performance.now();
  });
  const activate = registerSW({
    immediate: true,
    onNeedRefresh() {
      ready.value = true;
    },
    onRegisteredSW(_, registration) {
      if (registration) setInterval(() => void registration.update().catch(() => {}), LOOK_FOR_NEW_MS);
    },
  });
  const take = async (): Promise<void> => {
    if (gate.view.peek().name !== 'start') keep(RESUME, '1');
    await activate(true);
  };
  setInterval(() => {
    const { name } = gate.view.peek();
    const now = gate.nowMs.peek();
    const may = mayUpdateByItself({
      ready: ready.peek(),
      writes: gate.strip.peek().kind !== 'viewer',
      idle: name === 'start' || name === 'scan',
      sinceLastScanMs: performance.now() - lastScan,
      hour: now === null ? null : hourOfDay(gate, now),
      protectedHours: gate.protectedHours?.peek() ?? [],
    });
    if (may) void take();
  }, CONSIDER_MS);
  return { ready, take };
}

/** True once after an update that came during a shift: the shift goes on without anybody having to tap. */
export function wasOnShift(): boolean {
  try {
    const resume = sessionStorage.getItem(RESUME) === '1';
    sessionStorage.removeItem(RESUME);
    return resume;
  } catch {
    return false;
  }
}

function keep(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // The shift is then started by a tap.
  }
}
