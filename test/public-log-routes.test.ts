import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import {
  acceptHead,
  lineSigner,
  openHead,
  openLine,
  verifyConsistency,
  verifyLogReceipt,
} from '@munjigi/core/log';
import { makePrivateKey, nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgedHead, hashOf } from './support/log-stand.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();

describe('the public log of a service with all desks', () => {
  let test: TestService;

  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.remove());

  const get = async (path: string) => (await test.call('GET', `/api/authority/log/${path}`)).json;
  const send = (line: Uint8Array) =>
    test.call('POST', '/api/authority/log/lines', { line: toBase64url(line) });
  const lineOf = (n: number) =>
    test.service.desks.publicLog.lines.register!.sign('case-approved', STORY_SECONDS, {
      case: hashOf(`case ${n}`),
    });
  const log = () => test.service.desks.authority!.log;

  it('takes lines of its bodies, and shows head, lines, proofs and signatures of two bodies to anyone', async () => {
    const lines = await Promise.all([1, 2, 3, 4, 5].map(lineOf));
    for (const line of lines) {
      const { status, json } = await send(line);
      expect(status).toBe(200);
      expect(await verifyLogReceipt(fromBase64(json.receipt), line, log().key, crypto)).toBe(true);
    }
    await log().collect();

    const head = await get('head');
    const bodies = new Map(
      [...(await test.service.desks.publicLog.bodies())].map(([body, key]) => [body, [key]]),
    );
    const cosignatures = head.cosignatures.map((one: { cosignature: string }) => fromBase64(one.cosignature));
    const trust = { origin: head.origin, key: log().key, bodies };
    const accepted = await acceptHead({ head: fromBase64(head.head), cosignatures }, trust, crypto);
    expect(accepted).toMatchObject({ size: 5 });

    const shown = await get('lines?from=2&limit=2');
    expect([shown.size, shown.lines.map(fromBase64)]).toEqual([5, lines.slice(2, 4)]);
    expect((await openLine(fromBase64(shown.lines[0]), bodies, crypto)).body).toBe('register');
    const proof = await get('proof?index=1&size=4');
    expect(await verifyLogReceipt(fromBase64(proof.receipt), lines[1]!, log().key, crypto)).toBe(true);
    expect(await verifyLogReceipt(fromBase64(proof.receipt), lines[2]!, log().key, crypto)).toBe(false);
    const { heads } = await get('heads?after=1&limit=2');
    expect(heads.map(({ size }: { size: number }) => size)).toEqual([2, 3]);
    const old = await openHead(fromBase64(heads[0].head), log().key, crypto);
    const { path } = await get('consistency?from=2&to=5');
    expect(verifyConsistency(old, accepted, path.map(fromBase64))).toBe(true);
  });

  it('answers what it does not have with a sentence: no such line, no such size, no line of a known body', async () => {
    expect(await get('proof?index=99')).toMatchObject({ error: 'log.no-line' });
    expect(await get('consistency?from=3&to=99')).toMatchObject({ error: 'log.no-line' });
    expect(await get('consistency?from=4&to=3')).toMatchObject({ error: 'log.no-line' });
    const stranger = lineSigner('issuer', nodeSigner(makePrivateKey()));
    const refused = await send(await stranger.sign('sunset', STORY_SECONDS, { day: '2022-01-06' }));
    expect([refused.status, refused.json.error]).toEqual([400, 'signing.unknown-key']);
    const nothing = await send(new Uint8Array([1, 2, 3]));
    expect([nothing.status, nothing.json.error]).toEqual([400, 'encoding.cbor']);
    expect((await get('head')).size).toBe(5);
  });

  it.each(['register', 'issuer'])(
    'the %s signs the true head for whoever asks, and no other',
    async (desk) => {
      const ask = (head: Uint8Array | string, from = 0) =>
        test.call('POST', `/api/${desk}/log/cosign`, {
          head: typeof head === 'string' ? head : toBase64url(head),
          from,
          path: [],
        });
      const head = await get('head');
      const { json } = await ask(head.head);
      expect(json).toMatchObject({ size: 5 });
      expect(head.cosignatures).toContainEqual({ body: desk, cosignature: json.cosignature });

      const secret = readFileSync(join(test.data, 'keys', 'authority', 'log.key'), 'utf8').trim();
      const dishonest = { logKey: nodeSigner(fromBase64(secret)) };
      const fork = await ask(await forgedHead(dishonest, 5, STORY_SECONDS, head.origin));
      expect([fork.status, fork.json.error]).toEqual([409, 'log.fork']);
      const alarms = test.log.map((line) => JSON.parse(line)).filter(({ code }) => code === 'log-fork');
      expect(alarms).toContainEqual(expect.objectContaining({ desk, level: 50 }));
      const back = await ask(await forgedHead(dishonest, 2, STORY_SECONDS + 86_400, head.origin), 2);
      expect([back.status, back.json.error]).toEqual([409, 'log.rollback']);
      const elsewhere = await ask(await forgedHead(dishonest, 9, STORY_SECONDS, 'another log'), 5);
      expect([elsewhere.status, elsewhere.json.error]).toEqual([404, 'log.unknown']);
    },
  );

  it('keeps its lines and its keys over a restart', async () => {
    const before = await get('head');
    await test.stop();
    const again = await startTestService({ data: test.data });
    const after = (await again.call('GET', '/api/authority/log/head')).json;
    expect(after).toEqual(before);
    await again.stop();
  });
});
