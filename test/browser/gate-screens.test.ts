import { REASONS } from '@munjigi/core/reasons';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Speaker } from '../../packages/gate/src/sound/speaker.ts';
import { complaintsOf, describeInBrowser } from './support/chromium.ts';
import {
  DESKTOP,
  type GatePreview,
  openGatePreview,
  PHONE,
  SCREENS,
  SIDEWAYS,
  SMALL,
  TABLET,
  UPRIGHT,
} from './support/gate-preview.ts';
import { barriersOf, faultsOf } from './support/screen-faults.ts';

describeInBrowser('gate screens', () => {
  let gate: GatePreview;
  let open: GatePreview['open'];
  const turnTo: GatePreview['turnTo'] = (query) => gate.turnTo(query);

  beforeAll(async () => {
    gate = await openGatePreview();
    open = gate.open;
  });
  afterAll(() => gate?.close());

  const reach = (page: Page, view: string) => page.waitForSelector(`.gate[data-view=${view}]`);

  it('keeps every screen inside every size of screen, in both languages', async () => {
    const found: string[] = [];
    for (const viewport of [SMALL, PHONE, TABLET, SIDEWAYS, DESKTOP, UPRIGHT])
      for (const lang of ['ko', 'en'])
        await open('s=scan', { viewport }, async (page) => {
          for (const screen of SCREENS) {
            await turnTo(`s=${screen}&lang=${lang}&strip=${screen === 'ended' ? 'duty' : 'incident'}`);
            const where = `${screen} ${lang} ${viewport.width}x${viewport.height}`;
            for (const fault of await faultsOf(page)) found.push(`${where}: ${fault}`);
          }
        });
    expect(found).toEqual([]);
  }, 180_000);

  it('shows every reason of the table whole on the smallest phone, with all its ways on', async () => {
    const found: string[] = [];
    for (const [viewport, lang] of [
      [SMALL, 'ko'],
      [SMALL, 'en'],
      [TABLET, 'en'],
    ] as const)
      await open('s=scan', { viewport }, async (page) => {
        for (const reason of Object.keys(REASONS)) {
          await turnTo(`reason=${reason}&lang=${lang}`);
          const where = `${reason} ${lang} ${viewport.width}`;
          for (const fault of await faultsOf(page)) found.push(`${where}: ${fault}`);
          const words = (await page.locator('h1').innerText()).trim();
          if (words === '' || words.includes('reason.') || /[{}]/.test(words))
            found.push(`${where}: says "${words}"`);
          const size = await page
            .locator('h1')
            .evaluate((h1) => Number.parseFloat(getComputedStyle(h1).fontSize));
          if (size < 32) found.push(`${where}: headline of ${size} px`);
        }
      });
    expect(found).toEqual([]);
  }, 240_000);

  it('has no fault that axe can find, light, dark, with more contrast, and on a stand', async () => {
    const found: string[] = [];
    for (const look of ['theme=light', 'theme=dark', 'contrast=more', 'm=kiosk'])
      await open('s=scan', { viewport: look === 'theme=dark' ? PHONE : TABLET }, async (page) => {
        for (const screen of SCREENS) {
          await turnTo(`s=${screen}&${look}`);
          for (const fault of await barriersOf(page)) found.push(`${screen} ${look}: ${fault}`);
        }
      });
    expect(found).toEqual([]);
  }, 180_000);

  it('lets no guest on a stand read a reason or a date', async () => {
    for (const screen of ['ended', 'compare', 'foreign', 'clock'])
      await open(`s=${screen}&m=kiosk`, {}, async (page) => {
        const words = await page.locator('main').innerText();
        expect(words).toContain('직원이 도와드리겠습니다.');
        expect(words, screen).not.toMatch(/1월|ㄱ|여쭤|안내함|없음|보건소|설정/);
        expect(await page.locator('.strip').innerText()).not.toContain('다시 깔지');
      });
  });

  it('draws every admit the same but for its one line', async () => {
    const looks = new Set<string>();
    for (const reason of ['valid', 'valid-extended', 'seen-age', 'check-only'])
      await open(`reason=${reason}`, { reducedMotion: 'reduce' }, async (page) => {
        const look = await page.locator('main').evaluate((main) => {
          const box = main.querySelector('.fig')!.getBoundingClientRect();
          const h1 = main.querySelector('h1')!;
          return [
            getComputedStyle(main).backgroundColor,
            box.left,
            box.width,
            h1.textContent,
            getComputedStyle(h1).fontSize,
          ].join();
        });
        looks.add(look);
        expect(await page.locator('.acts').count()).toBe(0);
      });
    expect([...looks]).toHaveLength(1);
  });

  it('puts what helps next first and what ends it last, and all of it under the keyboard', async () => {
    await open('s=ended', {}, async (page) => {
      const steps = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.step);
      const order: (string | undefined)[] = [];
      await page.locator('.strip b').click();
      for (let i = 0; i < 4; i++) {
        await page.keyboard.press('Tab');
        order.push(await steps());
      }
      expect(order).toEqual(['other-proof', 'eye', 'alone', 'advised']);
      const area = (step: string) =>
        page.locator(`[data-step=${step}]`).evaluate((button) => button.getBoundingClientRect().width);
      expect(await area('other-proof')).toBeGreaterThan(await area('advised'));
      await page.locator('[data-step=eye]').focus();
      await page.keyboard.press('Enter');
      await reach(page, 'eye');
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
      await page.keyboard.press('Escape');
      await reach(page, 'scan');
    });
  });

  it('opens the one sentence of a proof by keyboard, and leads from seen to the record', async () => {
    await open('s=eye&strip=usual', {}, async (page) => {
      const row = page.locator('.any button').nth(1);
      expect(await row.innerText()).toMatch(/2021-07-10 ~ 2021-12-2[23]/);
      await row.focus();
      await page.keyboard.press('Enter');
      await page.waitForSelector('.any button[aria-expanded=true]');
      await page.getByText('접종일을 보세요.').waitFor();
      await page.getByRole('button', { name: '봤음' }).click();
      await page.getByRole('button', { name: '출입 기록 남기기' }).click();
      await reach(page, 'typed');
    });
  });

  it('asks staff to look at the date first where the clock of the device is not trusted', async () => {
    await open('s=eye&now=unknown', { viewport: PHONE }, async (page) => {
      expect(await page.locator('h1').innerText()).toContain('오늘이 1월 6일이 맞는지 먼저 보세요');
      expect(await page.locator('.any').innerText()).toContain('2021-07-10');
      expect(await faultsOf(page)).toEqual([]);
    });
  });

  it('takes a safety code by keypad and keyboard, and says kindly what is wrong', async () => {
    await open('s=typed&strip=usual', { viewport: PHONE }, async (page) => {
      await page.locator('[data-key="1"]').click();
      await page.locator('[data-key="2"]').click();
      await page.getByRole('button', { name: '기록', exact: true }).click();
      const help = page.locator('#typed-help');
      await page.waitForSelector('#typed-help[role=alert]');
      expect(await help.innerText()).toContain('12가34나');
      expect(await page.locator('[name=value]').getAttribute('aria-invalid')).toBe('true');
      await page.locator('[name=value]').press('End');
      await page.keyboard.insertText('가34나');
      await page.waitForSelector('#typed-help:not([role])');
      await page.keyboard.press('Enter');
      await reach(page, 'scan');
    });
  });

  it('tells those who listen: an admit waits its turn, the others interrupt', async () => {
    await open('s=admit', {}, async (page) => {
      expect(await page.locator('[data-announce=polite]').textContent()).toBe('입장하세요');
      expect(await page.locator('[data-announce=assertive]').textContent()).toBe('');
    });
    await open('s=ended', {}, async (page) => {
      expect(await page.locator('[data-announce=polite]').textContent()).toBe('');
      expect(await page.locator('[data-announce=assertive]').textContent()).toContain('다른 증명이 필요해요');
    });
  });

  it('takes a scanner that types, whatever has the focus, and presses no button by its Enter', async () => {
    for (const [screen, focused] of [
      ['ended', '[data-step=eye]'],
      ['typed', '[name=value]'],
    ] as const)
      await open(`s=${screen}`, {}, async (page) => {
        // All keys in one go, as fast as a scanner: a busy machine would type like a person. And in the very moment in which
        // the screen is there.
        const wish = { query: `s=${screen}&lang=ko`, focused };
        const taken = await page.evaluate(({ query, focused: where }) => {
          (window as unknown as { munjigiPreview(query: string): void }).munjigiPreview(query);
          const target = document.querySelector<HTMLElement>(where)!;
          target.focus();
          const press = (key: string): boolean => {
            const code = /\d/.test(key) ? `Digit${key}` : `Key${key}`;
            const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true });
            target.dispatchEvent(event);
            return event.defaultPrevented;
          };
          for (const key of 'MJ1:6BF0XV4TE9N8Y') press(key);
          return press('Enter');
        }, wish);
        expect(taken, screen).toBe(true);
        await reach(page, 'scan');
      });
  });

  it('walks the live mark in step with the clock, and stands still where little motion is wanted', async () => {
    await open('s=scan&moving', {}, async (page) => {
      const first = await page.locator('.aim .live').getAttribute('data-tick');
      await page.waitForFunction(
        (tick) => document.querySelector('.aim .live')?.getAttribute('data-tick') !== tick,
        first,
      );
    });
    await open('s=scan', { reducedMotion: 'reduce' }, async (page) => {
      const tick = Number(await page.locator('.aim .live').getAttribute('data-tick'));
      expect(tick % 15).toBe(0);
      expect(await page.locator('.clock').innerText()).toBe('14:07:11');
    });
    await open('s=scan&now=unknown', {}, async (page) => {
      expect(await page.locator('.aim .live').getAttribute('data-tick')).toBe('-1');
      expect(await page.locator('.clock').innerText()).toBe('시각 모름');
    });
  });

  it('keeps its figures where colours are forced', async () => {
    for (const screen of ['admit', 'ended', 'clock'])
      await open(`s=${screen}`, { forcedColors: 'active' }, async (page) => {
        const { fill, ground } = await page.locator('.verdict').evaluate((main) => ({
          fill: getComputedStyle(main.querySelector('.fig')!).color,
          ground: getComputedStyle(main).backgroundColor,
        }));
        expect(fill, screen).not.toBe(ground);
      });
  });

  it('can be read at twice the text size without losing a way on', async () => {
    await open('s=ended', { viewport: PHONE }, async (page) => {
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '200%';
      });
      const cut = await page.locator('h1').evaluate((h1) => h1.scrollWidth > h1.clientWidth);
      expect(cut).toBe(false);
      for (const step of ['other-proof', 'eye', 'alone', 'advised']) {
        const button = page.locator(`[data-step=${step}]`);
        await button.scrollIntoViewIfNeeded();
        const box = await button.boundingBox();
        expect(box && box.y + box.height <= PHONE.height + 1 && box.y >= 0, step).toBe(true);
      }
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '';
      });
    });
  });

  it('says a line only after its tone, and falls silent for the next guest', async () => {
    await open('s=start', {}, async (page) => {
      const played = await page.evaluate(async () => {
        const log: { at: number; seconds: number; stopped: number | null }[] = [];
        const { start, stop } = AudioBufferSourceNode.prototype;
        const entries = new WeakMap<AudioScheduledSourceNode, (typeof log)[number]>();
        AudioBufferSourceNode.prototype.start = function (when = 0) {
          const entry = { at: when, seconds: this.buffer?.duration ?? 0, stopped: null };
          log.push(entry);
          entries.set(this, entry);
          start.call(this, when);
        };
        AudioBufferSourceNode.prototype.stop = function () {
          const entry = entries.get(this);
          if (entry) entry.stopped = this.context.currentTime;
          stop.call(this);
        };
        const speaker = (window as unknown as { munjigiSpeaker: Speaker }).munjigiSpeaker;
        const heard = await speaker.unlock();
        const soon = (count: number) =>
          new Promise<void>((done) => {
            const look = () => (log.length >= count ? done() : requestAnimationFrame(look));
            look();
          });
        speaker.tone('another');
        speaker.say('ended', 'ko');
        await soon(2);
        speaker.tone('admit');
        speaker.say('alone', 'ko');
        await soon(3);
        return { heard, log };
      });
      expect(played.heard).toBe(true);
      const [tone, line, next] = played.log;
      expect(tone!.seconds).toBeCloseTo(0.42, 2);
      expect(line!.at - (tone!.at + tone!.seconds)).toBeCloseTo(0.15, 1);
      expect(line!.stopped).not.toBeNull();
      expect(next!.seconds).toBeCloseTo(0.42, 2);
      // Staff speak to a guest on their own: the device has no line for that.
      expect(played.log).toHaveLength(3);
    });
  });

  it('plays every spoken line of its own cache', async () => {
    await open('s=start', {}, async (page) => {
      const complaints = complaintsOf(page);
      const seconds = await page.evaluate(
        async (names) => {
          const context = new AudioContext();
          const all: Record<string, number> = {};
          for (const language of ['ko', 'en'])
            for (const name of names) {
              const answer = await fetch(`./voice/${language}/${name}.mp3`);
              all[`${language}/${name}`] = (
                await context.decodeAudioData(await answer.arrayBuffer())
              ).duration;
            }
          return all;
        },
        ['all-set', 'saved', 'staff', 'reopen', 'entry-code', 'closer', 'one-at-a-time'],
      );
      for (const [name, length] of Object.entries(seconds)) {
        expect(length, name).toBeGreaterThan(0.4);
        expect(length, name).toBeLessThan(3);
      }
      expect(complaints).toEqual([]);
    });
  });
});
