import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byLayout, byPlace } from './keys.ts';
import { createBurst } from './wedge.ts';

const BASE45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const SHIFTED = '!@#$%^&*()_+:?><"{}|~';
const CODES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'!@#$%^&*()'].map((sign, i) => [sign, `Digit${'1234567890'[i]}`])),
  ...{
    _: 'Minus',
    '-': 'Minus',
    '+': 'Equal',
    '=': 'Equal',
    ':': 'Semicolon',
    ';': 'Semicolon',
    ' ': 'Space',
  },
  ...{ '?': 'Slash', '/': 'Slash', '>': 'Period', '.': 'Period', '<': 'Comma', ',': 'Comma', '"': 'Quote' },
  ...{ '{': 'BracketLeft', '[': 'BracketLeft', '}': 'BracketRight', ']': 'BracketRight', '|': 'Backslash' },
};
const codeOf = (letter: string): string =>
  /\d/.test(letter)
    ? `Digit${letter}`
    : /[A-Za-z]/.test(letter)
      ? `Key${letter.toUpperCase()}`
      : (CODES[letter] ?? '');
const isShifted = (letter: string): boolean => /[A-Z]/.test(letter) || SHIFTED.includes(letter);

/** Types a code as a scanner does that pretends to be a US keyboard; `key` is what the layout makes of each key. */
function type(
  text: string,
  {
    gap = 8,
    key = (letter: string): string => letter,
    end = 'Enter',
    code = codeOf,
  }: { gap?: number; key?: (letter: string) => string; end?: string; code?: (letter: string) => string } = {},
): string | null {
  const burst = createBurst();
  let at = 1000;
  for (const letter of text) {
    burst.press({ key: key(letter), code: code(letter), shiftKey: isShifted(letter), timeStamp: at });
    at += gap;
  }
  return end === '' ? burst.pause() : burst.press({ key: end, code: end, shiftKey: false, timeStamp: at });
}

const CODE = 'MJ1:6BF0XV4TE9$K-Z Y%*+./:7QAZ6BF0XV4TE9$K-ZY';

describe('a scanner that types', () => {
  it('gives the code at its Enter or its Tab, or when it stops where it sends no end', () => {
    for (const end of ['Enter', 'Tab', '']) expect(type(CODE, { end }), end).toBe(CODE);
  });

  it('gives every code of our alphabets as it is, whatever layout or input method the device has', () => {
    const layouts: Readonly<Record<string, (letter: string) => string>> = {
      us: (letter) => letter,
      korean: (letter) => (/[A-Za-z]/.test(letter) ? 'ㅁ' : letter),
      composing: (letter) => (/[A-Za-z]/.test(letter) ? 'Process' : letter),
      // Y and Z change places, and most signs are elsewhere.
      german: (letter) =>
        ({ Y: 'Z', Z: 'Y', ':': 'Ö', '-': 'ß', '/': '-', '+': '`', '*': '(' })[letter] ?? letter,
      french: (letter) =>
        ({ A: 'Q', Q: 'A', Z: 'W', W: 'Z', M: '?', ':': 'M', '1': '&', '2': 'é', '0': 'à', '.': ':' })[
          letter
        ] ?? letter,
      capsLock: (letter) =>
        /[A-Z]/.test(letter) ? letter.toLowerCase() : /[a-z]/.test(letter) ? letter.toUpperCase() : letter,
    };
    const text = fc.oneof(
      fc
        .string({ unit: fc.constantFrom(...BASE45), minLength: 20, maxLength: 400 })
        .map((rest) => `MJ1:${rest}`),
      fc
        .string({ unit: fc.constantFrom(...BASE45), minLength: 20, maxLength: 400 })
        .map((rest) => `HC1:${rest}`),
      fc.stringMatching(/^[0-9]{40,200}$/).map((rest) => `shc:/${rest}`),
      fc.stringMatching(/^[A-Z2-7]{40,200}$/).map((rest) => `NZCP:/1/${rest}`),
      fc.stringMatching(/^[A-Za-z0-9_-]{40,200}$/).map((rest) => `eyJ${rest}`),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...Object.keys(layouts)), (code, name) => {
        // Both readings of a JWT begin alike on a French layout: nothing tells them apart (docs/decisions/0011).
        fc.pre(!(name === 'french' && code.startsWith('eyJ')));
        expect(type(code, { key: layouts[name]! }), name).toBe(code);
      }),
    );
  });

  it('is understood with its symbology identifier before the code, and with digits from the number pad', () => {
    expect(type(`]Q3${CODE}`)).toBe(CODE);
    const pad = (letter: string) => (/\d/.test(letter) ? `Numpad${letter}` : codeOf(letter));
    expect(type(CODE, { code: pad })).toBe(CODE);
    // Its lock is off: the pad says End, arrows and so on.
    const unlocked = (letter: string) => (/\d/.test(letter) ? 'End' : letter);
    expect(type(CODE, { code: pad, key: unlocked })).toBe(CODE);
  });

  it('may have the hiccups of a radio link, and is not glued to what came before a pause', () => {
    expect(type(CODE, { gap: 90 })).toBe(CODE);
    const burst = createBurst();
    burst.press({ key: 'A', code: 'KeyA', shiftKey: true, timeStamp: 0 });
    for (let i = 0; i < 12; i++) burst.press({ key: 'B', code: 'KeyB', shiftKey: true, timeStamp: 500 + i });
    expect(burst.press({ key: 'Enter', code: 'Enter', shiftKey: false, timeStamp: 520 })).toBe(
      'B'.repeat(12),
    );
  });

  it('leaves people who type, press Enter or move on by Tab alone', () => {
    expect(type(CODE, { gap: 140 })).toBeNull();
    expect(type('010')).toBeNull();
    expect(type('quicklytypedname', { end: 'Tab' })).toBeNull();
    expect(type('quicklytypedname', { end: '' })).toBeNull();
  });

  it('that ends with CR and LF presses nothing with its second half', () => {
    const burst = createBurst();
    [...CODE].forEach((letter, i) => {
      burst.press({ key: letter, code: codeOf(letter), shiftKey: isShifted(letter), timeStamp: i });
    });
    const end = { key: 'Enter', code: 'Enter', shiftKey: false };
    expect(burst.isTail({ ...end, timeStamp: CODE.length })).toBe(false);
    expect(burst.press({ ...end, timeStamp: CODE.length })).toBe(CODE);
    expect(burst.isTail({ ...end, timeStamp: CODE.length + 5 })).toBe(true);
    expect(burst.isTail({ ...end, timeStamp: CODE.length + 900 })).toBe(false);
  });

  it('types nothing for shift, arrows and function keys', () => {
    for (const key of ['Shift', 'ArrowDown', 'F5'])
      expect(
        [byLayout({ key, code: key, shiftKey: false }), byPlace({ key, code: key, shiftKey: false })],
        key,
      ).toEqual([null, null]);
  });
});
