import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readCallProviders } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SignedIn, signedIn } from './support/accounts.ts';
import { type Odd, type TestProvider, writeProviders } from './support/calls.ts';
import { tempFolder } from './support/databases.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const NUMBER = '080-765-4321';
const CALLER = '010-9182-7364';

describe('calls over HTTP', () => {
  let test: TestService;
  let owner: SignedIn;
  let venueId: number;
  let providers: { hmac: TestProvider; ecdsa: TestProvider };

  beforeAll(async () => {
    const data = tempFolder('calls');
    providers = writeProviders(data);
    test = await startTestService({ data, level: 'trace' });
    venueId = (
      await test.operate('POST', '/api/register/venues', { name: 'Cafe', kind: 'cafe', region: 'seoul' })
    ).json.venueId;
    owner = await signedIn(test, 'register', 'owner', [venueId]);
  });
  afterAll(() => test.remove());

  const call = (change: object = {}) => ({
    callId: 'kt-1',
    calledNumber: NUMBER,
    callerNumber: CALLER,
    at: STORY_SECONDS,
    ...change,
  });
  const tell = async (provider: TestProvider, what: object, odd?: Odd, at = STORY_SECONDS) => {
    const { body, headers } = provider.deliver(what, at, odd);
    const answer = await test.service.server.inject({
      method: 'POST',
      url: `/api/register/calls/${provider.name}`,
      headers,
      payload: body,
    });
    return { status: answer.statusCode, json: answer.json() };
  };
  const rows = async () =>
    (await test.operate('GET', `/api/register/rows?venue=${venueId}`)).json.rows as { record: string }[];
  const path = () => `/api/register/venues/${venueId}`;

  it('go to a number that its owner gave the venue, which works from the first call on', async () => {
    const stranger = await signedIn(test, 'register', 'owner');
    const number = `${path()}/call-number`;
    expect((await stranger.call('POST', number, { number: NUMBER })).status).toBe(403);
    const given = await owner.call('POST', number, { number: '+82 80 765 4321' });
    expect(given.json.call, given.text).toMatchObject({
      number: '0807654321',
      shown: NUMBER,
      state: 'waiting',
    });
    expect((await owner.call('GET', path())).json).toMatchObject({
      takesCalls: true,
      call: { state: 'waiting' },
    });
    expect(await tell(providers.hmac, call())).toEqual({ status: 200, json: { result: 'stored' } });
    expect((await owner.call('GET', path())).json.call.state).toBe('works');
    expect(await rows()).toMatchObject([{ record: 'call', check: 'not-made', kind: 'entry' }]);
  });

  it('are one entry when the very same delivery, or the same call signed anew, comes again', async () => {
    expect((await tell(providers.hmac, call())).json).toEqual({ result: 'already-stored' });
    expect((await tell(providers.hmac, call(), {}, STORY_SECONDS + 60)).json).toEqual({
      result: 'already-stored',
    });
    expect(await rows()).toHaveLength(1);
  });

  it.each<[string, string, Odd, number?]>([
    [
      'another body than was signed',
      'register.call-signature',
      { body: JSON.stringify(call({ callId: 'x' })) },
    ],
    ['a timestamp that was not signed', 'register.call-signature', { timestamp: String(STORY_SECONDS + 1) }],
    ['no timestamp', 'register.call-signature', { timestamp: '' }],
    ['another signature', 'register.call-signature', { signature: Buffer.alloc(32, 1).toString('base64') }],
    ['an empty signature', 'register.call-signature', { signature: '' }],
    ['a delivery of ten minutes ago, played again', 'register.call-stale', {}, STORY_SECONDS - 600],
    ['a delivery out of the future', 'register.call-stale', {}, STORY_SECONDS + 600],
  ])('are refused with %s', async (_, code, odd, at) => {
    for (const provider of [providers.hmac, providers.ecdsa]) {
      const answer = await tell(provider, call({ callId: 'forged' }), odd, at);
      expect([answer.status, answer.json.error]).toEqual([400, code]);
    }
    expect(await rows()).toHaveLength(1);
  });

  it('are refused by the name of one provider with the key of another, and of nobody’s at all', async () => {
    const { hmac, ecdsa } = providers;
    const asOther = { ...hmac, name: ecdsa.name };
    expect((await tell(asOther, call())).json.error).toBe('register.call-signature');
    const unknown = await tell({ ...hmac, name: 'nobody' }, call());
    expect([unknown.status, unknown.json.error]).toEqual([404, 'register.call-provider']);
    // A number is one provider's: a second one, though it signs well, brings nothing to it.
    expect((await tell(ecdsa, call({ callId: 'theirs' }))).json.error).toBe('register.call-number');
    const log = test.log.join('\n');
    expect(log).toContain('"code":"call-forged"');
    expect(log.match(/"code":"call-forged"/g), 'a flood is told once a minute').toHaveLength(1);
  });

  it('come signed with ECDSA too, packed too, and with two signatures while a secret changes', async () => {
    const other = (
      await test.operate('POST', '/api/register/venues', { name: 'Bar', kind: 'cafe', region: 'seoul' })
    ).json.venueId;
    await test.operate('POST', `/api/register/venues/${other}/call-number`, { number: '070-1111-2222' });
    const theirs = call({ callId: 'e1', calledNumber: '07011112222' });
    expect((await tell(providers.ecdsa, theirs)).json).toEqual({ result: 'stored' });
    const { body, headers } = providers.ecdsa.deliver({ ...theirs, callId: 'e2' }, STORY_SECONDS);
    const packed = await test.service.server.inject({
      method: 'POST',
      url: '/api/register/calls/tel-b',
      headers: { ...headers, 'content-encoding': 'gzip' },
      payload: gzipSync(body),
    });
    expect(packed.json(), 'the signature is over what was packed').toEqual({ result: 'stored' });
    const signed = providers.hmac.deliver(call({ callId: 'two' }), STORY_SECONDS).headers[
      'webhook-signature'
    ];
    const two = { signature: `${Buffer.alloc(32).toString('base64')} ${signed}` };
    expect((await tell(providers.hmac, call({ callId: 'two' }), two)).json).toEqual({ result: 'stored' });
  });

  it('that are no calls are refused by their contract, and large ones unread', async () => {
    expect((await tell(providers.hmac, call({ caller: CALLER }))).json.error).toBe('request.schema');
    expect((await tell(providers.hmac, call({ at: 'now' }))).json.error).toBe('request.schema');
    const large = await tell(providers.hmac, call({ callId: 'x'.repeat(5_000) }));
    expect([large.status, large.json.error]).toEqual([413, 'request.too-large']);
    expect((await tell(providers.hmac, call({ callId: 'w', callerNumber: '' }))).json.error).toBe(
      'register.call-caller',
    );
  });

  it('leave the number of the caller in no line of the log and no answer', () => {
    expect(test.log.join('\n')).not.toMatch(/9182|7364/);
  });

  it('are taken from nobody where the file of providers is not as it must be', async () => {
    const data = tempFolder('calls-wrong');
    writeProviders(data);
    const starts = () => readCallProviders(join(data, 'call-providers.json'));
    expect((await starts()).map(({ name }) => name)).toEqual(['tel-a', 'tel-b']);
    writeFileSync(join(data, 'tel-a.secret'), 'short');
    await expect(starts()).rejects.toThrow(/telephone providers: a secret of "tel-a" is shorter than 32/);
    writeFileSync(join(data, 'call-providers.json'), '[{"name":"a","scheme":"plain"}]');
    await expect(starts()).rejects.toThrow(/telephone providers/);
  });
});
