import { randomBytes } from 'node:crypto';
import { toBase64url } from '@munjigi/core/encoding';
import { posterIn } from '@munjigi/core/poster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SignedIn, signedIn } from './support/accounts.ts';
import { drawnBoxes, readCodes } from './support/printed.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const ADDRESS = '203.0.113.77';

describe('posters over HTTP', () => {
  let test: TestService;
  let owner: SignedIn;
  let staff: SignedIn;
  let path: string;
  beforeAll(async () => {
    const flags = { 'wallet-address': 'https://wallet.example/wallet/' };
    test = await startTestService({ level: 'trace', flags });
    const venue = { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' };
    const { venueId } = (await test.operate('POST', '/api/register/venues', venue)).json;
    path = `/api/register/venues/${venueId}/poster`;
    owner = await signedIn(test, 'register', 'owner', [venueId]);
    staff = await signedIn(test, 'register', 'staff', [venueId]);
  });
  afterAll(() => test.remove());

  const page = () =>
    test.service.server.inject({ method: 'GET', url: `${path}/page`, headers: staff.headers });

  it('are made by the owner, printed by whoever works there, and by nobody else', async () => {
    const stranger = await signedIn(test, 'register', 'owner');
    expect((await staff.call('GET', path)).json).toEqual({ poster: null });
    expect((await page()).json()).toMatchObject({ error: 'register.poster-none' });
    expect((await stranger.call('POST', path, { wanted: true })).status).toBe(403);
    expect((await staff.call('POST', path, { wanted: true })).status).toBe(403);
    expect((await owner.call('POST', path, { wanted: true })).json).toMatchObject({
      poster: { posterNo: 1 },
    });
    expect((await stranger.call('GET', `${path}/page`)).status).toBe(403);
    const printed = await page();
    expect([printed.statusCode, printed.headers['content-type']]).toEqual([200, 'application/pdf']);
  });

  it('are read off the page, and a visit by them is taken once, from anyone, with no line about them', async () => {
    const [text] = await readCodes(drawnBoxes((await page()).rawPayload));
    expect(text).toMatch(/^https:\/\/wallet\.example\/wallet\/#poster=/);
    const visit = {
      code: toBase64url(posterIn(text!)!),
      visit: toBase64url(randomBytes(16)),
      at: STORY_SECONDS,
      dayKeyId: 1,
      box: toBase64url(randomBytes(193)),
    };
    const tell = (change: object = {}) =>
      test.call(
        'POST',
        '/api/register/posters/visits',
        { ...visit, ...change },
        { 'x-forwarded-for': ADDRESS },
      );
    expect((await tell()).json).toEqual({ result: 'stored' });
    expect((await tell()).json).toEqual({ result: 'already-stored' });
    const bent = `${visit.code.slice(0, -4)}AAAA`;
    expect((await tell({ code: bent })).json.error).toBe('register.poster-code');
    expect((await tell({ box: toBase64url(randomBytes(100)) })).status).toBe(400);
    expect((await tell({ who: 'anyone' })).status).toBe(400);
    const told = test.log.join('\n');
    for (const secret of [visit.visit, visit.box, visit.code, ADDRESS]) expect(told).not.toContain(secret);
  });
});
