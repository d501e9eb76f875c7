import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postgresPrograms } from '@munjigi/service/db';
import { freePort, type StageProcess, startProcess } from '@munjigi/sim/stage';
import pg from 'pg';
import { tempFolder } from './databases.ts';

const PROGRAM = '/usr/sbin/pgbouncer';
const SHIPPED = fileURLToPath(new URL('../../deploy/pgbouncer/pgbouncer.ini', import.meta.url));

/** A PgBouncer before a database, with the settings of `deploy/pgbouncer` but for addresses and how few connections it has. */
export interface Pooler {
  readonly url: string;
  /** Its console answers the rows of a word such as `SHOW POOLS`. */
  ask(word: string): Promise<Record<string, string>[]>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Why there is none here, or null. */
export const noPgBouncer = (): string | null => (existsSync(PROGRAM) ? null : 'PgBouncer is not installed');

/** Starts PgBouncer before `munjigi_register` of the PostgreSQL at a port of this machine. */
export async function startPooler(databasePort: number, connections: number): Promise<Pooler> {
  const programs = postgresPrograms();
  if ('reason' in programs) throw new Error(programs.reason);
  const folder = tempFolder('pgbouncer');
  const port = await freePort();
  const users = join(folder, 'users.txt');
  const file = join(folder, 'pgbouncer.ini');
  let settings = readFileSync(SHIPPED, 'utf8');
  const put = (name: string, value: string) => {
    const line = new RegExp(`^${name} = .*$`, 'm');
    if (!line.test(settings)) throw new Error(`deploy/pgbouncer sets no ${name}.`);
    settings = settings.replace(line, `${name} = ${value}`);
  };
  put('munjigi_register', `host=127.0.0.1 port=${databasePort} dbname=munjigi_register`);
  put('listen_addr', '127.0.0.1');
  put('listen_port', String(port));
  put('auth_type', 'trust');
  put('auth_file', users);
  put('default_pool_size', String(connections));
  writeFileSync(users, '"postgres" ""\n');
  writeFileSync(file, `${settings}admin_users = postgres\n`);
  for (const path of [folder, users, file]) programs.own(path);

  const ask = async (word: string) => {
    const console = new pg.Client(`postgres://postgres@127.0.0.1:${port}/pgbouncer`);
    await console.connect();
    try {
      // Its console speaks the simple protocol alone.
      return (await console.query(word)).rows as Record<string, string>[];
    } finally {
      await console.end();
    }
  };
  const begin = async (): Promise<StageProcess> => {
    const started = await startProcess(PROGRAM, [file], { as: programs.as });
    for (;;) {
      if (!started.isRunning) throw new Error(`PgBouncer ended: ${started.errors.join('\n')}`);
      if (await ask('SHOW VERSION').catch(() => null)) return started;
      await new Promise((again) => setTimeout(again, 50));
    }
  };
  let running = await begin();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/munjigi_register`,
    ask,
    kill: () => running.kill(),
    async start() {
      running = await begin();
    },
  };
}
