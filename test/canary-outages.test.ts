import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  freePort,
  type Mirror,
  type StageProcess,
  startMirror,
  startProcess,
  until,
} from '@munjigi/sim/stage';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as canaryMain } from '../packages/ops/src/canary/main.ts';
import { bundle } from './support/bundle.ts';
import { type Observed, type RunningCanary, startCanary, stateOf } from './support/canary.ts';
import { runCommand } from './support/command.ts';
import { tempFolder } from './support/databases.ts';
import { haproxySays, metricsNamed } from './support/metrics-named.ts';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './support/postgres.ts';

const ALL = ['issuers', 'judging', 'register', 'documents'];
const all = (state: string) => (one: Observed) => ALL.every((component) => stateOf(one, component) === state);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('a canary in a process of its own, beside a service that fails', () => {
  let others: PrivatePostgres | NoPostgres;
  let registers: PrivatePostgres | NoPostgres;
  let service: StageProcess;
  let canary: RunningCanary;
  let mirror: Mirror;
  const data = tempFolder('canary-service');
  const folder = join(tempFolder('canary'), 'beside');
  let metricsPort: string;
  let nodePort: string;
  let address: string;
  const keys = join(data, 'canaries.txt');

  const look = () =>
    startCanary('--folder', folder, '--every', '1', '--slow', '400', '--metrics-port', metricsPort);

  beforeAll(async () => {
    [others, registers] = [await startPostgres(), await startPostgres()];
    if (!isThere(others) || !isThere(registers)) return;
    const script = await bundle(fileURLToPath(new URL('./support/serve-child.ts', import.meta.url)));
    const port = String(await freePort());
    nodePort = String(await freePort());
    const databases = [
      ...['--database-issuer', await others.database('issuer')],
      ...['--database-authority', await others.database('authority')],
      ...['--database-register', await registers.database('register')],
    ];
    service = await startProcess(
      process.execPath,
      [
        script,
        ...['--data', data, '--port', port, '--metrics-port', nodePort, '--log', 'silent'],
        ...['--canary-keys', keys, ...databases],
      ],
      { channel: true, ready: (line) => line.startsWith('{"listening"') },
    );
    mirror = await startMirror(join(data, 'mirror'));
    metricsPort = String(await freePort());
    const made = await runCommand(
      canaryMain,
      ...['enrol', '--folder', folder, '--name', 'beside', '--data', data],
      ...['--service', `http://127.0.0.1:${port}`, '--node', `one=http://127.0.0.1:${port}`],
      ...['--mirror', `mirror=${mirror.address}`, '--authority', `http://127.0.0.1:${port}`],
    );
    expect(made.err).toBe('');
    const { canary: name, key } = JSON.parse(made.out);
    writeFileSync(keys, `${name} ${key}\n`);
    address = `http://127.0.0.1:${port}`;
    canary = await look();
    await canary.until(all('works'), 'everything works');
  });
  afterAll(async () => {
    await service?.kill();
    await canary?.end('SIGKILL');
    await mirror?.close();
    for (const one of [others, registers]) if (one && isThere(one)) await one.remove();
  });

  const authoritySays = async (): Promise<{
    readonly incidents: readonly {
      readonly component: string;
      readonly state: string;
      readonly events: readonly { readonly what: string; readonly at: number }[];
    }[];
  }> => {
    const token = readFileSync(join(data, 'keys', 'operator-token.key'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${address}/api/authority/incidents`, { headers })).json();
  };
  const onPostgres = (name: string, work: (server: PrivatePostgres) => Promise<void>) =>
    it(name, ({ skip }) => {
      if (!isThere(others)) return skip(others.reason);
      return isThere(registers) ? work(registers) : skip(registers.reason);
    });

  onPostgres('sees one desk stop, the others go on, and the desk come back', async (server) => {
    await server.stop('immediate');
    const down = await canary.until((one) => stateOf(one, 'register') === 'down', 'the register is down');
    expect([stateOf(down, 'issuers'), stateOf(down, 'judging')]).toEqual(['works', 'works']);
    await canary.hear(/register through one: down, upload \(service.database-down\)/);
    const seconds = Date.now() / 1000;
    await until('the authority has noticed', async () => {
      const { incidents } = await authoritySays();
      return incidents.some(({ component, state, events }) => {
        const noticed = events.find(({ what }) => what === 'noticed');
        return component === 'register' && state === 'down' && noticed && noticed.at < seconds + 10;
      });
    });
    await server.start();
    await canary.until(all('works'), 'the register is back');
  });

  onPostgres('tells slow from down', async (server) => {
    const holder = new pg.Client({ connectionString: server.address('register') });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE gate_head IN EXCLUSIVE MODE');
      const slow = canary.until((one) => stateOf(one, 'register') !== 'works', 'the register is slow');
      const waiters = 'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted';
      while ((await holder.query(waiters)).rows[0].n === 0) await pause(10);
      await pause(600);
      await holder.query('COMMIT');
      expect((await slow).seen).toContainEqual(
        expect.objectContaining({ component: 'register', state: 'slow', step: 'upload' }),
      );
    } finally {
      await holder.end();
    }
    await canary.until(all('works'), 'the register is quick again');
  });

  onPostgres('does not wait for a service that hangs, and still judges and reads documents', async () => {
    service.signal('SIGSTOP');
    const hung = await canary.until((one) => stateOf(one, 'issuers') === 'down', 'the service hangs');
    expect(ALL.map((component) => stateOf(hung, component))).toEqual(['down', 'works', 'down', 'works']);
    await canary.hear(/issuers through one: down, issue \(timeout\)/);
    service.signal('SIGCONT');
    await canary.until(all('works'), 'the service goes on');
  });

  onPostgres('shows Prometheus how things stand and when it last looked', async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(text).toContain('munjigi_canary_state{component="register",door="one"} 0');
    expect(text).toMatch(/munjigi_canary_seconds_count\{door="one",step="receipt"\} \d/);
    const at = Number(/munjigi_canary_last_round_timestamp_seconds\{canary="beside"\} (\S+)/.exec(text)?.[1]);
    expect(Math.abs(Date.now() / 1000 - at)).toBeLessThan(60);
  });

  onPostgres('is shown by rules and dashboards that name nothing which nobody exports', async () => {
    const named = metricsNamed();
    expect(named.size).toBeGreaterThan(25);
    const scraped = async (port: string) => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const said = [await scraped(metricsPort), await scraped(nodePort), await haproxySays()].join('\n');
    const there = new Set([...said.matchAll(/^# TYPE (\w+) (\w+)/gm)].map(([, name]) => name!));
    for (const name of named) {
      const family = name.replace(/_(bucket|count|sum)$/, '');
      expect(there.has(name) || there.has(family), name).toBe(true);
    }
    const labels = [...said.matchAll(/^munjigi_\w+\{(.*)\} /gm)].flatMap(([, text]) =>
      [...text!.matchAll(/(\w+)="/g)].map(([, name]) => name!),
    );
    // No venue, gate, person or address: whatever is added here is argued first.
    const spoken = 'class desk status why result le kind what door step component canary change phase back';
    expect([...new Set(labels)].filter((label) => !spoken.split(' ').includes(label))).toEqual([]);
    expect(said).toMatch(/munjigi_request_seconds_bucket\{le="1",class="upload"\} \d/);
    expect(said).toMatch(/munjigi_partition_days_ahead 7/);
    for (const desk of ['issuer', 'register', 'authority']) {
      expect(said).toMatch(new RegExp(`munjigi_key_days_ahead\\{desk="${desk}"\\} [1-9]`));
      expect(said).toContain(`munjigi_database_up{desk="${desk}"} 1`);
    }
  });

  onPostgres('is missed when it dies, and goes on with the same chain when it is back', async (server) => {
    const alive = () => runCommand(canaryMain, 'alive', '--folder', folder, '--within', '2');
    expect(JSON.parse((await alive()).out)).toMatchObject({ alive: true });
    await canary.end('SIGKILL');
    const { sequence } = canary.observed.at(-1)!;
    let missed = await alive();
    for (let tries = 0; missed.code === 0 && tries < 100; tries++) {
      await pause(100);
      missed = await alive();
    }
    expect([missed.code, missed.err]).toEqual([1, expect.stringContaining('fallen silent')]);
    canary = await look();
    const back = await canary.until(all('works'), 'it is back');
    expect(back.sequence).toBeGreaterThan(sequence);
    const asked = new pg.Client({ connectionString: server.address('register') });
    await asked.connect();
    const { rows } = await asked.query(
      `SELECT count(*)::int AS n, max(counter) AS last, count(DISTINCT gate_no)::int AS gates,
              (SELECT count(*)::int FROM gate WHERE parent_no IS NOT NULL) AS branches FROM entry`,
    );
    await asked.end();
    expect(rows[0]).toMatchObject({ n: rows[0].last, gates: 1, branches: 0 });
  });

  onPostgres('ends when it is asked to, and starts while everything is down', async () => {
    expect(await canary.end('SIGTERM')).toBe(0);
    await service.kill();
    await mirror.close();
    const { code, out, err } = await runCommand(canaryMain, '--folder', folder, '--once');
    expect(code).toBe(1);
    expect(ALL.map((component) => stateOf(JSON.parse(out), component))).toEqual([
      'down',
      'works',
      'down',
      'down',
    ]);
    expect(err).toContain('documents through mirror: down, now (network)');
  });
});
