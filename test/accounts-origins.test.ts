import { openLog, readSettings, SettingError } from '@munjigi/service';
import { isOrigin, localOrigins, originsProblem, rpIdOf } from '@munjigi/service/accounts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildServer } from '../packages/service/src/api/server.ts';
import { healthOperations, route } from '../packages/service/src/contracts/index.ts';
import { fromElsewhere, fromOwnPage } from '../packages/service/src/lib/accounts/own-page.ts';
import { readCookie } from '../packages/service/src/lib/accounts/routes.ts';
import { POLICY } from './support/service.ts';

describe('where a console stands', () => {
  it('is told body by body, and is another host for each', () => {
    const { origins } = readSettings({ port: '8787' }, {}, POLICY);
    expect(origins.register[0]).toBe('http://register.localhost:8787');
    expect(new Set(Object.values(origins).map(rpIdOf)).size).toBe(3);
    const named = readSettings({ 'origin-register': 'https://register.example.kr' }, {}, POLICY);
    expect([named.origins.register, rpIdOf(named.origins.register)]).toEqual([
      ['https://register.example.kr'],
      'register.example.kr',
    ]);
  });

  it.each([
    ['', 'is one origin'],
    ['register.example.kr', 'is one origin'],
    ['https://register.example.kr/', 'is one origin'],
    ['https://register.example.kr/console', 'is one origin'],
    ['https://*.example.kr', 'is one origin'],
    ['https://user@register.example.kr', 'is one origin'],
    ['http://register.example.kr', 'is https'],
    ['http://localhost.example.kr', 'is https'],
    ['https://register.example.kr:*', 'any port on this machine only'],
    ['https://a.example.kr,https://b.example.kr', 'names one host'],
  ])('is not %j', (origin, why) => {
    expect(originsProblem(origin.split(','))).toContain(why);
    if (origin) expect(() => readSettings({ 'origin-issuer': origin }, {}, POLICY)).toThrow(SettingError);
  });

  it('is matched whole: scheme, host and port', () => {
    const own = ['https://register.example.kr', 'https://register.example.kr:8443'];
    for (const origin of own) expect(isOrigin(own, origin)).toBe(true);
    for (const other of [
      'http://register.example.kr',
      'https://register.example.kr:443',
      'https://register.example.kr.',
      'https://register.example.kr.evil.example',
      'https://evil-register.example.kr',
      'https://REGISTER.example.kr',
      'null',
      '',
    ])
      expect(isOrigin(own, other), other).toBe(false);
    expect(isOrigin(localOrigins('register', 0), 'http://register.localhost:8787')).toBe(true);
    expect(isOrigin(localOrigins('register', 0), 'https://register.localhost:1')).toBe(true);
    for (const other of [
      'http://authority.localhost:8787',
      'http://register.localhost:*',
      'http://register.localhost:8787.evil.example',
      'http://x.register.localhost:8787',
    ])
      expect(isOrigin(localOrigins('register', 0), other), other).toBe(false);
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        expect(isOrigin(localOrigins('register', 0), url)).toBe(false);
      }),
    );
  });
});

describe('whose page asks', () => {
  const own = ['https://register.example.kr'];
  it.each([
    [{}, false, false],
    [{ 'sec-fetch-site': 'same-origin' }, true, false],
    [{ 'sec-fetch-site': 'none' }, true, false],
    [{ 'sec-fetch-site': 'same-site' }, false, true],
    [{ 'sec-fetch-site': 'cross-site' }, false, true],
    [{ 'sec-fetch-site': 'cross-site', origin: own[0] }, false, true],
    [{ 'sec-fetch-site': 'same-origin, cross-site' }, false, true],
    [{ 'sec-fetch-site': '' }, false, true],
    [{ origin: own[0] }, true, false],
    [{ origin: 'null' }, false, false],
  ])('%j: from the own one %s, from elsewhere %s', (headers, isOwn, elsewhere) => {
    expect([fromOwnPage(headers, own), fromElsewhere(headers)]).toEqual([isOwn, elsewhere]);
  });
});

describe('a cookie', () => {
  it('is read by its whole name, once, and never throws', () => {
    expect(readCookie('a=1; munjigi_register=token; b=2', 'register')).toBe('token');
    for (const header of [
      undefined,
      '',
      'xmunjigi_register=token',
      'munjigi_register=a; munjigi_register=b',
      'munjigi_authority=token',
      'MUNJIGI_REGISTER=token',
      'munjigi_register',
    ])
      expect(readCookie(header, 'register'), header).toBeNull();
    fc.assert(fc.property(fc.string(), (header) => void readCookie(header, 'register')));
  });
});

describe('a service that is reached over https alone', () => {
  it.each([true, false])('says so to browsers: %s', async (httpsOnly) => {
    const server = buildServer({
      log: openLog('silent'),
      operatorToken: 'none',
      accounts: new Map(),
      behindProxy: false,
      enrolments: { take: () => 0 },
      httpsOnly,
      nowMs: () => 0,
      draining: () => false,
    });
    server.route({ ...route(healthOperations.live), handler: async () => ({ live: true as const }) });
    const { headers } = await server.inject({ url: '/health/live' });
    expect(headers['strict-transport-security']).toBe(httpsOnly ? 'max-age=63072000' : undefined);
    await server.close();
  });
});
