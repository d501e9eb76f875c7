import { randomInt } from 'node:crypto';
import pgDriver from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { STORY_MS } from './support/register.ts';
import { Nodes } from './support/runs/nodes.ts';
import { run } from './support/runs/run.ts';

/** `RUNS_SEED` plays from a seed again, `RUNS` plays another number of runs. */
const FIRST_SEED = Number(process.env.RUNS_SEED ?? randomInt(1_000_000_000));
const RUNS = Number(process.env.RUNS ?? 100);
/** Seeds that found a fault once: a device put back with nothing new got no receipt that it could compare. */
const FOUND = [682_707_674];
const CHECK = 'h.counter <> p_counter OR h.head <> p_head OR h.seen <> p_seen';
const say = (line: string) => process.stderr.write(`${line}\n`);

// What dies here are processes, and what a process wrote outlives it without a flush; flushes are counted by other tests.
const pg = await startPostgres({ max_connections: '40', fsync: 'off', full_page_writes: 'off' });
const reason = isThere(pg) ? null : pg.reason;

describe.skipIf(reason !== null)(`randomised runs${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const server = pg as PrivatePostgres;
  const nodes = new Nodes();
  beforeAll(async () => {
    const url = await server.database('whole');
    await nodes.startAll();
    await nodes.open(url, () => STORY_MS);
    await nodes.close();
  });
  afterAll(async () => {
    await nodes.end();
    await server.remove();
  });

  it(`of gates, crashes, retries and restores on two nodes end with each entry exactly once, ${RUNS} times over`, {
    timeout: 1_500_000,
  }, async () => {
    say(`runs: seeds ${FIRST_SEED} to ${FIRST_SEED + RUNS - 1}`);
    const steps: Record<string, number> = {};
    let entries = 0;
    for (const seed of [...FOUND, ...Array.from({ length: RUNS }, (_, i) => FIRST_SEED + i)]) {
      const result = await run(server, nodes, 'whole', seed);
      expect(result.faults, `play it again with RUNS_SEED=${seed} RUNS=1`).toEqual([]);
      entries += result.entries;
      for (const [step, times] of Object.entries(result.steps)) steps[step] = (steps[step] ?? 0) + times;
    }
    say(
      `runs: ${RUNS} runs, ${entries} entries, ${nodes.kills} nodes killed, steps ${JSON.stringify(steps)}`,
    );
    expect(nodes.kills).toBeGreaterThan(RUNS / 4);
    expect(entries).toBeGreaterThan(RUNS * 20);
  });

  /**
   * A template whose hot path takes every batch for a new one. The keys of entries and receipts would each refuse the second
   * copy by themselves, so they are gone too.
   */
  async function careless(): Promise<string> {
    const name = 'careless';
    await server.run(`CREATE DATABASE ${name} TEMPLATE whole`);
    const client = new pgDriver.Client({ connectionString: server.address(name) });
    await client.connect();
    const { rows } = await client.query<{ source: string }>(
      "SELECT pg_get_functiondef(oid) AS source FROM pg_proc WHERE proname = 'ingest'",
    );
    expect(rows.length).toBeGreaterThan(0);
    // Every signature of it: the one of the version before serves until it is gone.
    for (const { source } of rows) {
      const changed = source.replace(CHECK, 'false');
      expect(changed).not.toBe(source);
      await client.query(changed);
    }
    for (const table of ['entry', 'receipt'])
      await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey`);
    await client.end();
    return name;
  }

  it('catch a register whose check for what is already stored is broken', { timeout: 600_000 }, async () => {
    const template = await careless();
    let caught: readonly string[] = [];
    let seed = FIRST_SEED;
    for (; caught.length === 0 && seed < FIRST_SEED + 20; seed++)
      caught = (await run(server, nodes, template, seed)).faults;
    say(`runs: the broken check was caught by seed ${seed - 1}: ${caught[0]}`);
    expect(caught).not.toEqual([]);
  });
});
