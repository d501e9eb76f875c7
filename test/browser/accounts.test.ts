import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';

interface Said {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
  readonly json: any;
}

/** A console page of a body: nothing but a place from which the browser's own passkeys are asked. */
class Console {
  constructor(
    readonly page: Page,
    private readonly body: string,
  ) {}

  call(method: string, path: string, sent?: unknown): Promise<Said> {
    return this.page.evaluate(
      async ([method, url, sent]) => {
        const answer = await fetch(url!, {
          method: method!,
          ...(sent ? { headers: { 'content-type': 'application/json' }, body: sent } : {}),
        });
        return { status: answer.status, json: await answer.json() };
      },
      [method, `/api/${this.body}/${path}`, sent === undefined ? '' : JSON.stringify(sent)] as const,
    );
  }

  /** Asks for options, lets the browser's authenticator answer, and sends what `toJSON()` makes of it, as it is. */
  async ceremony(kind: 'create' | 'get', options: string, finish: string, sent: unknown = {}): Promise<Said> {
    const asked = await this.call('POST', options, sent);
    if (asked.status !== 200) return asked;
    const response = await this.page.evaluate(
      async ([kind, options]) => {
        // biome-ignore lint/suspicious/noExplicitAny: newer than the types of this library
        const Credential = PublicKeyCredential as any;
        const publicKey =
          kind === 'create'
            ? Credential.parseCreationOptionsFromJSON(options)
            : Credential.parseRequestOptionsFromJSON(options);
        const credential =
          kind === 'create'
            ? await navigator.credentials.create({ publicKey })
            : await navigator.credentials.get({ publicKey });
        // biome-ignore lint/suspicious/noExplicitAny: the same
        return (credential as any).toJSON();
      },
      [kind, asked.json.options] as const,
    );
    return this.call('POST', finish, { response });
  }

  enrol(code: string): Promise<Said> {
    return this.ceremony('create', 'session/enrol-options', 'session/enrol', { code });
  }

  signIn(): Promise<Said> {
    return this.ceremony('get', 'session/options', 'session/sign-in');
  }
}

describeInBrowser('passkeys in a real browser', () => {
  let test: TestService;
  let browser: Browser;
  let port: number;
  beforeAll(async () => {
    test = await startTestService();
    port = (await test.service.listen()).port;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await test?.remove();
  });

  const open = async (body: string, authenticator: Record<string, unknown> = {}): Promise<Console> => {
    const context = await browser.newContext();
    await context.route('**/console', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>console</title>' }),
    );
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'usb',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        ...authenticator,
      },
    });
    await page.goto(`http://${body}.localhost:${port}/console`);
    return new Console(page, body);
  };
  const invite = async (body: string, role: string): Promise<string> => {
    const answer = await test.operate('POST', `/api/${body}/session/invite`, {
      name: '옥빛나',
      roles: [role],
    });
    expect(answer.status, answer.text).toBe(200);
    return answer.json.code;
  };

  it('enrol and sign in an officer, and the cookie is seen neither by scripts nor by another desk', async () => {
    const own = await open('register');
    const enrolled = await own.enrol(await invite('register', 'officer'));
    expect([enrolled.status, enrolled.json.roles], JSON.stringify(enrolled.json)).toEqual([200, ['officer']]);
    expect((await own.call('POST', 'session/sign-out', {})).status).toBe(200);
    expect((await own.call('GET', 'session')).json).toEqual({ account: null });
    const signed = await own.signIn();
    expect([signed.status, signed.json.name]).toEqual([200, '옥빛나']);
    expect((await own.call('GET', 'accounts')).status).toBe(200);
    expect(await own.page.evaluate(() => document.cookie)).toBe('');
    const [cookie, ...more] = await own.page.context().cookies();
    expect(more).toEqual([]);
    expect(cookie).toMatchObject({
      name: 'munjigi_register',
      domain: 'register.localhost',
      path: '/api/register',
      httpOnly: true,
      sameSite: 'Strict',
    });
    const elsewhere = own.page.waitForRequest((request) => request.url().includes('/api/authority/session'));
    await own.page.evaluate(() => fetch('/api/authority/session'));
    expect((await (await elsewhere).allHeaders()).cookie).toBeUndefined();
    const keys = await test.service.accounts.get('register')!.officerKeys();
    expect(keys.map(({ publicKey }) => publicKey.length)).toEqual([65]);
  });

  it('are refused to an officer where they could be copied', async () => {
    const own = await open('authority', { defaultBackupEligibility: true });
    const refused = await own.enrol(await invite('authority', 'officer'));
    expect([refused.status, refused.json.error]).toEqual([400, 'accounts.key-synced']);
    const operator = await own.enrol(await invite('authority', 'operator'));
    expect(operator.status, JSON.stringify(operator.json)).toBe(200);
  });

  it("of one body do nothing at another body's page", async () => {
    const own = await open('issuer');
    expect((await own.enrol(await invite('issuer', 'officer'))).status).toBe(200);
    await own.page.goto(`http://authority.localhost:${port}/console`);
    await expect(own.signIn(), 'the browser asks for no key of another domain').rejects.toThrow(
      /SecurityError: The relying party ID/,
    );
    await own.page.goto(`http://issuer.localhost:${port}/console`);
    expect((await own.signIn()).status).toBe(200);
  });
});
