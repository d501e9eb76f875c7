import type { operations } from './index.ts';

/** What an account may be. Owners, staff and inspectors have accounts at the register body; officers and operators at any body. */
export const ROLES = ['owner', 'staff', 'inspector', 'officer', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who may call an operation. Beside the roles there are callers that are no account: `public` anyone · `gate` proved by
 * its own key over what it sends · `holder` proved by the secret of an enrolment · `body` another desk, by its signature.
 * What those four prove stands in the request itself, so the handler checks it; roles are checked before the handler runs.
 */
export type Caller = Role | 'public' | 'gate' | 'holder' | 'body';

/** One row of the authorisation table. */
export interface Access {
  readonly callers: readonly Caller[];
  /** The bucket that one network's requests are counted in; none where nothing is counted. */
  readonly limit?: 'enrolments';
}

/** The callers whose proof stands in the request itself. */
const PROVED_BY_REQUEST: readonly Caller[] = ['public', 'gate', 'holder', 'body'];

/** True where the frame lets a request through without a session. */
export const needsNoAccount = ({ callers }: Access): boolean =>
  callers.some((caller) => PROVED_BY_REQUEST.includes(caller));

/** The authorisation table: every operation has a row, or the build fails. */
export const ACCESS = {
  live: { callers: ['public'] },
  ready: { callers: ['public'] },

  listPeople: { callers: ['public'] },
  enrol: { callers: ['public'], limit: 'enrolments' },
  newNonce: { callers: ['holder'] },
  issueBatch: { callers: ['holder'] },
  issuePaper: { callers: ['holder'] },
  paperPage: { callers: ['holder'] },

  addVenue: { callers: ['operator'] },
  addGate: { callers: ['gate'] },
  sendBatch: { callers: ['gate'] },
  gateHead: { callers: ['gate'] },
  listRows: { callers: ['operator'] },

  getRoot: { callers: ['public'] },
  getBundle: { callers: ['public'] },
  getNow: { callers: ['public'] },
  getClock: { callers: ['public'] },
  publishNotice: { callers: ['operator'] },
  setClock: { callers: ['operator'] },

  getLogHead: { callers: ['public'] },
  listLogHeads: { callers: ['public'] },
  listLogLines: { callers: ['public'] },
  getLogProof: { callers: ['public'] },
  getLogConsistency: { callers: ['public'] },
  appendLogLine: { callers: ['body'] },
  cosignRegister: { callers: ['public'] },
  cosignIssuer: { callers: ['public'] },
  getNotified: { callers: ['public'] },

  oldWay: { callers: ['public'] },
} as const satisfies Record<keyof typeof operations, Access>;

/** The row of an operation. Throws where there is none: a route without a row is never mounted. */
export function accessOf(operationId: string): Access {
  const row = (ACCESS as Readonly<Record<string, Access>>)[operationId];
  if (!row) throw new Error(`The operation ${operationId} has no row in the authorisation table.`);
  return row;
}
