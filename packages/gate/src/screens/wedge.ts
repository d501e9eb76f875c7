import { byLayout, byPlace, codeOf, type Key } from './keys.ts';

/**
 * Scanners that type: a code arrives as a burst of key presses that ends with Enter, Tab or nothing. The burst is told from a
 * person by its pace, and is taken before any button or field sees its end.
 */

/** Slower than any scanner, a radio link's hiccups included; faster than a typist for a dozen letters on end. */
const LONGEST_GAP_MS = 100;
const SHORTEST_CODE = 12;
/** A burst that ended with no key is a code all the same, where it begins as one and is as long as one. */
const SHORTEST_UNENDED = 40;
const UNENDED_MS = 300;

export interface WedgeKey extends Key {
  readonly timeStamp: number;
}

export interface Burst {
  /** Takes a key press; gives the code on its end, else null. */
  press(key: WedgeKey): string | null;
  /** Nothing came for a while: the code of a scanner that sends no end, else null. */
  pause(): string | null;
  /** True where a key press would be the first of a burst. */
  begins(key: WedgeKey): boolean;
  /** True while a burst is coming in. */
  readonly held: boolean;
  /** True for what follows an end at once: the second half of a CR LF. */
  isTail(key: WedgeKey): boolean;
}

const isEnd = ({ key }: Key): boolean => key === 'Enter' || key === 'Tab';

/** Collects key presses, in two readings: what the layout made of them, and where the keys are. */
export function createBurst(): Burst {
  let layout: string | null = '';
  let place: string | null = '';
  let length = 0;
  let last = Number.NEGATIVE_INFINITY;
  let endedAt = Number.NEGATIVE_INFINITY;
  const reset = (): void => {
    layout = '';
    place = '';
    length = 0;
  };
  return {
    get held() {
      return length >= 4;
    },
    begins: (key) => length === 0 || key.timeStamp - last > LONGEST_GAP_MS,
    isTail: (key) => isEnd(key) && key.timeStamp - endedAt <= LONGEST_GAP_MS,
    press(key) {
      if (key.timeStamp - last > LONGEST_GAP_MS) reset();
      if (isEnd(key)) {
        const { text, known } = codeOf(layout, place);
        const enough = length >= SHORTEST_CODE;
        reset();
        // Tab goes on to the next field for people: only where the text begins as a code does is it a scanner's.
        if (!enough || (key.key === 'Tab' && !known)) return null;
        endedAt = key.timeStamp;
        return text;
      }
      const [one, other] = [byLayout(key), byPlace(key)];
      if (one === null && other === null) return null;
      layout = layout !== null && one !== null ? layout + one : null;
      place = place !== null && other !== null ? place + other : null;
      length += 1;
      last = key.timeStamp;
      return null;
    },
    pause() {
      const { text, known } = codeOf(layout, place);
      if (!known || length < SHORTEST_UNENDED) return null;
      reset();
      return text;
    },
  };
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Puts back what stood in a field before a scanner typed into it; whoever holds its value is told. */
function restore(field: Field, value: string): void {
  const put = (): void => {
    if (field.value === value) return;
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  put();
  // An input method writes its last syllable only now.
  setTimeout(put);
}

/** Listens on the whole window; returns how to stop. Fields keep what people type into them, but not what a scanner types. */
export function listenToWedge(onCode: (text: string) => void): () => void {
  const burst = createBurst();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let before: { readonly field: Field; readonly value: string } | null = null;

  const take = (code: string): void => {
    if (before) restore(before.field, before.value);
    before = null;
    onCode(code);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { target } = event;
    const isField =
      (target instanceof HTMLInputElement && target.type !== 'radio') ||
      target instanceof HTMLTextAreaElement;
    const field = isField ? (target as Field) : null;
    if (burst.isTail(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (burst.begins(event)) before = field ? { field, value: field.value } : null;
    const code = burst.press(event);
    if (timer) clearTimeout(timer);
    timer = null;
    if (code !== null || (burst.held && !field)) event.preventDefault();
    if (code === null) {
      if (burst.held)
        timer = setTimeout(() => {
          const unended = burst.pause();
          if (unended !== null) take(unended);
        }, UNENDED_MS);
      return;
    }
    event.stopPropagation();
    take(code);
  };
  window.addEventListener('keydown', press, true);
  return () => {
    if (timer) clearTimeout(timer);
    window.removeEventListener('keydown', press, true);
  };
}
