import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** What axe finds on the page as it stands. */
export async function barriersOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  );
  return violations.map(
    ({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}

/** What stands outside the screen, is cut off, or lies over something else. */
export const faultsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const faults: string[] = [];
    const { innerWidth: width, innerHeight: height } = window;
    const name = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.className} "${(element.textContent ?? '').trim().slice(0, 30)}"`;
    for (const element of document.querySelectorAll(
      'h1, h2, p, b, .do, .also, .btn, .foot span, .foot b, dt, dd, .k, .d, .clock',
    )) {
      if (element.closest('.off-screen, .wide')) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0) continue;
      if (box.left < -1 || box.right > width + 1) faults.push(`outside: ${name(element)}`);
      if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
        faults.push(`cut off: ${name(element)}`);
      if (getComputedStyle(element).textOverflow === 'ellipsis') faults.push(`ellipsis: ${name(element)}`);
    }
    for (const button of document.querySelectorAll(
      '.verdict .btn, .scan .side .btn, .eye .acts .btn, .start .go',
    )) {
      const box = button.getBoundingClientRect();
      if (box.top < 0 || box.bottom > height + 1) faults.push(`not on the screen: ${name(button)}`);
      if (box.height < 43.5) faults.push(`too small: ${name(button)}`);
    }
    const foot = document.querySelector('.foot')?.getBoundingClientRect();
    if (foot && Math.abs(foot.bottom - height) > 1) faults.push(`foot at ${foot.bottom} of ${height}`);
    if (document.documentElement.scrollWidth > width) faults.push('the page scrolls sideways');
    return faults;
  });
