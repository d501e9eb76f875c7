import { describe, expect, it } from 'vitest';
import { createBurst, typedBy } from './wedge.ts';

const codeOf = (letter: string): string =>
  /\d/.test(letter) ? `Digit${letter}` : letter === ':' ? 'Semicolon' : `Key${letter.toUpperCase()}`;

function type(text: string, gap: number, key = (letter: string): string => letter): string | null {
  const burst = createBurst();
  let at = 1000;
  for (const letter of text) {
    burst.press({ key: key(letter), code: codeOf(letter), shiftKey: /[A-Z:]/.test(letter), timeStamp: at });
    at += gap;
  }
  return burst.press({ key: 'Enter', code: 'Enter', shiftKey: false, timeStamp: at });
}

describe('scanner that types', () => {
  it('gives the code at its Enter', () => {
    expect(type('MJ1:6BF0XV4TE9', 8)).toBe('MJ1:6BF0XV4TE9');
  });

  it('reads the keys where a Korean input method has made syllables of them', () => {
    expect(type('MJ1:6BF0XV4TE9', 8, (letter) => (/[A-Z]/.test(letter) ? 'ㅁ' : 'Process'))).toBe(
      'MJ1:6BF0XV4TE9',
    );
  });

  it('leaves people who type and press Enter alone', () => {
    expect(type('MJ1:6BF0XV4TE9', 140)).toBeNull();
    expect(type('010', 8)).toBeNull();
  });

  it('does not glue two halves with a pause between', () => {
    const burst = createBurst();
    burst.press({ key: 'A', code: 'KeyA', shiftKey: true, timeStamp: 0 });
    for (let i = 0; i < 12; i++) burst.press({ key: 'B', code: 'KeyB', shiftKey: true, timeStamp: 500 + i });
    expect(burst.press({ key: 'Enter', code: 'Enter', shiftKey: false, timeStamp: 520 })).toBe(
      'B'.repeat(12),
    );
  });

  it('types nothing for shift, arrows and function keys', () => {
    for (const key of ['Shift', 'ArrowDown', 'F5'])
      expect(typedBy({ key, code: key, shiftKey: false }), key).toBeNull();
  });
});
