import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SignedIn, signedIn } from './support/accounts.ts';
import { startTestService, type TestService } from './support/service.ts';

const NUMBER = '010-7391-8264';

describe('sheets of paper over HTTP', () => {
  let test: TestService;
  let owner: SignedIn;
  let staff: SignedIn;
  let path: string;
  beforeAll(async () => {
    test = await startTestService({ level: 'trace' });
    const venue = { name: 'Cafe', kind: 'cafe', region: 'seoul' };
    const { venueId } = (await test.operate('POST', '/api/register/venues', venue)).json;
    path = `/api/register/venues/${venueId}/sheets`;
    owner = await signedIn(test, 'register', 'owner', [venueId]);
    staff = await signedIn(test, 'register', 'staff', [venueId]);
  });
  afterAll(() => test.remove());

  it('are printed by those who work there, and by nobody else', async () => {
    const stranger = await signedIn(test, 'register', 'owner');
    const wanted = { count: 2, day: null };
    expect((await stranger.call('POST', path, wanted)).status).toBe(403);
    expect((await stranger.call('GET', `${path}/pages?from=1&to=1`)).status).toBe(403);
    expect((await staff.call('POST', path, wanted)).json).toEqual({ sheets: [1, 2] });
    const pages = await test.service.server.inject({
      method: 'GET',
      url: `${path}/pages?from=1&to=2`,
      headers: staff.headers,
    });
    expect([pages.statusCode, pages.headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(pages.rawPayload.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect(pages.rawPayload.toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true);
  });

  it('are typed once, end with the word of the owner, and leave what stood there in no line of the log', async () => {
    const { today } = (await staff.call('GET', path)).json;
    const lines = [{ line: 1, time: '00:00', kind: 'phone', value: NUMBER, check: 'eye' }];
    const type = () => staff.call('POST', `${path}/1/lines`, { day: today, lines, done: true });
    const first = await type();
    expect(first.json, first.text).toEqual({ lines: [{ line: 1, result: 'stored' }] });
    expect((await type()).json).toEqual({ lines: [{ line: 1, result: 'already-stored' }] });
    expect((await staff.call('POST', `${path}/destroyed`, { sheets: [1] })).status).toBe(403);
    expect((await owner.call('POST', `${path}/destroyed`, { sheets: [1] })).json).toEqual({ sheets: [1] });
    const listed = (await owner.call('GET', path)).json;
    expect(listed.sheets).toMatchObject([
      { sheetNo: 2, state: 'printed' },
      { sheetNo: 1, state: 'destroyed', typed: [1] },
    ]);
    expect((await type()).json.error).toBe('register.sheet-destroyed');
    expect(test.log.join('\n')).not.toMatch(/7391|8264/);
  });
});
