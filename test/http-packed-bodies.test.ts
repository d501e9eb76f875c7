import { deflateSync, gzipSync } from 'node:zlib';
import { batchToJson } from '@munjigi/core/chain';
import { toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint } from '@munjigi/core/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGate } from './support/register.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

describe('a packed body', () => {
  let test: TestService;
  let address: string;
  let gate: TestGate;

  const send = async (body: Uint8Array, encoding: string, path = '/api/register/batches') => {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      body: new Uint8Array(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
    return { status: answer.status, json: (await answer.json()) as any };
  };

  beforeAll(async () => {
    test = await startTestService({ flags: { desks: 'register' } });
    const { host, port } = await test.service.listen();
    address = `http://${host}:${port}`;
    const venue = (
      await test.operate('POST', '/api/register/venues', { name: 'Cafe', kind: 'cafe', region: 'seoul' })
    ).json;
    gate = new TestGate(venue.venueId).append(500, STORY_SECONDS);
    const gateKey = compressPoint(gate.signer.publicKey);
    const proof = await gate.signer.sign(possessionBytes(utf8Encode(venue.enrolmentCode), gateKey));
    await test.call('POST', '/api/register/gates', {
      ...venue,
      gateKey: toBase64url(gateKey),
      name: 'door',
      proof: toBase64url(proof),
    });
  });
  afterAll(() => test.remove());

  it('of a whole batch is read and stored, and is smaller on the way', async () => {
    const plain = Buffer.from(JSON.stringify(batchToJson(await gate.batch())));
    const packed = gzipSync(plain);
    expect(packed.length).toBeLessThan(plain.length * 0.8);
    const answer = await send(packed, 'gzip');
    expect([answer.status, answer.json.head.counter]).toEqual([200, 500]);
  });

  it('may not unpack beyond the limit of its operation, however small it comes', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
    expect(bomb.length).toBeLessThan(250_000);
    for (const path of ['/api/register/batches', '/api/register/gates'])
      expect(await send(bomb, 'gzip', path)).toMatchObject({
        status: 413,
        json: { error: 'request.too-large' },
      });
    // Just beyond the 64 kB of an ordinary operation, and just below.
    const text = (size: number) => gzipSync(Buffer.from(`"${'x'.repeat(size - 2)}"`));
    expect((await send(text(65_537), 'gzip', '/api/register/gates')).status).toBe(413);
    expect((await send(text(65_536), 'gzip', '/api/register/gates')).json.error).toBe('request.schema');
  });

  it('that is cut off, is no gzip, or is packed otherwise is the caller’s mistake', async () => {
    const packed = gzipSync(JSON.stringify({ venueId: 1, padding: 'x'.repeat(5000) }));
    for (const wrong of [
      packed.subarray(0, packed.length - 9),
      Buffer.from('{"venueId":1}'),
      Buffer.from([0x1f, 0x8b]),
    ])
      expect(await send(wrong, 'gzip')).toMatchObject({ status: 400, json: { error: 'request.syntax' } });
    for (const encoding of ['deflate', 'br', 'gzip, gzip', 'x-nothing'])
      expect(await send(deflateSync('{}'), encoding)).toMatchObject({
        status: 415,
        json: { error: 'request.encoding' },
      });
    expect((await send(Buffer.from('{}'), 'identity')).json.error).toBe('request.schema');
  });
});
