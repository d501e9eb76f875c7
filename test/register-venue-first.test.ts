import { readFileSync } from 'node:fs';
import { type Database, migrate, openPostgres, type Session, type Value } from '@munjigi/service/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue } from '../packages/service/src/db/encode-value.ts';
import { isThere, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { enrol, newVenue, openRegister, STORY_MS } from './support/register.ts';

const AT = STORY_MS / 1000;
const distribute = readFileSync(new URL('../deploy/citus/distribute.sql', import.meta.url), 'utf8');
const spread = [...distribute.matchAll(/create_distributed_table\('(\w+)', '(\w+)'/g)].map(
  ([, table, column]) => ({
    table: table!,
    column: column!,
  }),
);

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Plans?: readonly Plan[];
}

/** Where the server says how it ran each statement, those inside functions too. */
interface Told {
  readonly text: string;
  readonly plan: Plan;
}

/** A register database over one connection whose plans are all told. */
function explained(client: pg.Client): Database {
  const types = {
    getTypeParser: (oid: number) => {
      if (oid === 20) return Number;
      if (oid === 1082) return String;
      if (oid === 17) return (text: string) => new Uint8Array(Buffer.from(text.slice(2), 'hex'));
      return pg.types.getTypeParser(oid);
    },
  } as pg.CustomTypesConfig;
  const query = async (text: string, values: readonly Value[] = []) => {
    const answer = await client.query({ text, values: values.map(encodeValue), types });
    return { rows: answer.rows, count: answer.rowCount ?? 0 };
  };
  const session = { query, script: async (sql: string) => void (await client.query(sql)) } as Session;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };
  return {
    engine: 'postgresql',
    lanes: 2,
    query: (sql, values) => inTurn(() => session.query(sql, values)),
    script: (sql) => inTurn(() => session.script(sql)),
    apart: (work) => inTurn(() => work(session)),
    tx: (work) =>
      inTurn(async () => {
        await client.query('BEGIN');
        try {
          const value = await work(session);
          await client.query('COMMIT');
          return value;
        } catch (error) {
          await client.query('ROLLBACK');
          throw error;
        }
      }),
    close: async () => {},
  };
}

const nodes = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe('the register can be spread over machines by venue', () => {
  let server: PrivatePostgres | null = null;
  let reason: string | null = null;
  let client: pg.Client;

  beforeAll(async () => {
    const started = await startPostgres();
    if (!isThere(started)) {
      reason = started.reason;
      return;
    }
    server = started;
    client = new pg.Client(await server.database('spread'));
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await server?.remove();
  });
  const on = (name: string, work: () => Promise<string | undefined>) =>
    it(name, async (context) => {
      if (reason !== null) return context.skip(reason);
      const why = await work();
      if (why) context.skip(why);
    });

  on(
    'each table with a venue is named for it, and each of its unique keys begins with the venue',
    async () => {
      await migrate(explained(client), 'register', STORY_MS);
      const { rows } = await client.query(
        `SELECT c.relname AS table FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'venue_id'
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
      );
      expect(spread.map(({ table }) => table).sort()).toEqual(rows.map(({ table }) => table));
      expect(new Set(spread.map(({ column }) => column))).toEqual(new Set(['venue_id']));
      const keys = await client.query(
        `SELECT i.indexrelid::regclass::text AS name, a.attname AS leads FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] JOIN pg_class c ON c.oid = i.indrelid
       WHERE c.relname = ANY($1) AND (i.indisunique OR i.indisprimary)`,
        [spread.map(({ table }) => table)],
      );
      expect(keys.rows.length).toBeGreaterThanOrEqual(spread.length);
      expect(keys.rows.filter(({ leads }) => leads !== 'venue_id')).toEqual([]);
      const functions = await client.query(
        `SELECT p.proargnames[1] AS first, p.proargtypes[0]::regtype::text AS type FROM pg_proc p WHERE p.proname = 'ingest'`,
      );
      expect(functions.rows.length).toBeGreaterThan(0);
      for (const row of functions.rows) expect(row).toEqual({ first: 'p_venue_id', type: 'bigint' });
      return undefined;
    },
  );

  on(
    'each statement of a gate reaches its tables by the venue alone, inside the hot function too',
    async () => {
      try {
        await client.query("LOAD 'auto_explain'");
      } catch {
        return 'this PostgreSQL has no auto_explain';
      }
      const register = await openRegister(explained(client));
      const { desk } = register;
      const venue = await newVenue(desk);
      const told: Told[] = [];
      client.on('notice', ({ message }) => {
        const at = message?.indexOf('plan:\n') ?? -1;
        if (at < 0) return;
        const json = JSON.parse(message!.slice(at + 6)) as { 'Query Text': string; Plan: Plan };
        told.push({ text: json['Query Text'], plan: json.Plan });
      });
      // Tables are nearly empty: without this the planner would read them whole, whatever the keys are.
      await client.query(
        `SET enable_seqscan = off; SET client_min_messages = notice; SET auto_explain.log_level = notice;
       SET auto_explain.log_format = json; SET auto_explain.log_nested_statements = on; SET auto_explain.log_min_duration = 0`,
      );
      const gates = await Promise.all([enrol(desk, venue), enrol(desk, venue), enrol(desk, venue)]);
      for (const gate of gates)
        gate
          .append(4, AT - 86_400)
          .append(4, AT)
          .append(1, AT - 90 * 86_400);
      await Promise.all(gates.map(async (gate) => desk.ingest(await gate.batch(1, 3))));
      await Promise.all(gates.map(async (gate) => desk.ingest(await gate.batch(4, 9))));
      const [first, second, third] = gates as [(typeof gates)[0], (typeof gates)[0], (typeof gates)[0]];
      await desk.ingest(await first.batch(1, 3));
      await desk.ingest(await first.batch(4, 9));
      await desk.ingest(await second.append(9, AT).batch(15, 18));
      const { receipt } = await desk.ingest(await second.batch(10, 14));
      await desk.ingest(await third.restoredAt(2).append(5, AT).batch(1, 7));
      await desk.whereAmI(second.venueId, second.thumbprint, receipt);
      await desk.revokeGate(first.venueId, 1, 5);
      await desk.rows(first.venueId);
      await desk.counts(first.venueId, 14);
      await desk.verifyChain(first.venueId, 1);

      const ours = (name: string) => spread.some(({ table }) => table === name || name.startsWith('entry_'));
      const wrong: string[] = [];
      const reached = new Set<string>();
      for (const { text, plan } of told) {
        const all = nodes(plan);
        for (const node of all) {
          const name = node['Relation Name'];
          if (!name || !ours(name) || node['Node Type'] === 'ModifyTable') continue;
          reached.add(name.startsWith('entry_') ? 'entry' : name);
          const by = `${node['Index Cond'] ?? ''}${node['Recheck Cond'] ?? ''}`;
          if (!by.includes('venue_id =')) wrong.push(`${node['Node Type']} on ${name}: ${by}\n${text}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(told.some(({ text }) => text.includes('INSERT INTO entry'))).toBe(true);
      expect([...reached]).toEqual(
        expect.arrayContaining([
          'venue',
          'gate',
          'gate_head',
          'entry',
          'anchor',
          'receipt',
          'rejected',
          'venue_hour',
          'gone',
        ]),
      );
      await desk.close();
      return undefined;
    },
  );

  on('an entry with its box and its key takes no more room than is said of it', async () => {
    const db = openPostgres({ url: await server!.database('size'), connections: 2 });
    const { desk } = await openRegister(db);
    const gate = (await enrol(desk, await newVenue(desk))).append(5_000, AT);
    for (let from = 1; from <= 5_000; from += 500) await desk.ingest(await gate.batch(from, from + 499));
    const { rows } = await db.query<{ bytes: number }>(
      "SELECT pg_total_relation_size('entry_2022_01_06') AS bytes",
    );
    const each = rows[0]!.bytes / 5_000;
    expect(each).toBeGreaterThan(221 + 32);
    expect(each).toBeLessThan(440);
    await desk.close();
    await db.close();
    return undefined;
  });
});
