import { StatementFailed } from '@munjigi/service/db';
import type { Holder } from './locks.ts';
import { broken, type StoreServer } from './server.ts';
import { type Rows, runScript, runStatement } from './statements/index.ts';
import { changed, folded, numberOf, rows } from './statements/statement.ts';
import type { StoreTransaction } from './transaction.ts';

const ADVISORY = /^SELECT (pg_advisory_xact_lock|pg_try_advisory_lock)\(\$1\)/;

/** One connection as the server holds it: its transaction, and the locks of its session. */
export class Connection {
  #transaction: StoreTransaction | null = null;
  #failed = false;
  readonly #session: Holder = { waitsFor: null, ended: false };

  constructor(private readonly server: StoreServer) {}

  /** One statement; outside of a transaction it commits by itself. */
  async query(sql: string, values: readonly unknown[]): Promise<Rows> {
    const { server } = this;
    const advisory = ADVISORY.exec(folded(sql))?.[1];
    if (advisory === 'pg_try_advisory_lock')
      return rows([{ mine: server.locks.tryTake(this.#session, `advisory ${numberOf(values[0])}`) }]);
    return this.#within(async (tx) => {
      if (advisory === undefined) return runStatement(sql, { tx, values, plant: server.plant });
      await tx.lockNamed(`advisory ${numberOf(values[0])}`);
      return changed(1);
    });
  }

  /** Statements without values, one after the other. Answers the last command, as COMMIT does. */
  async script(sql: string): Promise<string> {
    let last = '';
    for (const one of sql.split(';').map(folded)) if (one !== '') last = await this.#one(one);
    return last;
  }

  /** The client is gone, or has ended its session: nothing of it stays. */
  end(): void {
    if (this.#transaction) this.server.rollback(this.#transaction);
    this.#transaction = null;
    this.server.locks.release(this.#session);
  }

  async #one(sql: string): Promise<string> {
    if (sql.startsWith('BEGIN')) {
      this.#transaction ??= this.server.begin();
      this.#failed = false;
      return 'BEGIN';
    }
    if (sql === 'COMMIT' || sql === 'ROLLBACK') {
      const transaction = this.#transaction;
      const commits = sql === 'COMMIT' && !this.#failed;
      this.#transaction = null;
      this.#failed = false;
      if (transaction && commits) await this.server.commit(transaction);
      else if (transaction) this.server.rollback(transaction);
      return commits ? 'COMMIT' : 'ROLLBACK';
    }
    if (sql.startsWith('SET ') || sql === 'RESET ALL') return 'SET';
    await this.#within((tx) => runScript(sql, { tx, plant: this.server.plant }));
    return sql.split(' ')[0]!;
  }

  async #within<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    const { server } = this;
    const open = this.#transaction;
    if (open !== null) {
      if (this.#failed) throw broken();
      try {
        return await work(open);
      } catch (error) {
        if (error instanceof StatementFailed) this.#failed = true;
        else server.isWrong(error);
        throw error;
      }
    }
    const own = server.begin();
    try {
      const answer = await work(own);
      await server.commit(own);
      return answer;
    } catch (error) {
      if (!(error instanceof StatementFailed)) server.isWrong(error);
      server.rollback(own);
      throw error;
    }
  }
}
