import { expect, it } from 'vitest';
import { describeInBrowser, findBrowser, launchBrowser } from './support/chromium.ts';

describeInBrowser('the browser launcher', () => {
  it('opens a page that has a camera', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.route('https://door.test/', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<p>문</p>' }),
      );
      await page.goto('https://door.test/');
      const width = await page.evaluate(async () => {
        const stream = await navigator.mediaDevices.getUserMedia({ video: true });
        return stream.getVideoTracks()[0]?.getSettings().width ?? 0;
      });
      expect(width).toBeGreaterThan(0);
    } finally {
      await browser.close();
    }
  });

  it('takes the browser named by $CHROME before any other', () => {
    expect(findBrowser({ CHROME: process.execPath })).toBe(process.execPath);
  });
});
