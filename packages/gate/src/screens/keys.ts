/** A key press, as far as it tells what a scanner meant. */
export type Key = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>;

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
  Quote: '"',
  BracketLeft: '{',
  BracketRight: '}',
  Backslash: '|',
  Backquote: '~',
};
const PLAIN: Readonly<Record<string, string>> = {
  Minus: '-',
  Equal: '=',
  Semicolon: ';',
  Slash: '/',
  Period: '.',
  Comma: ',',
  Space: ' ',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Backslash: '\\',
  Backquote: '`',
};
/** Some scanners type digits on the number pad, whatever its lock says. */
const PAD: Readonly<Record<string, string>> = {
  NumpadAdd: '+',
  NumpadSubtract: '-',
  NumpadMultiply: '*',
  NumpadDivide: '/',
  NumpadDecimal: '.',
};

/** What a key types on the US keyboard that scanners pretend to be; null for keys that type nothing. */
export function byPlace({ code, shiftKey }: Key): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shiftKey ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit && !shiftKey) return digit;
  const pad = /^Numpad(\d)$/.exec(code)?.[1] ?? PAD[code];
  return pad ?? (shiftKey ? SHIFTED[code] : PLAIN[code]) ?? null;
}

/** What a key typed by the layout in use; null where it is no plain character, as under an input method. */
export const byLayout = ({ key }: Key): string | null => (/^[\x20-\x7e]$/.test(key) ? key : null);

const swapped = (text: string): string =>
  text.replace(/[A-Za-z]/g, (c) => (c < 'a' ? c.toLowerCase() : c.toUpperCase()));

/** How the codes that a gate reads begin. */
const BEGINNINGS = /^(?:MJ1:|MJR:|MJD:|HC1:|NZCP:\/|shc:\/|\{"|eyJ)/;
/** What a scanner may be set to send before a code: its AIM symbology identifier. */
const AIM = /^\][A-Za-z][0-9A-Za-z](?=.)/;

/**
 * The code that two readings of one burst mean: the layout's where it begins as a code does, else the keys' places (a layout
 * that moves the colon, an input method), else either with its case turned round (caps lock). What begins like no code is left
 * as it was typed.
 */
export function codeOf(layout: string | null, place: string | null): { text: string; known: boolean } {
  const readings = [layout, place].flatMap((text) => (text === null ? [] : [text.replace(AIM, '')]));
  const all = [...readings, ...readings.map(swapped)];
  const known = all.find((text) => BEGINNINGS.test(text));
  return { text: known ?? readings[0] ?? '', known: known !== undefined };
}
