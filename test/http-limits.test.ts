import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buckets } from '../packages/service/src/api/buckets.ts';
import { rateLimit } from '../packages/service/src/api/limits.ts';
import { readSettings } from '../packages/service/src/config/index.ts';
import { accessOf, bucketOf, operations } from '../packages/service/src/contracts/index.ts';
import type { Operation } from '../packages/service/src/contracts/operation.ts';
import { signedIn } from './support/accounts.ts';
import { POLICY, startTestService, type TestService } from './support/service.ts';

const ALL = Object.values<Operation>(operations);
const WHO = { name: 'x', roles: ['operator'], venueIds: [] } as const;

describe('how often one may ask', () => {
  const production = readSettings({}, {}, POLICY);
  const limits = () => buckets(rateLimit(production.enrolmentsPerMinute), 1);
  const access = (name: string) => accessOf(name);

  it('lets two hundred phones behind one address enrol, fetch their passes and the rules, in one minute', () => {
    const now = limits();
    let waited = 0;
    const ask = (name: string, method: string, times: number) => {
      for (let i = 0; i < times; i++) waited += now.takeNetwork(access(name), method, '203.0.113.9', 0);
    };
    for (let phone = 0; phone < 200; phone++) {
      ask('enrol', 'POST', 1);
      ask('issueBatch', 'POST', 2);
      ask('newNonce', 'POST', 2);
      ask('getRoot', 'GET', 1);
      ask('getBundle', 'GET', 2);
      ask('getNow', 'GET', 6);
    }
    expect(waited).toBe(0);
  });

  it('lets five thousand tablets of one telephone company send a batch and ask for their head each minute', () => {
    const now = limits();
    let waited = 0;
    for (let gate = 0; gate < 5_000; gate++) {
      waited += now.takeNetwork(access('sendBatch'), 'POST', '203.0.113.9', 0);
      waited += now.takeNetwork(access('gateHead'), 'GET', '203.0.113.9', 0);
      waited += now.takeGate(access('sendBatch'), 'POST', '203.0.113.9', `gate ${gate}`, 0);
    }
    expect(waited).toBe(0);
  });

  it('stops one gate that has gone mad, and takes nothing from it when a stranger elsewhere uses its name', () => {
    const now = limits();
    const take = (address: string) => now.takeGate(access('sendBatch'), 'POST', address, 'one', 0);
    for (let i = 0; i < 600; i++) expect(take('198.51.100.1')).toBe(0);
    expect(take('198.51.100.1')).toBeGreaterThan(0);
    expect(take('203.0.113.9')).toBe(0);
  });

  it('lets nobody guess codes or passkeys by the thousand, whatever operation they turn to', () => {
    const now = limits();
    const guesses = ['registerEnrolOptions', 'registerEnrol', 'registerSignIn', 'registerSignInOptions'];
    let through = 0;
    for (let i = 0; i < 4_000; i++)
      if (now.takeNetwork(access(guesses[i % 4]!), 'POST', '203.0.113.9', 0) === 0) through += 1;
    expect(through).toBe(120);
    expect(now.takeNetwork(access('getNow'), 'GET', '203.0.113.9', 0), 'and the door goes on').toBe(0);
  });

  it('counts an account wherever it sits, and apart from its neighbours', () => {
    const now = limits();
    const take = (accountId: string, address: string) =>
      now.takeCaller(access('publishNotice'), 'POST', address, { ...WHO, accountId }, 0);
    for (let i = 0; i < 120; i++) expect(take('a', `203.0.${i}.1`)).toBe(0);
    expect(take('a', '198.51.100.1')).toBeGreaterThan(0);
    expect(take('b', '198.51.100.1')).toBe(0);
    expect(now.takeCaller(access('listRows'), 'GET', '198.51.100.1', { ...WHO, accountId: 'a' }, 0)).toBe(0);
  });

  it('counts every operation somewhere, but for those that say whether the service lives', () => {
    const uncounted = ALL.filter(
      ({ operationId, method }) => bucketOf(accessOf(operationId), method) === 'none',
    );
    expect(uncounted.map(({ operationId }) => operationId)).toEqual(['live', 'ready', 'agent']);
    for (const { operationId, method } of ALL.filter((one) => !uncounted.includes(one))) {
      const now = buckets(rateLimit(300), 1);
      let asked = 0;
      const more = () =>
        now.takeNetwork(accessOf(operationId), method, '203.0.113.9', 0) === 0 &&
        now.takeCaller(accessOf(operationId), method, '203.0.113.9', null, 0) === 0;
      while (asked < 100_000 && more()) asked += 1;
      expect(asked, operationId).toBeLessThanOrEqual(30_000);
    }
  });
});

describe('the frame', () => {
  let test: TestService;
  let port: number;
  beforeAll(async () => {
    // The clock stands still, so that no token comes back meanwhile.
    const flags = { exercise: false, story: undefined as never };
    test = await startTestService({ flags, machine: () => Date.parse('2026-03-02T12:00:00+09:00') });
    port = (await test.service.listen()).port;
  });
  afterAll(() => test.remove());

  const raw = (bytes: string): Promise<string> =>
    new Promise((done) => {
      let said = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (data) => {
        said += data.toString();
      });
      socket.on('close', () => done(said));
      socket.on('error', () => done(said));
    });

  it('answers 429 with a moment to come again: by network before anyone is looked up, by account after', async () => {
    let last = await test.call('POST', '/api/register/session/options', {});
    for (let i = 1; i <= 120; i++) last = await test.call('POST', '/api/register/session/options', {});
    expect([last.status, last.json.error]).toEqual([429, 'request.rate']);
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);

    const [one, other] = [
      await signedIn(test, 'register', 'operator'),
      await signedIn(test, 'register', 'operator'),
    ];
    const write = (who: typeof one) => who.call('POST', '/api/register/venues', {});
    for (let i = 0; i < 120; i++) expect((await write(one)).status).toBe(400);
    expect((await write(one)).status).toBe(429);
    expect((await write(other)).status).toBe(400);
  });

  it('says the same strict headers with every answer, also to bytes that are no request', async () => {
    const answers: { name: string; headers: Record<string, unknown> }[] = [];
    for (const { operationId, method, url } of ALL) {
      const { headers } = await test.call(method, url, method === 'GET' ? undefined : {});
      answers.push({ name: operationId, headers });
    }
    answers.push({ name: 'no such address', headers: (await test.call('GET', '/api/nothing')).headers });
    answers.push({
      name: 'an operator',
      headers: (await test.operate('GET', '/api/register/rows?venue=1')).headers,
    });
    for (const bytes of [
      'GARBAGE\r\n\r\n',
      `GET /health/live HTTP/1.1\r\nhost: x\r\ncookie: ${'a'.repeat(9_000)}\r\n\r\n`,
      'POST /api/register/venues HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc',
    ]) {
      const [head = ''] = (await raw(bytes)).split('\r\n\r\n');
      const fields = head.split('\r\n').slice(1);
      answers.push({
        name: head.split('\r\n')[0]!,
        headers: Object.fromEntries(fields.map((line) => line.split(/: (.*)/s).slice(0, 2))),
      });
    }
    expect(answers.slice(-3).map(({ name }) => name.slice(0, 12))).toEqual([
      'HTTP/1.1 400',
      'HTTP/1.1 431',
      'HTTP/1.1 400',
    ]);
    for (const { name, headers } of answers) {
      expect(headers['content-security-policy'], name).toContain("default-src 'none'");
      expect(headers['content-security-policy'], name).toContain("frame-ancestors 'none'");
      expect(headers, name).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin'], name).toBeUndefined();
      expect(headers.server, name).toBeUndefined();
      expect(headers['x-powered-by'], name).toBeUndefined();
    }
  });

  it('reads no address, body or path that is larger than it must be', async () => {
    const long = await test.call('GET', `/api/issuer/paper-passes/${'a'.repeat(300)}.html`);
    expect(long.status).toBe(414);
    const large = await test.call('POST', '/api/issuer/nonces', { enrolment: 'x'.repeat(70_000) });
    expect([large.status, large.json.error]).toEqual([413, 'request.too-large']);
    const fields = await test.operate('POST', '/api/register/session/invite', {
      name: 'x'.repeat(121),
      roles: ['owner'],
    });
    expect([fields.status, fields.json.error]).toEqual([400, 'request.schema']);
  });
});
