import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeInBrowser } from './support/chromium.ts';
import { type GatePreview, openGatePreview } from './support/gate-preview.ts';

const CODE = 'MJ1:6BF0XV4TE9$K-Z Y%*+./:7QAZ6BF0XV4TE9$K-ZY';
const SIGNS: Readonly<Record<string, readonly [code: string, shift: boolean]>> = {
  ...{ ':': ['Semicolon', true], $: ['Digit4', true], '%': ['Digit5', true], '*': ['Digit8', true] },
  ...{ '+': ['Equal', true], '-': ['Minus', false], '.': ['Period', false], '/': ['Slash', false] },
  ' ': ['Space', false],
};
const placeOf = (letter: string): readonly [code: string, shift: boolean] =>
  SIGNS[letter] ??
  (/\d/.test(letter) ? [`Digit${letter}`, false] : [`Key${letter.toUpperCase()}`, /[A-Z]/.test(letter)]);

// Real key events of the browser, told at times of their own: no busy machine makes a scanner slow.
describeInBrowser('a scanner that types, in a browser', () => {
  let gate: GatePreview;
  let page: Page;
  let keys: CDPSession;

  beforeAll(async () => {
    gate = await openGatePreview();
    await gate.open('s=scan', {}, async (opened) => {
      page = opened;
    });
    keys = await page.context().newCDPSession(page);
    await page.evaluate(() => {
      const told = new WeakMap<Event, number>();
      const own = window as unknown as { keyClock: number };
      own.keyClock = 1_000;
      Object.defineProperty(KeyboardEvent.prototype, 'timeStamp', {
        get(this: KeyboardEvent) {
          const known = told.get(this);
          if (known !== undefined) return known;
          own.keyClock += 8;
          told.set(this, own.keyClock);
          return own.keyClock;
        },
      });
    });
  });
  afterAll(() => gate?.close());
  beforeEach(() =>
    page.evaluate(() => (window as unknown as { munjigiScanned: string[] }).munjigiScanned.splice(0)),
  );

  const scanned = () =>
    page.evaluate(() => (window as unknown as { munjigiScanned: string[] }).munjigiScanned);
  /** Sent without waiting for the answer of the one before: a burst arrives as one, however busy the machine is. */
  const press = (key: string, code: string, shift = false, text = key.length === 1 ? key : '') => {
    const event = { key, code, modifiers: shift ? 8 : 0 };
    const ended = key === 'Enter' ? '\r' : text;
    const down = keys.send('Input.dispatchKeyEvent', {
      ...event,
      type: ended ? 'keyDown' : 'rawKeyDown',
      ...(ended ? { text: ended } : {}),
    });
    return Promise.all([down, keys.send('Input.dispatchKeyEvent', { ...event, type: 'keyUp' })]);
  };
  /** The next key comes a second later. */
  const pause = () =>
    page.evaluate(() => {
      (window as unknown as { keyClock: number }).keyClock += 1_000;
    });
  const type = async (text: string, end: string | null = 'Enter') => {
    await pause();
    const sent = [...text].map((letter) => press(letter, ...placeOf(letter)));
    if (end !== null) sent.push(press(end, end));
    await Promise.all(sent);
  };

  it('is read once, wherever the focus is, and presses no button with its end', async () => {
    await gate.turnTo('s=scan');
    await type(CODE);
    expect(await scanned()).toEqual([CODE]);
    await page.getByRole('button', { name: '눈으로 확인' }).focus();
    await type(CODE);
    await press('Enter', 'Enter');
    await type(CODE, 'Tab');
    expect(await scanned()).toEqual([CODE, CODE, CODE]);
    expect(await page.getAttribute('.gate', 'data-view')).toBe('scan');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('눈으로 확인');
    // A person's Enter on that button still is one.
    await pause();
    await press('Enter', 'Enter');
    expect(await page.getAttribute('.gate', 'data-view')).toBe('eye');
  });

  it('leaves a field as staff had filled it', async () => {
    await gate.turnTo('s=typed');
    await page.focus('input[name=value]');
    await pause();
    for (const letter of '12') {
      await pause();
      await press(letter, ...placeOf(letter));
    }
    expect(await page.inputValue('input[name=value]')).toBe('12');
    // The page that it leads to is asked for after the field was put right.
    await page.evaluate(() => {
      const field = document.querySelector<HTMLInputElement>('input[name=value]')!;
      const kept = window as unknown as { fieldWas: string[] };
      kept.fieldWas = [];
      field.addEventListener('input', () => kept.fieldWas.push(field.value));
    });
    await pause();
    await type(CODE);
    expect(await scanned()).toEqual([CODE]);
    expect(await page.evaluate(() => (window as unknown as { fieldWas: string[] }).fieldWas.at(-1))).toBe(
      '12',
    );
  });

  it('is read while a Korean input method makes syllables of it', async () => {
    await gate.turnTo('s=more');
    await page.focus('input[name=paste]');
    await pause();
    for (const letter of CODE) {
      const [code, shift] = placeOf(letter);
      if (/[A-Z]/.test(letter)) {
        await press('Process', code, shift);
        await keys.send('Input.imeSetComposition', { text: 'ㅁ', selectionStart: 1, selectionEnd: 1 });
      } else {
        await keys.send('Input.insertText', { text: 'ㅁ' });
        await press(letter, code, shift);
      }
    }
    await press('Enter', 'Enter');
    expect(await scanned()).toEqual([CODE]);
  });

  it('that sends no end is read when it stops', async () => {
    await gate.turnTo('s=scan');
    await type(CODE, null);
    await page.waitForFunction(
      () => (window as unknown as { munjigiScanned: string[] }).munjigiScanned.length > 0,
    );
    expect(await scanned()).toEqual([CODE]);
  });
});
