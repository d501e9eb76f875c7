import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { quantile, seeded } from '../crowd/index.ts';
import type { Baseline } from '../drills/types.ts';
import {
  type Balancer,
  freePort,
  isThere,
  type PrivatePostgres,
  type StageProcess,
  startBalancer,
  startPostgres,
  startProcess,
  until,
} from '../stage/index.ts';
import { Asking, type Patience } from './people.ts';

const SERVER = fileURLToPath(new URL('../../dist/baseline/server.js', import.meta.url));

/** The stage of a baseline: its servers, each of which can be slowed or killed, behind the same balancer. */
export interface BaselineWorld {
  readonly balancer: Balancer;
  readonly servers: readonly { readonly name: string; process: StageProcess; start(): Promise<void> }[];
  readonly postgres: PrivatePostgres;
  arrive(seconds: number, perSecond?: number): Promise<void>;
}

/** Two fair strategies. Which of them KI-PASS was nobody has published: `reported` is inferred from its app's protocol. */
const STRATEGIES = {
  reported: {
    check: 'tcp',
    // The operator presses at most three times, then lets the guest in unrecorded.
    patience: (): Patience => ({ timeoutMs: 10_000, tries: 3, pauseMs: () => 0 }),
  },
  competent: {
    check: 'health',
    patience: (random: () => number): Patience => ({
      timeoutMs: 3_000,
      tries: 3,
      pauseMs: () => 500 + random() * 1_000,
    }),
  },
} as const;
export type Strategy = keyof typeof STRATEGIES;

/** Plays the same events under a strategy of the past. */
export async function playBaseline(
  strategy: Strategy,
  {
    folder,
    perSecond,
    seed = 20_220_106,
  }: { readonly folder: string; readonly perSecond: number; readonly seed?: number },
  events: (world: BaselineWorld) => Promise<void>,
): Promise<Baseline[string]> {
  const { check, patience } = STRATEGIES[strategy];
  const own = join(folder, `baseline-${strategy}`);
  mkdirSync(own, { recursive: true });
  const postgres = await startPostgres({
    max_connections: '120',
    max_wal_senders: '4',
    wal_level: 'replica',
  });
  if (!isThere(postgres)) throw new Error(postgres.reason);
  const url = await postgres.database('baseline');
  await run(
    url,
    `CREATE TABLE proof (proof_no int PRIMARY KEY, good_until date NOT NULL);
     INSERT INTO proof SELECT n, '2022-06-01' FROM generate_series(0, 999) n;
     CREATE TABLE visit (visit_no bigserial PRIMARY KEY, guest int NOT NULL, venue int NOT NULL, at timestamptz NOT NULL)`,
  );
  const servers = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      const port = await freePort();
      const server = {
        name,
        port,
        process: null as unknown as StageProcess,
        async start() {
          server.process = await startProcess(process.execPath, [SERVER, strategy, String(port), url], {
            ready: (line) => line === 'listening',
          });
        },
      };
      await server.start();
      return server;
    }),
  );
  const balancer = await startBalancer({ folder: own, check, nodes: servers });
  try {
    await until('the balancer has taken the servers in', async () =>
      (await balancer.stats()).every(({ status }) => status.startsWith('UP')),
    );
    const random = seeded(seed);
    const asking = new Asking(`http://127.0.0.1:${balancer.port}`, patience(random), random);
    await events({
      balancer,
      servers,
      postgres,
      arrive: (seconds, rate = perSecond) => asking.arrive(rate, seconds),
    });
    const people = await asking.end();
    const stored = new Set((await rows(url)).map(({ guest }) => guest));
    const lost = Array.from({ length: people.wanted }, (_, i) => i + 1).filter((guest) => !stored.has(guest));
    return {
      wanted: people.wanted,
      answered: people.answered,
      refused: people.refused,
      lost: lost.length,
      answerP50: Math.round(quantile(people.answerMs, 0.5)),
      answerP99: Math.round(quantile(people.answerMs, 0.99)),
      perSecond: people.perSecond,
    };
  } finally {
    await Promise.all(servers.map(({ process: one }) => one.kill()));
    await balancer.process.kill();
    await postgres.remove();
  }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function rows(url: string): Promise<readonly { readonly guest: number }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ guest: number }>('SELECT DISTINCT guest FROM visit')).rows;
  } finally {
    await client.end();
  }
}
