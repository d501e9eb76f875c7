import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePrivateKey } from '@munjigi/service/crypto';
import { openPostgres } from '@munjigi/service/db';
import {
  type DatabaseCluster,
  type DataNode,
  isMissing,
  shipped,
  startDatabaseCluster,
  until,
} from '@munjigi/sim/database';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchDatabases } from '../packages/service/src/api/databases.ts';
import { tempFolder } from './support/databases.ts';
import { enrol, newVenue, openRegister, type TestGate, type TestRegister } from './support/register.ts';
import { Uploads } from './support/uploads.ts';

const NAME = 'munjigi_register';
const GATES = 12;
/** A third of what the service gives a transaction. */
const DEADLINE_MS = 3_000;
const HANGING =
  "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'munjigi'";
const CANCEL = `SELECT count(pg_cancel_backend(pid))::int AS n FROM (${HANGING}) one`;

/**
 * etcd, three data nodes with Patroni, HAProxy in front, by the settings of `deploy/patroni`; before them two nodes of the register,
 * to which gates upload without a pause. A receipt is a promise: whatever happens to a node, nothing that has one is lost.
 */
describe('a database of three nodes that fails over under load', () => {
  let cluster: DatabaseCluster;
  let reason: string | null = null;
  let uploads: Uploads;
  const nodes: TestRegister[] = [];
  const watches: ReturnType<typeof watchDatabases>[] = [];

  beforeAll(async () => {
    const started = await startDatabaseCluster();
    if (isMissing(started)) {
      reason = started.reason;
      return;
    }
    cluster = started;
    await ask(await cluster.primary(), `CREATE DATABASE ${NAME}`, 'postgres');
    const keys = join(tempFolder('keys'), 'register');
    const privateKey = makePrivateKey();
    const url = cluster.address(NAME);
    for (let i = 0; i < 2; i++) {
      const db = openPostgres({ url, deadlineMs: DEADLINE_MS });
      nodes.push(await openRegister(db, { keys, privateKey }));
      watches.push(watchDatabases([{ db, url }], 1_000_000));
    }
    const gates = [];
    for (let i = 0; i < GATES; i++) gates.push(await enrol(nodes[0]!.desk, await newVenue(nodes[0]!.desk)));
    uploads = new Uploads(nodes, gates);
  });
  afterAll(async () => {
    for (const watch of watches) watch.close();
    for (const { desk, db } of nodes) {
      await desk.close();
      await db.close();
    }
    await cluster?.end();
  });

  /** Asks one node itself, past the front. */
  async function ask(node: DataNode, sql: string, database = NAME): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(cluster.addressOf(node, database));
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const rowsOn = async (node: DataNode) =>
    (await ask(node, 'SELECT count(*)::int AS n FROM entry'))[0]!.n as number;
  const sure = () => [...uploads.acknowledged.values()].reduce((sum, counter) => sum + counter, 0);
  const receipts = (more: number) => {
    const from = uploads.receiptsAt.length;
    return until(`${more} receipts more`, () => uploads.receiptsAt.length >= from + more);
  };
  const everyGateRefused = () => {
    const from = new Map(uploads.refused);
    const more = (gate: TestGate) => (uploads.refused.get(gate) ?? 0) > (from.get(gate) ?? 0);
    return until('every gate was told to wait', () => uploads.gates.every(more));
  };

  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      if (reason !== null) return context.skip(reason);
      await work();
    });
  const tell = (what: string, gapMs: number) =>
    console.log(
      `database-failover: ${what}: no receipt for ${(gapMs / 1000).toFixed(1)} s, ${sure()} entries acknowledged in all`,
    );

  /** Every entry that a gate wrote stands once, on one stretch, and its chain proves itself; nothing stands beside. */
  async function everythingOnce(): Promise<void> {
    expect(uploads.surprises).toEqual([]);
    const rows = await ask(
      await cluster.primary(),
      'SELECT venue_id, count(*)::int AS n, count(DISTINCT counter)::int AS counters, max(counter) AS last FROM entry GROUP BY venue_id',
    );
    for (const gate of uploads.gates) {
      const written = gate.head.counter;
      expect(uploads.acknowledged.get(gate)).toBe(written);
      const row = rows.find(({ venue_id }) => Number(venue_id) === gate.venueId);
      expect(row).toMatchObject({ n: written, counters: written, last: written });
      const report = await nodes[0]!.desk.verifyChain(gate.venueId, 1);
      expect(report).toMatchObject({ verified: written, problems: [] });
    }
    // Jobs of the night may have met a database that was away; of a chain there is nothing to report.
    expect(nodes.flatMap(({ alarms }) => alarms).filter(({ venueId }) => venueId !== null)).toEqual([]);
  }

  it('has the settings of a single server', () => {
    const single = readFileSync(
      fileURLToPath(new URL('../deploy/postgres/postgresql.conf', import.meta.url)),
      'utf8',
    );
    const cluster = `${shipped('cluster.yml')}${shipped('node.yml')}`;
    const settings = [...single.matchAll(/^(\w+) = (.*)$/gm)].filter(
      ([, name]) => name !== 'synchronous_standby_names',
    );
    expect(settings.length).toBeGreaterThan(15);
    for (const [, name, value] of settings)
      expect(cluster).toMatch(new RegExp(`^ +${name}: '?${value!.replace('.', '\\.')}'?$`, 'm'));
  });

  on('loses nothing that has a receipt when the primary and its Patroni are killed', async () => {
    const old = await cluster.primary();
    const gap = await uploads.during(async () => {
      await receipts(100);
      old.kill();
      // Nobody is primary now: that is no fault of a node of ours, and no reason to take it out.
      for (const watch of watches) for (let i = 0; i < 3; i++) await watch.look();
      expect(watches.map((watch) => watch.state())).toEqual(['down', 'down']);
      expect((await cluster.primary()).name).not.toBe(old.name);
      old.start();
      await receipts(100);
    });
    tell('primary killed', gap);
    await everythingOnce();
    for (const watch of watches) await watch.look();
    expect(watches.map((watch) => watch.state())).toEqual(['up', 'up']);
  });

  on('takes no cancelled commit for a confirmed one', async () => {
    // A node that is being rewound from the primary would be left in pieces by the cut.
    await cluster.whole();
    const primary = await cluster.primary();
    const gap = await uploads.during(async () => {
      await receipts(50);
      await until('commits cancelled as they come', async () => {
        const [cancelled] = await ask(primary, CANCEL);
        return (cancelled!.n as number) > 0;
      });
      // Without its standbys every commit waits, and every one of them is cancelled.
      await primary.link.cut();
      for (let i = 0; i < 3; i++) {
        await until('commits that wait', async () => (await ask(primary, HANGING)).length > 0);
        await ask(primary, CANCEL);
      }
      await primary.link.mend();
      await receipts(50);
    });
    tell('commits cancelled', gap);
    expect(uploads.causes.get('database.not-acknowledged')).toBeGreaterThan(0);
    await everythingOnce();
  });

  on('forgets what only the primary had when its power went, and the gates bring it again', async () => {
    await cluster.whole();
    const old = await cluster.primary();
    const gap = await uploads.during(async () => {
      await receipts(50);
      // Nobody notes that the standbys are cut off: the one that was synchronous may still take over.
      old.freezeMinder();
      await old.link.cut();
      await until('commits that wait', async () => (await ask(old, HANGING)).length > 0);
      await until('rows that only this machine has', async () => {
        await ask(old, CANCEL);
        return (await rowsOn(old)) > sure();
      });
      old.kill();
      const next = await cluster.primary();
      expect(next.name).not.toBe(old.name);
      await receipts(50);
    });
    tell('standbys cut off, then the power of the primary', gap);
    await everythingOnce();
    old.kill();
    await old.link.mend();
    old.start();
    await cluster.whole();
    const all = sure();
    await until('the rebuilt node has everything', async () => (await rowsOn(old)) === all);
  });

  on('waits, and promises nothing, while two nodes are gone', async () => {
    const primary = await cluster.primary();
    const others = cluster.nodes.filter((node) => node !== primary);
    const gap = await uploads.during(async () => {
      await receipts(50);
      for (const node of others) node.kill();
      await everyGateRefused();
      const before = uploads.receiptsAt.length;
      await everyGateRefused();
      expect(uploads.receiptsAt.length).toBe(before);
      for (const watch of watches) for (let i = 0; i < 3; i++) await watch.look();
      expect(watches.map((watch) => watch.state())).not.toContain('broken');
      others[0]!.start();
      await receipts(50);
    });
    tell('two nodes gone', gap);
    await everythingOnce();
  });
});
