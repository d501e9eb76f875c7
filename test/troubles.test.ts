import { toBase64url } from '@munjigi/core/encoding';
import { compressPoint } from '@munjigi/core/signing';
import { signTrouble, type Trouble } from '@munjigi/core/trouble';
import { type Database, openPostgres } from '@munjigi/service/db';
import { freePort } from '@munjigi/sim/stage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { troublesFor } from '../packages/service/src/api/troubles.ts';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { enrol, newVenue, type TestGate } from './support/register.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const HOUR = 3_600;

describe("owners' word that something does not work", () => {
  let postgres: PrivatePostgres | NoPostgres;
  let one: TestService;
  let two: TestService;
  let db: Database;
  let passed = 0;
  let metricsPort: number;
  let port: number;

  beforeAll(async () => {
    postgres = await startPostgres();
    if (!isThere(postgres)) return;
    metricsPort = await freePort();
    const url = await postgres.database('register');
    const flags = { desks: 'register', 'database-register': url };
    // A register by itself follows no story: its machine stands at the moment.
    const machine = () => (STORY_SECONDS + passed) * 1000;
    one = await startTestService({ machine, flags: { ...flags, 'metrics-port': String(metricsPort) } });
    const authority = {
      desks: 'register,authority',
      'database-authority': await postgres.database('authority'),
    };
    two = await startTestService({ machine, flags: { ...flags, ...authority } });
    ({ port } = await one.service.listen());
    db = openPostgres({ url, connections: 1 });
  });
  afterAll(async () => {
    await db?.close();
    await one?.remove();
    await two?.remove();
    if (postgres && isThere(postgres)) await postgres.remove();
  });

  const onPostgres = (name: string, work: () => Promise<void>) =>
    it(name, ({ skip }) => (isThere(postgres) ? work() : skip(postgres.reason)));
  const door = async (): Promise<TestGate> => {
    const register = one.service.desks.register!;
    return enrol(register, await newVenue(register));
  };
  const say = async (gate: TestGate, what: Trouble, more: { venueId?: number; at?: number } = {}) => {
    const { venueId = gate.venueId, at = STORY_SECONDS + passed } = more;
    const signed = toBase64url(await signTrouble({ venueId, what, at }, gate.signer));
    return { gateKey: toBase64url(compressPoint(gate.signer.publicKey)), signed };
  };
  const post = async (node: TestService, body: object) => {
    const { status, json } = await node.call('POST', '/api/register/troubles', body);
    return status === 200 ? json.counted : json.error;
  };
  const counted = async (what: Trouble): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(new RegExp(`munjigi_trouble_reports_total\\{what="${what}"\\} (\\d+)`).exec(text)?.[1]);
  };

  onPostgres('counts a venue once an hour, whatever it says again and at whichever node', async () => {
    const gate = await door();
    expect(await counted('reading')).toBe(0);
    const report = await say(gate, 'reading');
    expect(await post(one, report)).toBe(true);
    expect([await post(one, report), await post(two, report)]).toEqual([false, false]);
    expect(await post(two, await say(gate, 'sending'))).toBe(false);
    expect([await counted('reading'), await counted('sending')]).toEqual([1, 0]);
    passed += HOUR;
    expect(await post(two, await say(gate, 'sending'))).toBe(true);
  });

  onPostgres('counts nobody’s word but a gate’s of that venue, of this hour', async () => {
    const gate = await door();
    const report = await say(gate, 'answers');
    const other = await say(await door(), 'answers');
    expect(await post(one, { ...report, gateKey: other.gateKey })).toBe('register.trouble');
    expect(await post(one, await say(gate, 'answers', { venueId: gate.venueId + 1 }))).toBe(
      'register.gate-unknown',
    );
    const now = STORY_SECONDS + passed;
    for (const at of [now - HOUR, now + 301])
      expect(await post(one, await say(gate, 'answers', { at }))).toBe(false);
    await one.service.desks.register!.revokeGate(gate.venueId, 1, 0);
    expect(await post(one, report)).toBe(false);
    await db.query('UPDATE venue SET specimen = true WHERE venue_id = (SELECT max(venue_id) FROM venue)');
    expect(await post(one, other)).toBe(false);
    expect(await counted('answers')).toBe(0);
    expect(
      await post(one, { gateKey: report.gateKey, signed: report.signed, words: 'the owner is Kim' }),
    ).toBe('request.schema');
  });

  onPostgres('tells how many venues, from five on, and forgets them in hours', async () => {
    const lately = async () => (await two.call('GET', '/api/register/troubles')).json.troubles;
    /** As the authority shows it, from the register beside it and from one on another machine. */
    const said = async () => [
      (await two.operate('GET', '/api/authority/troubles')).json.troubles,
      (await troublesFor(() => ({ register: null }), `http://127.0.0.1:${port}`)())?.troubles,
    ];
    passed += 3 * HOUR;
    for (let n = 0; n < 4; n++) await post(one, await say(await door(), 'wallets'));
    expect(await lately()).toEqual([]);
    await post(one, await say(await door(), 'wallets'));
    expect(await lately()).toEqual([{ what: 'wallets', venues: 5 }]);
    expect(await said()).toEqual([await lately(), await lately()]);
    await expect(troublesFor(() => ({ register: null }), 'http://127.0.0.1:9')()).rejects.toThrow();
    passed += 4 * HOUR;
    expect(await lately()).toEqual([]);
    await one.service.desks.register!.retain();
    expect((await db.query('SELECT 1 FROM trouble')).rows).toEqual([]);
  });
});
