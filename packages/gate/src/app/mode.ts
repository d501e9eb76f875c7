import { effect } from '@preact/signals';
import type { Gate } from '../model.ts';

const STORED = 'munjigi-gate:mode';
type Mode = 'hand' | 'kiosk';

const modeIn = (value: string | null): Mode | null => (value === 'hand' || value === 'kiosk' ? value : null);

/** How this device stood last time: in a hand, or on a stand for guests. `?mode=kiosk` decides for one opening. */
export function chosenMode(query = new URLSearchParams(location.search)): Mode {
  try {
    return modeIn(query.get('mode')) ?? modeIn(localStorage.getItem(STORED)) ?? 'hand';
  } catch {
    return modeIn(query.get('mode')) ?? 'hand';
  }
}

/** Remembers the choice that staff make on the screen. */
export function rememberMode(gate: Gate): void {
  effect(() => {
    try {
      localStorage.setItem(STORED, gate.mode.value);
    } catch {
      // Storage is closed: the choice lasts for the page.
    }
  });
}
