/**
 * Scanners that type: a code arrives as a burst of key presses that ends with Enter. The burst is told from a person by
 * its pace, and is taken before any button or field sees its Enter.
 */

/** Slower than any scanner, faster than any typist. */
const LONGEST_GAP_MS = 60;
const SHORTEST_CODE = 12;

/** US keyboard, as scanners type: with a Korean input method the letters arrive as syllables, the keys do not lie. */
const SHIFTED: Readonly<Record<string, string>> = {
  Digit1: '!',
  Digit2: '@',
  Digit3: '#',
  Digit4: '$',
  Digit5: '%',
  Digit6: '^',
  Digit7: '&',
  Digit8: '*',
  Digit9: '(',
  Digit0: ')',
  Minus: '_',
  Equal: '+',
  Semicolon: ':',
  Slash: '?',
  Period: '>',
  Comma: '<',
};
const PLAIN: Readonly<Record<string, string>> = {
  Minus: '-',
  Equal: '=',
  Semicolon: ';',
  Slash: '/',
  Period: '.',
  Comma: ',',
  Space: ' ',
};

/** What one key press types; null for keys that type nothing. */
export function typedBy(event: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): string | null {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key;
  if (event.key.length === 1 || event.key === 'Process' || event.key === 'Unidentified') {
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
    if (letter) return event.shiftKey ? letter : letter.toLowerCase();
    const digit = /^Digit(\d)$/.exec(event.code)?.[1];
    if (digit && !event.shiftKey) return digit;
    return (event.shiftKey ? SHIFTED[event.code] : PLAIN[event.code]) ?? null;
  }
  return null;
}

export interface WedgeKey extends Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'> {
  readonly timeStamp: number;
}

/** Collects key presses; gives the code on its Enter, else null. `held` is true while a burst is coming in. */
export function createBurst(): { press(key: WedgeKey): string | null; readonly held: boolean } {
  let text = '';
  let last = Number.NEGATIVE_INFINITY;
  return {
    get held() {
      return text.length >= 4;
    },
    press(key) {
      if (key.timeStamp - last > LONGEST_GAP_MS) text = '';
      if (key.key === 'Enter') {
        const code = text;
        text = '';
        return code.length >= SHORTEST_CODE ? code : null;
      }
      const typed = typedBy(key);
      if (typed === null) return null;
      text += typed;
      last = key.timeStamp;
      return null;
    },
  };
}

/** Listens on the whole window; returns how to stop. Fields keep what people type into them, but not what a scanner types. */
export function listenToWedge(onCode: (text: string) => void): () => void {
  const burst = createBurst();
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const field =
      event.target instanceof HTMLInputElement && event.target.type !== 'radio' ? event.target : null;
    const code = burst.press(event);
    if (code !== null || (burst.held && !field)) event.preventDefault();
    if (code === null) return;
    event.stopPropagation();
    if (field) field.value = '';
    onCode(code);
  };
  window.addEventListener('keydown', press, true);
  return () => window.removeEventListener('keydown', press, true);
}
