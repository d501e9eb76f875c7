import { decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { ApiError } from '../../contracts/index.ts';
import { type KeyFolder, random } from '../../crypto/index.ts';
import type { Database, Session } from '../../db/index.ts';
import { openAtRest, sealAtRest } from '../sealing.ts';
import type { LoggedLine } from './ports.ts';

/** A case as a desk keeps it, until it ends. */
export interface StoredCase {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
  /** Account that wrote it, or empty where another desk brought it. */
  readonly account: string;
  readonly takenAt: number;
  readonly expiresAt: number;
}

const COLUMNS =
  'case_id AS id, case_bytes AS bytes, account_id AS account, taken_at AS "takenAt", expires_at AS "expiresAt"';
const LIMITS = { maxBytes: 8192, maxDepth: 3 };
const nameOf = (caseId: Uint8Array): string => Buffer.from(caseId).toString('hex');

/** How a logged line is kept: the line, and its receipt. */
export const encodeLogged = ({ line, receipt }: LoggedLine): Uint8Array =>
  encodeDeterministic([line, receipt]);
export function decodeLogged(bytes: Uint8Array): LoggedLine {
  const [line, receipt] = decodeDeterministic(bytes, LIMITS) as [Uint8Array, Uint8Array];
  return { line, receipt };
}

/**
 * The cases of one desk, with the documents of each by name. A document that is there is never replaced, so a step that is
 * tried again goes on with what it made first. What is personal is sealed under a key of the case in the desk's key store:
 * when the case ends, key and rows go, and no copy of the database can tell it any more.
 */
export class CaseStore {
  constructor(
    readonly db: Database,
    private readonly keys: KeyFolder,
  ) {}

  /** Adds a case; one that is there stays as it is. */
  async add(one: StoredCase): Promise<void> {
    await this.db.query(
      `INSERT INTO trace_case (case_id, case_bytes, account_id, taken_at, expires_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [one.id, one.bytes, one.account, one.takenAt, one.expiresAt],
    );
  }

  /** Throws `case.unknown`. */
  async find(caseId: Uint8Array): Promise<StoredCase> {
    const { rows } = await this.db.query<StoredCase>(`SELECT ${COLUMNS} FROM trace_case WHERE case_id = $1`, [
      caseId,
    ]);
    if (!rows[0]) throw new ApiError('case.unknown');
    return rows[0];
  }

  async all(): Promise<readonly StoredCase[]> {
    return (await this.db.query<StoredCase>(`SELECT ${COLUMNS} FROM trace_case ORDER BY taken_at, case_id`))
      .rows;
  }

  /** Cases whose time is over at a second. */
  async ended(at: number): Promise<readonly StoredCase[]> {
    const { rows } = await this.db.query<StoredCase>(
      `SELECT ${COLUMNS} FROM trace_case WHERE expires_at <= $1 ORDER BY expires_at, case_id`,
      [at],
    );
    return rows;
  }

  async document(caseId: Uint8Array, name: string, session: Session = this.db): Promise<Uint8Array | null> {
    const { rows } = await session.query<{ bytes: Uint8Array }>(
      'SELECT bytes FROM trace_document WHERE case_id = $1 AND name = $2',
      [caseId, name],
    );
    return rows[0]?.bytes ?? null;
  }

  async logged(caseId: Uint8Array, name: string): Promise<LoggedLine | null> {
    const bytes = await this.document(caseId, name);
    return bytes && decodeLogged(bytes);
  }

  /** The names of the documents that are there. */
  async names(caseId: Uint8Array): Promise<ReadonlySet<string>> {
    const { rows } = await this.db.query<{ name: string }>(
      'SELECT name FROM trace_document WHERE case_id = $1',
      [caseId],
    );
    return new Set(rows.map(({ name }) => name));
  }

  /** Keeps a document; false where one of that name is there already, which then stands. */
  async keep(
    caseId: Uint8Array,
    name: string,
    bytes: Uint8Array,
    session: Session = this.db,
  ): Promise<boolean> {
    const { count } = await session.query(
      'INSERT INTO trace_document (case_id, name, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [caseId, name, bytes],
    );
    return count === 1;
  }

  /** Keeps something personal, sealed under the key of the case; a later call takes the place of an earlier one. */
  async keepSealed(
    caseId: Uint8Array,
    name: string,
    bytes: Uint8Array,
    session: Session = this.db,
  ): Promise<void> {
    const key = await this.keys.secret(nameOf(caseId), () => random(32));
    await session.query(
      `INSERT INTO trace_document (case_id, name, bytes) VALUES ($1, $2, $3)
       ON CONFLICT (case_id, name) DO UPDATE SET bytes = EXCLUDED.bytes`,
      [caseId, name, sealAtRest(key, caseId, bytes)],
    );
  }

  async openSealed(caseId: Uint8Array, name: string, session: Session = this.db): Promise<Uint8Array | null> {
    const [sealed, key] = [await this.document(caseId, name, session), await this.keys.find(nameOf(caseId))];
    return sealed && key && openAtRest(key, caseId, sealed);
  }

  /** Locks a case until the transaction ends: what is read after this is what a change may build on. Throws `case.unknown`. */
  async lock(caseId: Uint8Array, session: Session): Promise<void> {
    const { rows } = await session.query('SELECT 1 FROM trace_case WHERE case_id = $1 FOR UPDATE', [caseId]);
    if (!rows[0]) throw new ApiError('case.unknown');
  }

  /** Ends what is personal in a case: its key goes, and no copy of its rows tells it any more. */
  async forget(caseId: Uint8Array): Promise<void> {
    await this.keys.destroy(nameOf(caseId));
  }

  /** Ends a case: its key, its documents, itself. */
  async remove(caseId: Uint8Array): Promise<void> {
    await this.forget(caseId);
    await this.db.query('DELETE FROM trace_case WHERE case_id = $1', [caseId]);
  }

  /**
   * Counts one more case of an officer on a day. Throws `case.quota` at the limit.
   * @param day local date, YYYY-MM-DD
   */
  async countCase(session: Session, day: string, account: string, most: number): Promise<void> {
    const { count } = await session.query(
      `INSERT INTO trace_quota (day, account_id, cases) VALUES ($1, $2, 1)
       ON CONFLICT (day, account_id) DO UPDATE SET cases = trace_quota.cases + 1 WHERE trace_quota.cases < $3`,
      [day, account, most],
    );
    if (count !== 1) throw new ApiError('case.quota');
  }

  /** Forgets the counts of days before one, YYYY-MM-DD. */
  async forgetQuotas(before: string): Promise<void> {
    await this.db.query('DELETE FROM trace_quota WHERE day < $1::date', [before]);
  }
}
