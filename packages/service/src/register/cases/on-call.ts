import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';

/** How long an officer on call has before the next one is asked. */
export const ANSWER_MS = 15 * 60_000;

export interface Asked {
  readonly accountId: string;
  readonly atMs: number;
}

/** Who is asked for the second signature: one after the other, until somebody has signed. */
export class OnCall {
  constructor(
    private readonly db: Database,
    /** Officers of this body who can sign now, in order. */
    private readonly officers: () => Promise<readonly string[]>,
  ) {}

  /** The list in order, without whoever has left. Without one, all officers of the body are on it. */
  async list(): Promise<readonly string[]> {
    const { rows } = await this.db.query<{ account: string }>(
      'SELECT account_id AS account FROM on_call ORDER BY place',
    );
    const officers = await this.officers();
    const listed = rows.flatMap(({ account }) => (officers.includes(account) ? [account] : []));
    return listed.length > 0 ? listed : officers;
  }

  /** Sets the list. Throws `case.on-call` for somebody who cannot sign. */
  async set(accounts: readonly string[]): Promise<void> {
    const officers = await this.officers();
    if (accounts.some((account) => !officers.includes(account))) throw new ApiError('case.on-call');
    await this.db.tx(async (session) => {
      // Two lists that are set at once are set one after the other, and the later one stands.
      await session.script('LOCK TABLE on_call IN SHARE ROW EXCLUSIVE MODE');
      await session.query('DELETE FROM on_call');
      for (const [i, account] of [...new Set(accounts)].entries())
        await session.query('INSERT INTO on_call (place, account_id) VALUES ($1, $2)', [i + 1, account]);
    });
  }

  async asked(caseId: Uint8Array, session: Session = this.db): Promise<readonly Asked[]> {
    const { rows } = await session.query<Asked>(
      `SELECT account_id AS "accountId", asked_ms AS "atMs" FROM on_call_asked WHERE case_id = $1
       ORDER BY asked_ms, account_id`,
      [caseId],
    );
    return rows;
  }

  /**
   * Asks the next one where nobody was asked yet, or the last one has had their time.
   * Answers what happened: `asked` the first, `next` after an unanswered one, `nobody` is left, or null for nothing due.
   */
  async ask(caseId: Uint8Array, nowMs: number): Promise<'asked' | 'next' | 'nobody' | null> {
    const list = await this.list();
    return this.db.tx(async (session) => {
      // One node asks at a time.
      await session.query('SELECT 1 FROM trace_case WHERE case_id = $1 FOR UPDATE', [caseId]);
      const asked = await this.asked(caseId, session);
      const last = asked[asked.length - 1];
      if (last && nowMs - last.atMs < ANSWER_MS) return null;
      const next = list.find((account) => !asked.some(({ accountId }) => accountId === account));
      if (next === undefined) return 'nobody';
      await session.query('INSERT INTO on_call_asked (case_id, account_id, asked_ms) VALUES ($1, $2, $3)', [
        caseId,
        next,
        nowMs,
      ]);
      return last ? 'next' : 'asked';
    });
  }
}
