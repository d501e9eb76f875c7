import { batchToJson } from '@munjigi/core/chain';
import { fromBase64, toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes, presentPass } from '@munjigi/core/entry-pass';
import { compressPoint } from '@munjigi/core/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { TestGate } from './support/register.ts';
import { provenKeys, STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

describe('the service on PostgreSQL, a database for each desk', () => {
  let postgres: PrivatePostgres | NoPostgres;
  let test: TestService | null = null;

  beforeAll(async () => {
    postgres = await startPostgres();
    if (!isThere(postgres)) return;
    const flags: Record<string, string> = {};
    for (const desk of ['issuer', 'register', 'authority'])
      flags[`database-${desk}`] = await postgres.database(desk);
    test = await startTestService({ flags });
  });
  afterAll(async () => {
    await test?.remove();
    if (isThere(postgres)) await postgres.remove();
  });

  it('works from enrolment to the row; with the database gone it stays ready, answers 503 and serves what is signed; then goes on', async ({
    skip,
  }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    const { call, operate, service } = test!;

    const enrolment = (
      await call('POST', '/api/issuer/enrolments', {
        provider: 'demonstration',
        assertion: { person: 'haneul' },
      })
    ).json;
    const keys = provenKeys(fromBase64(enrolment.nonce), 30);
    const passes = await call('POST', '/api/issuer/batches', {
      enrolment: enrolment.enrolment,
      nonce: enrolment.nonce,
      keys: keys.map(({ key, proof }) => ({ key, proof })),
    });
    expect([passes.status, passes.json.passes?.length]).toEqual([200, 30]);
    expect((await call('POST', '/api/issuer/paper-passes', { enrolment: enrolment.enrolment })).status).toBe(
      200,
    );

    const venue = (
      await operate('POST', '/api/register/venues', { name: 'Cafe', kind: 'cafe', region: 'seoul' })
    ).json;
    const gate = new TestGate(venue.venueId).append(3, STORY_SECONDS);
    const gateKey = compressPoint(gate.signer.publicKey);
    const proof = (await gate.signer.sign(
      possessionBytes(utf8Encode(venue.enrolmentCode), gateKey),
    )) as Uint8Array;
    const enrolled = await call('POST', '/api/register/gates', {
      ...venue,
      gateKey: toBase64url(gateKey),
      name: 'door',
      proof: toBase64url(proof),
    });
    expect(enrolled.status).toBe(200);
    const batch = batchToJson(await gate.batch());
    expect((await call('POST', '/api/register/batches', batch)).json.results[0]).toMatchObject({
      n: 1,
      result: 'stored',
    });
    const rows = await operate('GET', `/api/register/rows?venue=${venue.venueId}`);
    expect(rows.json).toMatchObject({ total: 3 });

    const code = await presentPass(fromBase64(passes.json.passes[0].pass), keys[0]!.signer, STORY_SECONDS, 0);
    expect((await call('POST', '/api/demonstration/old-way', { code })).json).toEqual({
      verdict: 'admit',
      reason: 'ok',
      saved: true,
    });

    await postgres.stop('immediate');
    const away = await call('POST', '/api/register/batches', batch);
    expect([away.status, away.json.error]).toEqual([503, 'service.database-down']);
    expect(
      (await call('POST', '/api/demonstration/old-way', { code })).status,
      'the old way has no answer for the guest',
    ).toBe(503);
    for (let i = 0; i < 3; i++) await service.look();
    const ready = await call('GET', '/health/ready');
    expect([ready.status, ready.json.database]).toEqual([200, 'down']);
    expect((await call('GET', '/api/authority/now')).status, 'what was signed is served all the same').toBe(
      200,
    );

    await postgres.start();
    await service.look();
    expect((await call('GET', '/health/ready')).json.database).toBe('up');
    const again = await call('POST', '/api/register/batches', batch);
    expect(again.json.results.map(({ result }: { result: string }) => result)).toEqual(
      Array(3).fill('already-stored'),
    );
    const notice = await operate('POST', '/api/authority/notices', {
      notice: 'app-down',
      status: 'provisional',
    });
    expect(notice.status).toBe(200);
    expect(test!.log.join('')).not.toMatch(/postgres:\/\/|127\.0\.0\.1:\d+\/|haneul/);
  });
});
