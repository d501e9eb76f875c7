import type { operations } from './index.ts';

/**
 * What a request is, where a server has less room than requests: each class has a limit of its own, and they give way in the order
 * of `YIELDS`. Nothing here is a verdict: gates ask nobody before they answer.
 */
export const WORK_CLASSES = [
  'health',
  'upload',
  'documents',
  'issue',
  'trace',
  'console',
  'statistics',
] as const;
export type WorkClass = (typeof WORK_CLASSES)[number];

/** The class of every operation, or the build fails. First issues and renewals are told apart by the issuer's own queue. */
const WORK = {
  live: 'health',
  ready: 'health',
  agent: 'health',

  listPeople: 'issue',
  listProviders: 'issue',
  beginSignIn: 'issue',
  finishSignIn: 'issue',
  withdrawKey: 'console',
  queuePlace: 'issue',
  enrol: 'issue',
  addSpecimen: 'console',
  newNonce: 'issue',
  issueBatch: 'issue',
  issuePaper: 'issue',
  paperPage: 'issue',

  addVenue: 'console',
  addGate: 'upload',
  sendBatch: 'upload',
  gateHead: 'upload',
  listRows: 'statistics',
  registerVenue: 'console',
  listRegistrations: 'console',
  approveRegistration: 'console',
  listVenues: 'console',
  venueDetail: 'console',
  makeEnrolmentCode: 'console',
  inviteStaff: 'console',
  renameGate: 'console',
  setVenuePin: 'console',
  revokeGate: 'console',
  venueCounts: 'statistics',
  takeDelegation: 'upload',
  takeSuccessor: 'upload',
  listGates: 'statistics',
  reportTrouble: 'console',
  listTroubles: 'statistics',
  takeCall: 'upload',
  setCallNumber: 'console',
  listSheets: 'console',
  printSheets: 'console',
  sheetPages: 'console',
  useSheet: 'console',
  typeSheet: 'console',
  destroyedSheets: 'console',
  venuePoster: 'console',
  changePoster: 'console',
  posterPage: 'console',
  takeVisit: 'upload',

  getRoot: 'documents',
  getBundle: 'documents',
  getNow: 'documents',
  getClock: 'documents',
  publishRoot: 'console',
  publishNotice: 'console',
  setClock: 'console',
  postObservation: 'documents',
  listIncidents: 'console',
  reportIncident: 'console',
  troublesSaid: 'console',
  confirmIncident: 'console',
  incidentWorks: 'console',
  closeIncident: 'console',
  incidentMeasures: 'console',

  openCase: 'trace',
  listCases: 'trace',
  getCase: 'trace',
  signCase: 'trace',
  openRelease: 'trace',
  getCallList: 'trace',
  getCallListCsv: 'trace',
  closeCase: 'trace',
  casesToApprove: 'trace',
  caseToApprove: 'trace',
  approveCase: 'trace',
  getOnCall: 'trace',
  setOnCall: 'console',
  resolveHandles: 'trace',

  getLogHead: 'documents',
  listLogHeads: 'documents',
  listLogLines: 'statistics',
  getLogProof: 'documents',
  getLogConsistency: 'documents',
  appendLogLine: 'trace',
  cosignRegister: 'trace',
  cosignIssuer: 'trace',
  getNotified: 'documents',
  messageIssuer: 'trace',
  messageRegister: 'trace',
  messageAuthority: 'trace',

  oldWay: 'upload',
} as const satisfies Record<Exclude<keyof typeof operations, AccountOperation>, WorkClass>;

/** Accounts of the three bodies: people before a console. */
type AccountOperation =
  `${'issuer' | 'register' | 'authority'}${'Invite' | 'ApproveInvite' | 'EnrolOptions' | 'Enrol' | 'SignInOptions' | 'SignIn' | 'SignOut' | 'Session' | 'Accounts' | 'EndAccount' | 'EndPasskey'}`;

const ACCOUNT_OPERATION =
  /^(issuer|register|authority)(Invite|ApproveInvite|EnrolOptions|Enrol|SignInOptions|SignIn|SignOut|Session|Accounts|EndAccount|EndPasskey)$/;

/** The class of an operation. Throws where it has none: such a route is never mounted. */
export function workOf(operationId: string): WorkClass {
  const work = (WORK as Readonly<Record<string, WorkClass>>)[operationId];
  if (work) return work;
  if (ACCOUNT_OPERATION.test(operationId)) return 'console';
  throw new Error(`The operation ${operationId} has no class of work.`);
}
