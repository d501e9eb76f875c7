import { notice, obligation, type Parameters, type Policy, widestObligation } from '@munjigi/core/rules';
import { ApiError } from '../contracts/index.ts';
import type { Database, Session } from '../db/index.ts';

/** What the authority says counts right now. */
export interface Standing {
  readonly notice: string | null;
  readonly status: 'provisional' | 'confirmed';
  /** Named by the publisher, or null for the notice's own or the usual one. */
  readonly obligation: string | null;
  readonly parameters: Parameters;
  /** Seconds. */
  readonly validFrom: number;
  /** `table`: by itself from what the pack pre-approved; null where nothing was said yet, or in an earlier version. */
  readonly saidBy: 'table' | 'person' | null;
  /** Number of the incident that it is said for. */
  readonly incident: number | null;
}

interface Row {
  readonly notice: string | null;
  readonly status: Standing['status'];
  readonly obligation: string | null;
  readonly parameters: Parameters;
  readonly valid_from: number;
  readonly said_by: Standing['saidBy'];
  readonly incident_no: number | null;
}

/**
 * Waits until nobody else decides what counts, at this node or another, and keeps it so until the transaction ends: two that
 * decided at once would say two things.
 */
export const decideAlone = (session: Session): Promise<unknown> =>
  session.query('SELECT pg_advisory_xact_lock(20822)');

/** The same without waiting; false where somebody else decides now. */
export async function decideIfAlone(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(20822) AS mine');
  return rows[0]!.mine;
}

const USUAL = {
  notice: null,
  status: 'confirmed',
  obligation: null,
  parameters: {},
  saidBy: null,
  incident: null,
} as const;

/** The notices, each once published, by number. */
export class Notices {
  constructor(
    private readonly db: Database,
    private readonly policy: Policy,
  ) {}

  /** The notice in force; the usual state from the first question on where none was ever published. */
  async current(at: number): Promise<Standing> {
    return (await this.newest(this.db)) ?? this.add({ ...USUAL, validFrom: at });
  }

  /** The notice that was said last; null where none ever was. */
  async newest(session: Session): Promise<Standing | null> {
    const { rows } = await session.query<Row>(
      `SELECT notice, status, obligation, parameters, valid_from, said_by, incident_no
       FROM notice ORDER BY notice_no DESC LIMIT 1`,
    );
    if (!rows[0]) return null;
    const { valid_from: validFrom, said_by: saidBy, incident_no: incident, ...row } = rows[0];
    return { ...row, validFrom, saidBy, incident };
  }

  /** Adds a notice. Throws `authority.notice-unknown` or `authority.obligation-unknown` for what the policy does not have. */
  add(standing: Standing): Promise<Standing> {
    return this.db.tx(async (session) => {
      await decideAlone(session);
      return this.addWhileAlone(session, standing);
    });
  }

  /** The same for whoever decides alone already. */
  async addWhileAlone(session: Session, standing: Standing): Promise<Standing> {
    if (standing.notice !== null && notice(this.policy, standing.notice) === null)
      throw new ApiError('authority.notice-unknown');
    if (standing.obligation !== null && obligation(this.policy, standing.obligation) === null) {
      throw new ApiError('authority.obligation-unknown');
    }
    await session.query(
      `INSERT INTO notice (notice_no, notice, status, obligation, parameters, valid_from, said_by, incident_no)
       SELECT coalesce(max(notice_no), 0) + 1, $1, $2, $3, $4::jsonb, $5, $6, $7 FROM notice`,
      [
        standing.notice,
        standing.status,
        standing.obligation,
        JSON.stringify(standing.parameters),
        standing.validFrom,
        standing.saidBy,
        standing.incident,
      ],
    );
    return standing;
  }
}

/** The obligation that goes with a notice: the one named, else the notice's own, else what the rules ask of most venues. */
export function obligationOf(policy: Policy, standing: Standing, at: number): string {
  if (standing.obligation !== null) return standing.obligation;
  const own = standing.notice === null ? null : notice(policy, standing.notice);
  return own?.obligation ?? widestObligation(policy, at);
}
