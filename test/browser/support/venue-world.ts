import { readFile } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fromBase64 } from '@munjigi/core/encoding';
import { presentPass } from '@munjigi/core/entry-pass';
import type { Page } from 'playwright-core';
import { type SignedIn, signedIn } from '../../support/accounts.ts';
import { provenKeys, startTestService } from '../../support/service.ts';
import { openGateFront } from './gate-front.ts';
import type { GreyPicture } from './y4m.ts';

/**
 * A venue's whole world: the real service with its three desks, its mirror, and the built gate app on one port that can go
 * away. An owner who is signed in has registered one venue.
 */
export async function openVenueWorld() {
  const test = await startTestService();
  const { port } = await test.service.listen();
  const world = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://world');
    const document = /^\/mirror\/(\w+\.cose)$/.exec(pathname)?.[1];
    if (document) {
      const bytes = await readFile(path.join(test.data, 'mirror', document)).catch(() => null);
      response.writeHead(bytes ? 200 : 404, { 'content-type': 'application/cose' }).end(bytes);
      return;
    }
    const passed = ask({
      host: '127.0.0.1',
      port,
      path: request.url,
      method: request.method,
      headers: request.headers,
    });
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.writeHead(502).end());
    request.pipe(passed);
  });
  await new Promise<void>((done) => {
    world.listen(0, '127.0.0.1', done);
  });
  const front = await openGateFront(`http://127.0.0.1:${(world.address() as AddressInfo).port}`);
  const owner: SignedIn = await signedIn(test, 'register', 'owner');
  const venue = { name: '모퉁이 카페', kind: 'cafe', region: 'seoul', businessNumber: '124-81-00998' };
  const registered = await owner.call('POST', '/api/register/registrations', venue);
  const venueId = registered.json.venueId as number;

  return {
    test,
    front,
    owner,
    venueId,
    /** The link that makes a device one of the venue's. */
    async linkFor(role: 'owner' | 'gate', name: string): Promise<string> {
      const made = await owner.call('POST', `/api/register/venues/${venueId}/enrolment-code`, { role });
      const { enrolmentCode } = made.json as { enrolmentCode: string };
      const fields = new URLSearchParams({ venue: String(venueId), enrol: enrolmentCode, name });
      return `${front.address}#${fields}`;
    },
    /** Somebody with passes; `show` draws a code of a fresh one at the story's time. */
    async guest(person: string) {
      const enrolled = await test.call('POST', '/api/issuer/enrolments', {
        provider: 'demonstration',
        assertion: { person },
      });
      const { enrolment, nonce } = enrolled.json as { enrolment: string; nonce: string };
      const keys = provenKeys(fromBase64(nonce), 10);
      const issued = await test.call('POST', '/api/issuer/batches', {
        enrolment,
        nonce,
        keys: keys.map(({ key, proof }) => ({ key, proof })),
      });
      const passes = (issued.json.passes as { pass: string }[]).map(({ pass }) => fromBase64(pass));
      let next = 0;
      return {
        async show(): Promise<string> {
          const one = next++ % passes.length;
          const story = (await test.service.desks.authority!.lastStory())!;
          const atMs = story.storyMs + (Date.now() - story.realMs) * story.rate;
          return presentPass(passes[one]!, keys[one]!.signer, Math.floor(atMs / 1000), 0);
        },
      };
    },
    /** The venue's devices as its owner sees them. */
    async devices() {
      return (await owner.call('GET', `/api/register/venues/${venueId}`)).json.devices as {
        gateNo: number;
        name: string;
        role: string;
        state: string;
        counter: number;
      }[];
    },
    async close() {
      await front.close();
      world.closeAllConnections();
      await new Promise((done) => world.close(done));
      await test.remove();
    },
  };
}

/** The code on a page as its pixels are, to be held before another device's camera. */
export async function pictureOf(page: Page): Promise<GreyPicture> {
  await page.waitForSelector('canvas[data-munjigi=code][data-drawn]');
  const { width, height, luma } = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-munjigi=code]')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const red = Array.from({ length: data.length / 4 }, (_, i) => data[i * 4]!);
    return { width: canvas.width, height: canvas.height, luma: red };
  });
  return { width, height, luma: Uint8Array.from(luma) };
}

/**
 * What a scanner that types does: one key press after the other, at a pace that no busy machine can slow down, and Enter.
 * `as` says what the browser makes of a key, as an input method does.
 */
export const typeCode = (
  page: Page,
  text: string,
  how: { readonly end?: string; readonly as?: 'letters' | 'syllables' } = {},
): Promise<void> =>
  page.evaluate(
    ({ letters, end, syllables }) => {
      const shifted: Record<string, string> = {
        ':': 'Semicolon',
        '+': 'Equal',
        '*': 'Digit8',
        $: 'Digit4',
        '%': 'Digit5',
      };
      const plain: Record<string, string> = { '-': 'Minus', '.': 'Period', '/': 'Slash', ' ': 'Space' };
      const press = (key: string, code: string, shiftKey: boolean) => {
        const target = document.activeElement ?? document.body;
        const event = new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true });
        const goesOn = target.dispatchEvent(event);
        if (goesOn && key.length === 1 && target instanceof HTMLInputElement) {
          target.value += key;
          target.dispatchEvent(new InputEvent('input', { bubbles: true, data: key }));
        }
      };
      for (const letter of letters) {
        const isLetter = /[A-Za-z]/.test(letter);
        const code = isLetter
          ? `Key${letter.toUpperCase()}`
          : /\d/.test(letter)
            ? `Digit${letter}`
            : (shifted[letter] ?? plain[letter] ?? '');
        press(syllables && isLetter ? 'ㅁ' : letter, code, /[A-Z]/.test(letter) || letter in shifted);
      }
      press(end, end, false);
    },
    { letters: [...text], end: how.end ?? 'Enter', syllables: how.as === 'syllables' },
  );
