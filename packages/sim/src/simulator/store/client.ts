import {
  type Answer,
  type Database,
  DatabaseUnavailable,
  type Session,
  StatementFailed,
} from '@munjigi/service/db';
import type { Process } from '../kernel/process.ts';
import { Connection } from './connection.ts';
import type { StoreServer } from './server.ts';

export interface ClientOptions {
  readonly lanes?: number;
  readonly deadlineMs?: number;
  /** Milliseconds of one way to the server. */
  readonly wayMs?: () => number;
  readonly onTrouble?: (error: unknown) => void;
}

/** A broken connection is noticed after so long. */
const NOTICED_MS = 50;
const down = () => new DatabaseUnavailable('database.down', 'The database does not answer.');

/**
 * The Database port of one node, over the virtual network: every statement is a way there and a way back, and the node can die
 * between any two. Deadlines, broken connections and unsure commits are answered as db/postgres.ts does.
 */
export class StoreClient implements Database {
  readonly engine = 'postgresql';
  readonly lanes: number;
  #busy = 0;
  readonly #open = new Set<Connection>();
  readonly #queue: (() => void)[] = [];
  readonly #deadlineMs: number;
  readonly #wayMs: () => number;

  constructor(
    private readonly server: StoreServer,
    private readonly process: Process,
    private readonly options: ClientOptions = {},
  ) {
    this.lanes = options.lanes ?? 8;
    this.#deadlineMs = options.deadlineMs ?? 10_000;
    this.#wayMs = options.wayMs ?? (() => 0.2);
  }

  query<R>(sql: string, values: readonly unknown[] = []): Promise<Answer<R>> {
    return this.#lend((session) => session.query<R>(sql, values as never));
  }

  script(sql: string): Promise<void> {
    return this.#lend((session) => session.script(sql));
  }

  tx<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#lend(async (session, say) => {
      await say('BEGIN');
      let value: T;
      try {
        value = await work(session);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) await say('ROLLBACK');
        throw error;
      }
      if ((await say('COMMIT')) !== 'COMMIT')
        throw new StatementFailed('25P02', 'The transaction had failed before its commit.');
      return value;
    });
  }

  apart<T>(work: (session: Session) => Promise<T>, deadlineMs?: number): Promise<T> {
    return this.#lend(async (session, say) => {
      try {
        return await work(session);
      } finally {
        await say('ROLLBACK').catch(() => {});
      }
    }, deadlineMs);
  }

  async close(): Promise<void> {}

  async #lend<T>(
    work: (session: Session, say: (sql: string) => Promise<string>) => Promise<T>,
    deadlineMs = this.#deadlineMs,
  ): Promise<T> {
    if (this.#busy >= this.lanes) await new Promise<void>((go) => this.#queue.push(go));
    else this.#busy += 1;
    const server = this.server.process;
    const connection = new Connection(this.server);
    this.#open.add(connection);
    const ask = <A>(what: (connection: Connection) => Promise<A>): Promise<A> =>
      this.#ask(server, connection, what);
    const session: Session = {
      query: <R>(sql: string, values: readonly unknown[] = []) =>
        ask((open) => open.query(sql, values)) as Promise<Answer<R>>,
      script: async (sql) => void (await ask((open) => open.script(sql))),
    };
    try {
      return await this.#within(
        work(session, (sql) => ask((open) => open.script(sql))),
        deadlineMs,
      );
    } catch (error) {
      this.options.onTrouble?.(error);
      throw error;
    } finally {
      this.#open.delete(connection);
      if (server?.alive) this.server.kernel.after(server, this.#wayMs(), () => connection.end());
      const next = this.#queue.shift();
      if (next) next();
      else this.#busy -= 1;
    }
  }

  /** The node has died with its connections: the server notices a little later. */
  lost(): void {
    const { process, kernel } = this.server;
    for (const connection of this.#open)
      if (process) kernel.after(process, NOTICED_MS, () => connection.end());
  }

  #within<T>(running: Promise<T>, deadlineMs: number): Promise<T> {
    return new Promise((done, fail) => {
      const late = this.server.kernel.after(this.process, deadlineMs, () =>
        fail(new DatabaseUnavailable('database.deadline', `The database took longer than ${deadlineMs} ms.`)),
      );
      const ended = () => {
        late.run = null;
      };
      running.then(done, fail).then(ended, ended);
    });
  }

  #ask<A>(
    server: Process | null,
    connection: Connection,
    what: (connection: Connection) => Promise<A>,
  ): Promise<A> {
    const { kernel } = this.server;
    return new Promise((done, fail) => {
      if (!this.process.asks('store')) return;
      const back = (answer: () => void) => kernel.after(this.process, this.#wayMs(), answer);
      if (server === null || !server.alive) return void back(() => fail(down()));
      const answered = this.server.asking(() => back(() => fail(down())));
      kernel.after(server, this.#wayMs(), () => {
        what(connection).then(
          (value) => {
            answered();
            back(() => done(value));
          },
          (error: unknown) => {
            answered();
            back(() => fail(error));
          },
        );
      });
    });
  }
}
