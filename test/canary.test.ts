import { cpSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '@munjigi/core/encoding';
import { presentPass } from '@munjigi/core/entry-pass';
import { decide, inspect } from '@munjigi/core/gate';
import { compilePolicy } from '@munjigi/core/rules';
import { compileTrust, openBundle, openRoot } from '@munjigi/core/trust';
import { nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { type Database, openPostgres } from '@munjigi/service/db';
import { type Mirror, startIdentityProvider, startMirror } from '@munjigi/sim/stage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as canaryMain } from '../packages/ops/src/canary/main.ts';
import { CanaryMetrics } from '../packages/ops/src/canary/metrics.ts';
import type { Observed } from './support/canary.ts';
import { runCommand } from './support/command.ts';
import { tempFolder } from './support/databases.ts';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { enrol as enrolGate, newVenue } from './support/register.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const DAY_MS = 86_400_000;
const WHOLE_WAY = [
  ['issuers', 'works', 'issue'],
  ['judging', 'works', 'decide'],
  ['register', 'works', 'receipt'],
  ['documents', 'works', 'age'],
];
const CHAIN = 'SELECT count(*) AS n, max(counter) AS last, count(DISTINCT gate_no) AS gates FROM entry';

describe('a canary', () => {
  let postgres: PrivatePostgres | NoPostgres;
  let test: TestService;
  let mirror: Mirror;
  let service: string;
  let passedMs = 0;
  const flags: Record<string, string> = {};
  const databases = new Map<string, Database>();
  const folder = join(tempFolder('canary'), 'first');

  const started = async (more: Record<string, string> = {}, data?: string) => {
    const made = await startTestService({
      machine: () => Date.now() + passedMs,
      flags: { ...flags, ...more },
      ...(data ? { data } : {}),
    });
    const { port } = await made.service.listen();
    return { made, url: `http://127.0.0.1:${port}` };
  };
  beforeAll(async () => {
    postgres = await startPostgres();
    if (!isThere(postgres)) return;
    for (const desk of ['issuer', 'register', 'authority']) {
      const url = await postgres.database(desk);
      flags[`database-${desk}`] = url;
      databases.set(desk, openPostgres({ url, connections: 1 }));
    }
    ({ made: test, url: service } = await started());
    mirror = await startMirror(join(test.data, 'mirror'));
  });
  afterAll(async () => {
    await mirror?.close();
    await test?.remove();
    for (const db of databases.values()) await db.close();
    if (isThere(postgres)) await postgres.remove();
  });

  const onPostgres = (name: string, work: (server: PrivatePostgres) => Promise<void>) =>
    it(name, ({ skip }) => (isThere(postgres) ? work(postgres) : skip(postgres.reason)));

  const enrolAt = (url: string, ...args: string[]) =>
    runCommand(
      canaryMain,
      ...['enrol', '--folder', folder, '--name', 'first', '--service', url, '--data', test.data],
      ...['--door', `front=${url}`, '--mirror', `mirror=${mirror.address}`],
      ...args,
    );
  const enrol = (...args: string[]) => enrolAt(service, ...args);
  const look = async (): Promise<{ code: number; observed: Observed; err: string }> => {
    const { code, out, err } = await runCommand(canaryMain, '--folder', folder, '--once');
    return { code, observed: JSON.parse(out), err };
  };
  const states = ({ seen }: Observed) => seen.map(({ component, state, step }) => [component, state, step]);
  const rows = async (desk: string, sql: string) =>
    (await databases.get(desk)!.query<Record<string, number>>(sql)).rows;

  onPostgres('is made with a venue, a specimen and a key of its own, once', async () => {
    const { code, out, err } = await enrol();
    expect([code, err]).toEqual([0, '']);
    const made = JSON.parse(out);
    expect(made).toMatchObject({ canary: 'first', doors: 1, mirrors: 1 });
    expect(JSON.parse((await enrol()).out)).toEqual(made);
    expect(await rows('register', 'SELECT specimen FROM venue')).toEqual([{ specimen: true }]);
  });

  onPostgres('goes the whole way: issued, shown, judged, sent, receipted', async () => {
    const { code, observed, err } = await look();
    expect([code, err]).toEqual([0, '']);
    expect(observed).toMatchObject({ canary: 'first', sequence: 1 });
    expect(states(observed)).toEqual(WHOLE_WAY);
    expect((await look()).observed.sequence).toBe(2);
    expect(await rows('register', CHAIN)).toEqual([{ n: 2, last: 2, gates: 1 }]);
  });

  onPostgres('shows a pass that no door takes', async () => {
    const crypto = nodeCrypto();
    const file = (name: string) => new Uint8Array(readFileSync(join(test.data, 'mirror', `${name}.cose`)));
    const { bundle } = await openBundle(file('bundle'), await openRoot(file('root'), crypto), crypto);
    const kept = JSON.parse(readFileSync(join(folder, 'doors', 'front', 'passes.json'), 'utf8'));
    const { pass, key } = kept.at(-1);
    const code = await presentPass(fromBase64(pass), nodeSigner(fromBase64(key)), STORY_SECONDS, 0);
    const trust = compileTrust(bundle);
    // The pack as it is where no exercise is held.
    const policy = compilePolicy({ ...(bundle.pack as object), exercise: false });
    const decision = decide(await inspect(code, trust, crypto), trust, policy, {
      instant: { seconds: STORY_SECONDS, uncertaintySeconds: 1 },
      bundleAgeSeconds: 0,
      venue: { kind: policy.venueKinds[0]!, region: policy.regions[0]! },
      party: 'unknown',
      seenBeforeAt: null,
      lastDrawingOffsetSeconds: null,
    });
    expect(decision).toMatchObject({ verdict: 'another-proof', reason: 'specimen', record: false });
  });

  onPostgres('is counted nowhere, beside a venue that is', async () => {
    const register = test.service.desks.register!;
    const venue = await newVenue(register);
    const gate = await enrolGate(register, venue);
    await register.ingest(await gate.append(7, STORY_SECONDS).batch());
    await register.rollUp();
    expect(await rows('register', 'SELECT venue_id AS id, entries FROM venue_hour')).toEqual([
      { id: venue.venueId, entries: 7 },
    ]);
  });

  onPostgres('waits in the queue like everybody, and tells a full node from its neighbour', async () => {
    const { made: full, url } = await started({ 'limit-renewal': '0' }, test.data);
    try {
      expect((await enrol('--node', `full=${url}`)).code).toBe(0);
      const { code, observed, err } = await look();
      expect([code, states(observed)]).toEqual([
        0,
        [...WHOLE_WAY.slice(0, 3), ['issuers', 'slow', 'issue'], ...WHOLE_WAY.slice(1)],
      ]);
      expect(err).toContain('issuers through full: slow, issue (issuer.queue)');
      expect((await enrol()).code).toBe(0);
    } finally {
      await full.stop();
    }
  });

  onPostgres(
    'comes as a newcomer too, in one place of the table, and is told of a crowd of them',
    async () => {
      const { made: crowded, url } = await started({ 'enrolments-per-minute': '2' }, test.data);
      try {
        expect((await enrol('--door', `crowded=${url}`)).code).toBe(0);
        const enrolments = async () => (await rows('issuer', 'SELECT count(*) AS n FROM enrolment'))[0]!.n;
        const before = await enrolments();
        const way = async () => states((await look()).observed)[3];
        expect([await way(), await way(), await way()]).toEqual([
          ['issuers', 'works', 'issue'],
          ['issuers', 'works', 'issue'],
          ['issuers', 'slow', 'enrol'],
        ]);
        expect(await enrolments()).toBe(before);
        expect((await enrol()).code).toBe(0);
      } finally {
        await crowded.stop();
      }
    },
  );

  onPostgres('is a newcomer whom nobody else can be: no other secret enrols as a specimen', async () => {
    const enrolAs = async (provider: string, assertion: object) => {
      const answer = await fetch(`${service}/api/issuer/enrolments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ provider, assertion }),
      });
      return (await answer.json()) as { enrolment?: string; error?: string };
    };
    const { enrolment } = await enrolAs('demonstration', { person: 'haneul' });
    for (const signIn of [enrolment, 'a-secret-that-is-of-nobody-0000'])
      expect(await enrolAs('specimen', { signIn })).toMatchObject({ error: 'issuer.person-unknown' });
  });

  onPostgres('asks at every identity provider, and tells one that is gone from its neighbour', async () => {
    const providers = [await startIdentityProvider('one'), await startIdentityProvider('other')];
    const file = join(tempFolder('providers'), 'providers.json');
    writeFileSync(file, JSON.stringify(providers.map(({ settings }) => settings)));
    const { made: signing, url } = await started({ providers: file }, test.data);
    try {
      expect((await enrolAt(url)).code).toBe(0);
      const signIns = async () =>
        (await look()).observed.seen
          .filter(({ component }) => component === 'sign-in')
          .map(({ door, state }) => [door, state]);
      expect(await signIns()).toEqual([
        ['one', 'works'],
        ['other', 'works'],
      ]);
      providers[0]!.up = false;
      expect(await signIns()).toEqual([
        ['one', 'down'],
        ['other', 'works'],
      ]);
      expect((await enrol()).code).toBe(0);
    } finally {
      await signing.stop();
      for (const provider of providers) await provider.close();
    }
  });

  onPostgres(
    'notices a mirror whose documents are forged or gone, and goes on with those it has',
    async () => {
      const forged = Uint8Array.from(readFileSync(join(test.data, 'mirror', 'now.cose')));
      forged[forged.length - 1]! ^= 1;
      mirror.instead.set('now.cose', forged);
      const lied = await look();
      mirror.instead.set('now.cose', null);
      const gone = await look();
      mirror.instead.clear();
      for (const { code, observed } of [lied, gone]) {
        expect(code).toBe(1);
        expect(states(observed)).toEqual([...WHOLE_WAY.slice(0, 3), ['documents', 'down', 'now']]);
      }
      expect([lied.err, gone.err]).toEqual([
        expect.stringContaining('trust.'),
        expect.stringContaining('http-404'),
      ]);
    },
  );

  onPostgres('brings back what a restored register has lost, and says that it was behind', async (server) => {
    const swap = async (...statements: string[]) => {
      await databases.get('register')!.close();
      for (const sql of statements) await server.run(sql);
      databases.set('register', openPostgres({ url: server.address('register'), connections: 1 }));
    };
    const END = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'register'`;
    const HOLD = 'ALTER DATABASE register ALLOW_CONNECTIONS false';
    const LET = 'ALTER DATABASE register ALLOW_CONNECTIONS true';
    await swap(HOLD, END, 'CREATE DATABASE backup TEMPLATE register', LET);
    await look();
    await look();
    const [{ n } = { n: 0 }] = await rows('register', CHAIN);
    await swap(
      HOLD,
      END,
      'ALTER DATABASE register RENAME TO lost',
      'ALTER DATABASE backup RENAME TO register',
      LET,
    );
    expect((await rows('register', CHAIN))[0]!.n).toBe(n! - 2);
    const behind = await look();
    expect(behind.code).toBe(1);
    expect(states(behind.observed)[2]).toEqual(['register', 'down', 'receipt']);
    expect(behind.err).toContain('register-behind');
    expect(states((await look()).observed)).toEqual(WHOLE_WAY);
    expect((await rows('register', CHAIN))[0]!.n).toBe(n! + 2);
  });

  it('notes changes, and shows each with the way back', async () => {
    const markers = join(tempFolder('markers'), 'changes.jsonl');
    const mark = (...words: string[]) => runCommand(canaryMain, 'mark', '--markers', markers, ...words);
    const change = ['--change', 'maintenance 12', '--back', 'munjigi maintenance back 12'];
    expect((await mark('--phase', 'begins', ...change)).code).toBe(2);
    expect((await mark('--phase', 'began', ...change)).code).toBe(0);
    writeFileSync(markers, `${readFileSync(markers, 'utf8')}no marker at all\n`);
    const shown = await new CanaryMetrics(markers).registry.metrics();
    expect(shown).toMatch(
      /munjigi_change_timestamp_seconds\{change="maintenance 12",phase="began",back="munjigi maintenance back 12"\} \d{10}/,
    );
  });

  onPostgres('goes on under another key where its own folder was put back', async () => {
    const door = join(folder, 'doors', 'front');
    const gate = join(door, 'gate.json');
    // As the last key was made some time ago.
    writeFileSync(gate, JSON.stringify({ ...JSON.parse(readFileSync(gate, 'utf8')), madeMs: 0 }));
    cpSync(door, `${door}-kept`, { recursive: true });
    await look();
    await look();
    rmSync(door, { recursive: true });
    renameSync(`${door}-kept`, door);
    const { code, err } = await look();
    expect([code, err]).toEqual([1, expect.stringMatching(/receipt \((no-way-back|register-behind)\)/)]);
    expect(states((await look()).observed)).toEqual(WHOLE_WAY);
    expect(JSON.parse(readFileSync(gate, 'utf8')).madeMs).toBeGreaterThan(0);
  });

  onPostgres('accuses nobody when its own disk fails, and gives no sign of life', async () => {
    const file = join(folder, 'doors', 'front', 'passes.json');
    const kept = readFileSync(file, 'utf8');
    const beat = () => JSON.parse(readFileSync(join(folder, 'heartbeat.json'), 'utf8'));
    const before = beat();
    rmSync(file);
    mkdirSync(file);
    const { code, observed, err } = await look();
    rmdirSync(file);
    writeFileSync(file, kept);
    expect(code).toBe(1);
    expect(states(observed)).toEqual([WHOLE_WAY[3]]);
    expect(err).toContain('It could not look');
    expect(beat()).toEqual({ sequence: before.sequence + 1, atMs: before.atMs });
    expect(states((await look()).observed)).toEqual(WHOLE_WAY);
  });

  onPostgres('leaves nothing behind when its days are over', async () => {
    expect((await rows('issuer', 'SELECT 1 FROM specimen_key')).length).toBeGreaterThan(0);
    passedMs = 40 * DAY_MS;
    await test.service.endDays();
    expect(await rows('register', 'SELECT 1 FROM entry')).toEqual([]);
    for (const table of ['issued_pass', 'certified_key', 'specimen_key'])
      expect(await rows('issuer', `SELECT 1 FROM ${table}`), table).toEqual([]);
  });
});
