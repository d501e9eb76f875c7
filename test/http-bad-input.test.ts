import { connect } from 'node:net';
import { batchToJson } from '@munjigi/core/chain';
import { toBase64url, toHex, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint } from '@munjigi/core/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedCounters, TestGate } from './support/register.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

/** Values that no log may ever contain: they are planted wherever a request can carry text. */
const PLANTED = ['010-8471-2936', '옥빛나', 'Ok Bitna', '1971-08-31', 'PLANTED-TOKEN-77', 'MJ1:PLANTED*CODE'];

interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
  readonly json: any;
}

describe('bad input over HTTP', () => {
  let test: TestService;
  let address: string;
  let port: number;
  let venue: { venueId: number; enrolmentCode: string };
  const seen: string[] = [];

  const post = async (
    path: string,
    body: string | object,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    seen.push(text);
    return { status: answer.status, text, json: JSON.parse(text) };
  };
  const enrol = async (): Promise<TestGate> => {
    const gate = new TestGate(venue.venueId);
    const key = compressPoint(gate.signer.publicKey);
    const proof = (await gate.signer.sign(
      possessionBytes(utf8Encode(venue.enrolmentCode), key),
    )) as Uint8Array;
    const answer = await post('/api/register/gates', {
      ...venue,
      gateKey: toBase64url(key),
      name: PLANTED[1]!,
      proof: toBase64url(proof),
    });
    expect(answer.status).toBe(200);
    return gate;
  };
  const send = async (gate: TestGate, from?: number, to?: number): Promise<Answer> =>
    post('/api/register/batches', batchToJson(await gate.batch(from, to)));
  const stored = async (gate: TestGate): Promise<number> => {
    const { rows } = await test.databases
      .get('register')!
      .query<{ count: number }>(
        'SELECT count(*) AS count FROM entry e JOIN gate g USING (venue_id, gate_no) WHERE g.thumbprint = $1',
        [gate.thumbprint],
      );
    return rows[0]!.count;
  };

  beforeAll(async () => {
    test = await startTestService();
    const listening = await test.service.listen();
    port = listening.port;
    address = `http://127.0.0.1:${port}`;
    const answer = await test.operate('POST', '/api/register/venues', {
      name: PLANTED[2]!,
      kind: 'cafe',
      region: 'seoul',
    });
    venue = answer.json;
  });
  afterAll(() => test.remove());

  it.each([
    ['no JSON at all', `{"venueId": ${PLANTED[0]}`, 'request.syntax'],
    ['an empty body', '', 'request.syntax'],
    ['a list', '[]', 'request.schema'],
    ['null', 'null', 'request.schema'],
    [
      'a field that nobody named',
      JSON.stringify({ name: 'a', kind: 'cafe', region: 'seoul', phone: PLANTED[0] }),
      'request.schema',
    ],
    ['a number for a text', JSON.stringify({ name: 7, kind: 'cafe', region: 'seoul' }), 'request.schema'],
    [
      'a prototype for a field',
      '{"__proto__": {"operator": true}, "name": "a", "kind": "cafe", "region": "seoul"}',
      'request.syntax',
    ],
    ['nesting without end', '['.repeat(20_000) + ']'.repeat(20_000), 'request.schema'],
  ])('says which rule %s breaks, without a stack trace or the value', async (_, body, code) => {
    const answer = await post('/api/register/venues', body, {
      authorization: `Bearer ${test.service.operatorToken}`,
    });
    expect([answer.status, answer.json.error]).toEqual([400, code]);
    expect(Object.keys(answer.json).sort()).toEqual(['error', 'message']);
  });

  it('reads no body over the limit, and no other content type', async () => {
    const large = await post('/api/issuer/enrolments', `{"provider":"${'x'.repeat(70_000)}"}`);
    expect([large.status, large.json.error]).toEqual([413, 'request.too-large']);
    const form = await post('/api/issuer/enrolments', 'a=1', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([form.status, form.json.error]).toEqual([415, 'request.media-type']);
  });

  it('survives bytes that are not HTTP', async () => {
    const answer = await new Promise<string>((done) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GARBAGE ${PLANTED[4]}\r\n\u0000\u0001\r\n\r\n`),
      );
      let said = '';
      socket.on('data', (data) => {
        said += data.toString();
      });
      socket.on('close', () => done(said));
      socket.on('error', () => done(said));
    });
    seen.push(answer);
    expect(answer).toMatch(/^HTTP\/1.1 400/);
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
  });

  it('refuses a batch with a wrong signature, with a changed entry or of an unknown gate, and stores nothing of it', async () => {
    const gate = (await enrol()).append(3, STORY_SECONDS);
    const honest = batchToJson(await gate.batch());
    const forged = { ...honest, signed: `${honest.signed.slice(0, -8)}AAAAAAAA` };
    const wrong = await post('/api/register/batches', forged);
    expect([wrong.status, wrong.json.error]).toEqual([400, 'register.signature']);

    const moved = {
      ...honest,
      entries: honest.entries.map((entry, i) =>
        i === 1 ? { ...entry, enteredAt: entry.enteredAt + 60 } : entry,
      ),
    };
    const changed = await post('/api/register/batches', moved);
    expect([changed.status, changed.json.error]).toEqual([400, 'register.head']);

    const stranger = new TestGate(venue.venueId).append(1, STORY_SECONDS);
    const unknown = await send(stranger);
    expect([unknown.status, unknown.json.error]).toEqual([404, 'register.gate-unknown']);

    expect(await stored(gate)).toBe(0);
    expect((await send(gate)).json.results.map(({ result }: { result: string }) => result)).toEqual([
      'stored',
      'stored',
      'stored',
    ]);
  });

  it('keeps 499 of 500 entries where one has a silly date, and says so of that one alone', async () => {
    const gate = (await enrol()).append(500, STORY_SECONDS - 60, (n) => ({
      enteredAt: n === 250 ? Date.parse('2001-01-01') / 1000 : STORY_SECONDS - 60,
    }));
    const answer = await send(gate);
    expect(answer.status).toBe(200);
    const results = answer.json.results as { n: number; result: string; flags: string[] }[];
    expect(results.filter(({ result }) => result === 'stored')).toHaveLength(499);
    expect(results[249]).toEqual({ n: 250, result: 'expired', flags: [] });
    expect(answer.json.head.counter).toBe(500);
    expect(answer.json.receipt).not.toBeNull();
    expect(await stored(gate)).toBe(499);
  });

  it('keeps an entry from the far future, marked, on the day it came', async () => {
    const gate = (await enrol()).append(3, STORY_SECONDS, (n) => ({
      enteredAt: n === 2 ? Date.parse('2036-01-01') / 1000 : STORY_SECONDS,
    }));
    const answer = await send(gate);
    expect(answer.json.results[1]).toEqual({ n: 2, result: 'stored', flags: ['future'] });
    expect(await stored(gate)).toBe(3);
  });

  it('answers a replay and an overlapping re-slice entry by entry, and doubles nothing', async () => {
    const gate = (await enrol()).append(10, STORY_SECONDS);
    const first = await send(gate, 1, 6);
    const replay = await send(gate, 1, 6);
    expect(replay.status).toBe(200);
    expect(replay.json.results.every(({ result }: { result: string }) => result === 'already-stored')).toBe(
      true,
    );
    expect(replay.json.receipt, 'a repeat gets the first receipt').toBe(first.json.receipt);
    const overlap = await send(gate, 4, 10);
    expect(overlap.json.results.map(({ result }: { result: string }) => result)).toEqual([
      ...Array(3).fill('already-stored'),
      ...Array(4).fill('stored'),
    ]);
    expect(await stored(gate)).toBe(10);
  });

  it('keeps what comes out of order, asks for what is missing, and is whole once it came', async () => {
    const gate = (await enrol()).append(9, STORY_SECONDS);
    await send(gate, 1, 3);
    const ahead = await send(gate, 7, 9);
    expect(ahead.status).toBe(200);
    expect(ahead.json.results.map(({ result }: { result: string }) => result)).toEqual([
      'stored',
      'stored',
      'stored',
    ]);
    expect(ahead.json.results[0].flags).toContain('gap');
    expect(ahead.json.resendFrom).toBe(4);
    await send(gate, 4, 6);
    const where = await fetch(
      `${address}/api/register/gates/${toBase64url(gate.thumbprint)}/head?venue=${venue.venueId}`,
    );
    expect(await where.json()).toMatchObject({ head: { counter: 9 }, resendFrom: null, have: [[1, 9]] });
    expect(await stored(gate)).toBe(9);
  });

  it('keeps both branches of a restored device, marked as a fork', async () => {
    const gate = (await enrol()).append(5, STORY_SECONDS);
    await send(gate);
    const clone = gate.restoredAt(3).append(4, STORY_SECONDS + 5);
    const answer = await send(clone, 4, 7);
    expect(answer.status).toBe(200);
    expect(answer.json.results.map(({ result }: { result: string }) => result)).toEqual([
      'fork',
      'fork',
      'fork',
      'fork',
    ]);
    const counters = await storedCounters(test.databases.get('register')!, venue.venueId);
    expect([...counters.values()].every((times) => times === 1)).toBe(true);
  });

  it('lets nobody operate without the token, and enrols no gate without its code or proof', async () => {
    for (const authorization of [
      '',
      'Bearer ',
      `Bearer ${PLANTED[4]}`,
      `Basic ${PLANTED[4]}`,
      `Bearer ${'x'.repeat(5000)}`,
    ]) {
      const answer = await post(
        '/api/register/venues',
        { name: 'a', kind: 'cafe', region: 'seoul' },
        { authorization },
      );
      expect([answer.status, answer.json.error]).toEqual([401, 'operator.token']);
    }
    const gate = new TestGate(venue.venueId);
    const key = compressPoint(gate.signer.publicKey);
    const proof = toBase64url(
      (await gate.signer.sign(possessionBytes(utf8Encode('another code'), key))) as Uint8Array,
    );
    const unproved = await post('/api/register/gates', {
      ...venue,
      gateKey: toBase64url(key),
      name: 'a',
      proof,
    });
    expect([unproved.status, unproved.json.error]).toEqual([400, 'register.possession']);
    const uncoded = await post('/api/register/gates', {
      ...venue,
      enrolmentCode: 'WRONG',
      gateKey: toBase64url(key),
      name: 'a',
      proof,
    });
    expect([uncoded.status, uncoded.json.error]).toEqual([403, 'register.enrolment-code']);
  });

  it('has no operation at a planted address and no error for a planted query', async () => {
    const away = await fetch(`${address}/api/issuer/${encodeURIComponent(PLANTED[1]!)}?phone=${PLANTED[0]}`);
    expect(away.status).toBe(404);
    seen.push(await away.text());
    const bad = await fetch(
      `${address}/api/register/gates/${encodeURIComponent(PLANTED[3]!)}/head?venue=${encodeURIComponent(PLANTED[0]!)}`,
    );
    expect(bad.status).toBe(400);
    seen.push(await bad.text());
    const person = await post('/api/issuer/enrolments', {
      provider: 'demonstration',
      assertion: { person: 'nobody-of-that-name' },
    });
    expect([person.status, person.json.error]).toEqual([404, 'issuer.person-unknown']);
    const old = await post('/api/demonstration/old-way', { code: PLANTED[5]! });
    expect(old.json).toMatchObject({ saved: false });
  });

  it('left no stack trace in any answer, and nothing that was planted in any answer or log line', () => {
    expect(seen.length).toBeGreaterThan(30);
    expect(test.log.length).toBeGreaterThan(30);
    const answers = seen.join('\n');
    const log = test.log.join('\n');
    expect(answers).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules/);
    for (const value of PLANTED) {
      const hidden = [value, encodeURIComponent(value), toHex(utf8Encode(value)), value.replaceAll('-', '')];
      for (const form of hidden) {
        expect(log.includes(form), `the log has ${form}`).toBe(false);
        const named = value === PLANTED[1] || value === PLANTED[2];
        if (!named) expect(answers.includes(form), `an answer has ${form}`).toBe(false);
      }
    }
    expect(log).not.toMatch(/127\.0\.0\.1(?!:)/);
    for (const secret of [test.service.operatorToken, venue.enrolmentCode, '김하늘'])
      expect(log.includes(secret)).toBe(false);
  });
});
