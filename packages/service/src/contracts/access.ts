import type { operations } from './index.ts';

/** What an account may be. Owners, staff and inspectors have accounts at the register body; officers and operators at any body. */
export const ROLES = ['owner', 'staff', 'inspector', 'officer', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who may call an operation. Beside the roles there are callers that are no account: `public` anyone · `gate` proved by
 * its own key over what it sends · `holder` proved by the secret of an enrolment · `body` another desk, by its signature ·
 * `canary` one that the operator listed, by its signature · `provider` a telephone provider, by its signature. What those six prove
 * stands in the request itself, so the handler checks it; roles are checked before the handler runs.
 */
export type Caller = Role | 'public' | 'gate' | 'holder' | 'body' | 'canary' | 'provider';

/**
 * Where a request is counted. `enrolments`, `session` (what guesses at codes and passkeys), `holder`, `gate`, `body`,
 * `provider` and `public` are counted for the caller's network, `read` and `write` for the account; `none` is not counted.
 */
export type Bucket =
  | 'enrolments'
  | 'session'
  | 'holder'
  | 'gate'
  | 'body'
  | 'provider'
  | 'public'
  | 'read'
  | 'write'
  | 'none';

/** One row of the authorisation table. */
export interface Access {
  readonly callers: readonly Caller[];
  /** Where requests are counted, where it does not follow from the callers; see `bucketOf`. */
  readonly limit?: Bucket;
}

/** The callers whose proof stands in the request itself. */
const PROVED_BY_REQUEST: readonly Caller[] = ['public', 'gate', 'holder', 'body', 'canary', 'provider'];

/** True where the frame lets a request through without a session. */
export const needsNoAccount = ({ callers }: Access): boolean =>
  callers.some((caller) => PROVED_BY_REQUEST.includes(caller));

/** Where requests of a row are counted: what it says, else by who calls and whether they change something. */
export function bucketOf({ callers, limit }: Access, method: string): Bucket {
  if (limit) return limit;
  const kind = (['gate', 'holder', 'body', 'provider', 'public'] as const).find((caller) =>
    callers.includes(caller),
  );
  return kind ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');
}

/** The rows of one desk's accounts: the same for each. Who may be invited or ended by whom is the handler's business. */
const accountsOf = <const D extends string>(desk: D) => {
  const rows = {
    Invite: { callers: ['operator', 'owner'] },
    ApproveInvite: { callers: ['officer'] },
    EnrolOptions: { callers: ['public'], limit: 'session' },
    Enrol: { callers: ['public'], limit: 'session' },
    SignInOptions: { callers: ['public'], limit: 'session' },
    SignIn: { callers: ['public'], limit: 'session' },
    SignOut: { callers: ['public'] },
    Session: { callers: ['public'] },
    Accounts: { callers: ['operator', 'officer', 'owner'] },
    EndAccount: { callers: ['operator', 'officer', 'owner'] },
    EndPasskey: { callers: [...ROLES] },
  } as const satisfies Record<string, Access>;
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [`${desk}${name}`, row]),
  ) as unknown as { readonly [K in keyof typeof rows as `${D}${K}`]: Access };
};

/** The authorisation table: every operation has a row, or the build fails. */
export const ACCESS = {
  live: { callers: ['public'], limit: 'none' },
  ready: { callers: ['public'], limit: 'none' },
  agent: { callers: ['public'], limit: 'none' },

  listPeople: { callers: ['public'] },
  listProviders: { callers: ['public'] },
  beginSignIn: { callers: ['public'], limit: 'enrolments' },
  finishSignIn: { callers: ['public'], limit: 'enrolments' },
  withdrawKey: { callers: ['operator'] },
  queuePlace: { callers: ['holder'] },
  enrol: { callers: ['public'], limit: 'enrolments' },
  addSpecimen: { callers: ['operator'] },
  newNonce: { callers: ['holder'] },
  issueBatch: { callers: ['holder'] },
  issuePaper: { callers: ['holder'] },
  paperPage: { callers: ['holder'] },

  addVenue: { callers: ['operator'] },
  addGate: { callers: ['gate'] },
  sendBatch: { callers: ['gate'] },
  gateHead: { callers: ['gate'] },
  listRows: { callers: ['operator'] },
  registerVenue: { callers: ['owner'] },
  listRegistrations: { callers: ['owner', 'inspector', 'operator'] },
  approveRegistration: { callers: ['inspector'] },
  listVenues: { callers: ['owner', 'staff', 'operator'] },
  venueDetail: { callers: ['owner', 'staff', 'operator'] },
  makeEnrolmentCode: { callers: ['owner', 'operator'] },
  inviteStaff: { callers: ['owner', 'operator'] },
  renameGate: { callers: ['owner', 'operator'] },
  setVenuePin: { callers: ['owner', 'operator'] },
  revokeGate: { callers: ['owner', 'operator'] },
  venueCounts: { callers: ['owner', 'staff', 'inspector', 'operator'] },
  takeDelegation: { callers: ['gate'] },
  takeSuccessor: { callers: ['gate'] },
  listGates: { callers: ['operator'] },
  reportTrouble: { callers: ['gate'] },
  listTroubles: { callers: ['public'] },
  takeCall: { callers: ['provider'] },
  setCallNumber: { callers: ['owner', 'operator'] },
  listSheets: { callers: ['owner', 'staff', 'inspector', 'operator'] },
  printSheets: { callers: ['owner', 'staff', 'operator'] },
  sheetPages: { callers: ['owner', 'staff', 'operator'] },
  useSheet: { callers: ['owner', 'staff', 'operator'] },
  typeSheet: { callers: ['owner', 'staff', 'operator'] },
  destroyedSheets: { callers: ['owner', 'operator'] },
  venuePoster: { callers: ['owner', 'staff', 'inspector', 'operator'] },
  changePoster: { callers: ['owner', 'operator'] },
  posterPage: { callers: ['owner', 'staff', 'operator'] },
  takeVisit: { callers: ['public'], limit: 'holder' },

  getRoot: { callers: ['public'] },
  getBundle: { callers: ['public'] },
  getNow: { callers: ['public'] },
  getClock: { callers: ['public'] },
  publishRoot: { callers: ['operator'] },
  publishNotice: { callers: ['operator'] },
  setClock: { callers: ['operator'] },
  postObservation: { callers: ['canary'], limit: 'body' },
  listIncidents: { callers: ['officer', 'operator'] },
  reportIncident: { callers: ['officer', 'operator'] },
  troublesSaid: { callers: ['officer', 'operator'] },
  confirmIncident: { callers: ['officer', 'operator'] },
  incidentWorks: { callers: ['officer', 'operator'] },
  closeIncident: { callers: ['officer', 'operator'] },
  incidentMeasures: { callers: ['officer', 'operator'] },

  openCase: { callers: ['officer'] },
  listCases: { callers: ['officer'] },
  getCase: { callers: ['officer'] },
  signCase: { callers: ['officer'] },
  openRelease: { callers: ['officer'] },
  getCallList: { callers: ['officer'] },
  getCallListCsv: { callers: ['officer'] },
  closeCase: { callers: ['officer'] },
  casesToApprove: { callers: ['officer'] },
  caseToApprove: { callers: ['officer'] },
  approveCase: { callers: ['officer'] },
  getOnCall: { callers: ['officer', 'operator'] },
  setOnCall: { callers: ['operator'] },
  resolveHandles: { callers: ['body'] },
  ...accountsOf('issuer'),
  ...accountsOf('register'),
  ...accountsOf('authority'),
  getLogHead: { callers: ['public'] },
  listLogHeads: { callers: ['public'] },
  listLogLines: { callers: ['public'] },
  getLogProof: { callers: ['public'] },
  getLogConsistency: { callers: ['public'] },
  appendLogLine: { callers: ['body'] },
  cosignRegister: { callers: ['public'] },
  cosignIssuer: { callers: ['public'] },
  getNotified: { callers: ['public'] },
  messageIssuer: { callers: ['body'] },
  messageRegister: { callers: ['body'] },
  messageAuthority: { callers: ['body'] },

  oldWay: { callers: ['public'] },
} as const satisfies Record<keyof typeof operations, Access>;

/** The row of an operation. Throws where there is none: a route without a row is never mounted. */
export function accessOf(operationId: string): Access {
  const row = (ACCESS as Readonly<Record<string, Access>>)[operationId];
  if (!row) throw new Error(`The operation ${operationId} has no row in the authorisation table.`);
  return row;
}
