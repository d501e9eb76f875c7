import { notice, obligation, type Parameters, type Policy, widestObligation } from '@munjigi/core/rules';
import { ApiError } from '../contracts/index.ts';
import type { Database } from '../db/index.ts';

/** What the authority says counts right now. */
export interface Standing {
  readonly notice: string | null;
  readonly status: 'provisional' | 'confirmed';
  /** Named by the publisher, or null for the notice's own or the usual one. */
  readonly obligation: string | null;
  readonly parameters: Parameters;
  /** Seconds. */
  readonly validFrom: number;
}

interface Row {
  readonly notice: string | null;
  readonly status: Standing['status'];
  readonly obligation: string | null;
  readonly parameters: Parameters;
  readonly valid_from: number;
}

/** The notices, each once published, by number. */
export class Notices {
  constructor(
    private readonly db: Database,
    private readonly policy: Policy,
  ) {}

  /** The notice in force; the usual state from the first question on where none was ever published. */
  async current(at: number): Promise<Standing> {
    const { rows } = await this.db.query<Row>(
      'SELECT notice, status, obligation, parameters, valid_from FROM notice ORDER BY notice_no DESC LIMIT 1',
    );
    const row = rows[0];
    if (row) return { ...row, validFrom: row.valid_from };
    return this.add({ notice: null, status: 'confirmed', obligation: null, parameters: {}, validFrom: at });
  }

  /** Adds a notice. Throws `authority.notice-unknown` or `authority.obligation-unknown` for what the policy does not have. */
  async add(standing: Standing): Promise<Standing> {
    if (standing.notice !== null && notice(this.policy, standing.notice) === null)
      throw new ApiError('authority.notice-unknown');
    if (standing.obligation !== null && obligation(this.policy, standing.obligation) === null) {
      throw new ApiError('authority.obligation-unknown');
    }
    await this.db.query(
      `INSERT INTO notice (notice_no, notice, status, obligation, parameters, valid_from)
       SELECT coalesce(max(notice_no), 0) + 1, $1, $2, $3, $4::jsonb, $5 FROM notice`,
      [
        standing.notice,
        standing.status,
        standing.obligation,
        JSON.stringify(standing.parameters),
        standing.validFrom,
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
