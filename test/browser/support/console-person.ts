import type { Browser, BrowserContext, CDPSession, Page, Route } from 'playwright-core';
import { complaintsOf } from './chromium.ts';
import type { Running } from './supervisor.ts';

/** Somebody at the console of a body: a browser of their own with an authenticator that belongs to them alone. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly cdp: CDPSession;
  /** What the page complained of that was no refusal by the service. */
  complaints(): readonly string[];
  close(): Promise<void>;
}

const PATIENCE = 90_000;

/** Opens a browser with a security key: it knows who is there, and nothing of it is ever copied. */
export async function personAt(browser: Browser, address: string): Promise<Person> {
  const context = await browser.newContext({
    locale: 'ko-KR',
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const all = complaintsOf(page);
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: false,
      defaultBackupState: false,
    },
  });
  await page.goto(address);
  await page.waitForSelector('html[data-ready]');
  return {
    page,
    context,
    cdp,
    // The browser notes each refused request on its console; what a page does with it is looked at by the test.
    complaints: () => all.filter((one) => !/status of (400|401|403|404|409|410|429|503)/.test(one)),
    close: () => context.close(),
  };
}

/** The invite that `npm start` printed for a role at a body's console. */
export function invitePrinted({ output }: Running, body: string, role: string): string {
  const found = new RegExp(`/ ${role}: (https?://${body}\\.localhost:\\d+/console/#invite=\\S+)`).exec(
    output(),
  );
  if (!found?.[1]) throw new Error(`No invite for ${role} at ${body} was printed:\n${output()}`);
  return found[1];
}

/** Opens an invite link and makes the passkey that it asks for. */
export async function enrolled(browser: Browser, invite: string): Promise<Person> {
  const person = await personAt(browser, invite);
  await person.page.getByRole('button', { name: '이 기기에 패스키 만들기' }).click();
  await person.page.waitForSelector('.console nav');
  return person;
}

/** Somebody between page and desk, who changes what the desk answers to `method` at `path`; until `stop` is called. */
export async function tamper(
  page: Page,
  method: 'GET' | 'POST',
  path: string,
  // biome-ignore lint/suspicious/noExplicitAny: an answer as it comes
  change: (answer: any) => unknown,
): Promise<() => Promise<void>> {
  const place = `**${path}`;
  const between = async (route: Route) => {
    const request = route.request();
    if (request.method() !== method) return route.continue();
    // Node knows no names under localhost: the address is this machine, the host stays the body's.
    const url = new URL(request.url());
    const headers = { ...(await request.allHeaders()), host: url.host };
    const answer = await route.fetch({ url: `http://127.0.0.1:${url.port}${url.pathname}`, headers });
    await route.fulfill({ response: answer, json: change(await answer.json()) });
  };
  await page.route(place, between);
  return () => page.unroute(place, between);
}
