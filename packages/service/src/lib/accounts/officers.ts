import type { Session } from '../../db/index.ts';
import { pointOfCose } from './passkey-key.ts';
import type { AccountsOptions, OfficerKey } from './types.ts';

interface KeyRow {
  readonly accountId: string;
  readonly credentialId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly addedMs: number;
  readonly endedMs: number | null;
  readonly toldStart: boolean;
  readonly toldEnd: boolean;
  readonly inviteId: string | null;
  readonly madeBy: string | null;
  readonly approvedBy: string | null;
}

/** The keys of a body's officers: who may sign, from when until when, and telling the others of it. */
export class Officers {
  private telling: Promise<void> = Promise.resolve();

  constructor(private readonly options: AccountsOptions) {}

  /** Every key that an officer has or had, oldest first. */
  async all(session: Session = this.options.db): Promise<readonly OfficerKey[]> {
    return (await this.rows(session)).flatMap((row) => this.keyOf(row) ?? []);
  }

  /** The keys that are in force at a second. */
  async inForce(at: number): Promise<readonly OfficerKey[]> {
    return (await this.all()).filter(({ from, until }) => from <= at && (until === null || at < until));
  }

  /** Tells `onOfficer` what it has not been told yet. One after another; never throws. */
  tell(): Promise<void> {
    this.telling = this.telling
      .then(() => this.tellUntold())
      .catch((error) => this.options.onTrouble?.(error));
    return this.telling;
  }

  private async tellUntold(): Promise<void> {
    const { db, onOfficer } = this.options;
    if (!onOfficer) return;
    for (const row of await this.rows(db)) {
      const key = this.keyOf(row);
      const due = row.endedMs === null ? !row.toldStart : !row.toldEnd;
      if (!key || !due) continue;
      if (!row.toldStart) await onOfficer({ ...key, until: null });
      if (row.endedMs !== null) await onOfficer(key);
      await db.query(
        'UPDATE passkey SET told_start = true, told_end = told_end OR $2::boolean WHERE credential_id = $1',
        [row.credentialId, row.endedMs !== null],
      );
    }
  }

  private async rows(session: Session): Promise<readonly KeyRow[]> {
    const { rows } = await session.query<KeyRow>(
      `SELECT p.account_id AS "accountId", p.credential_id AS "credentialId", p.public_key AS "publicKey",
              p.added_ms AS "addedMs", p.ended_ms AS "endedMs", p.told_start AS "toldStart", p.told_end AS "toldEnd",
              p.invite_id AS "inviteId", i.made_by AS "madeBy", i.approved_by AS "approvedBy"
       FROM passkey p JOIN account a USING (account_id) LEFT JOIN invite i USING (invite_id) WHERE a.roles @> '["officer"]'
       ORDER BY p.added_ms, p.credential_id`,
    );
    return rows;
  }

  private keyOf(row: KeyRow): OfficerKey | null {
    const publicKey = pointOfCose(row.publicKey);
    if (!publicKey) return null;
    return {
      body: this.options.body,
      role: 'officer',
      accountId: row.accountId,
      credentialId: row.credentialId,
      publicKey,
      from: Math.floor(row.addedMs / 1000) - (this.options.leadSeconds ?? 0),
      until: row.endedMs === null ? null : Math.floor(row.endedMs / 1000),
      invited: row.inviteId === null ? null : { madeBy: row.madeBy, approvedBy: row.approvedBy },
    };
  }
}
