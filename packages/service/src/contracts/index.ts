import { authorityOperations } from './authority.ts';
import { callOperations } from './calls.ts';
import { authorityCaseOperations, issuerCaseOperations, registerCaseOperations } from './cases.ts';
import { demonstrationOperations } from './demonstration.ts';
import { deskMessageOperations } from './desk-messages.ts';
import { healthOperations } from './health.ts';
import { incidentOperations } from './incidents.ts';
import { issuerOperations } from './issuer.ts';
import { posterOperations } from './posters.ts';
import { logOperations } from './public-log.ts';
import { registerOperations } from './register.ts';
import { sessionOperations } from './session.ts';
import { sheetOperations } from './sheets.ts';
import { troubleOperations } from './troubles.ts';
import { venueOperations } from './venues.ts';

export {
  ACCESS,
  type Access,
  accessOf,
  type Bucket,
  bucketOf,
  type Caller,
  needsNoAccount,
  ROLES,
  type Role,
} from './access.ts';
export type { AssertionBody, CaseState, CaseTermsBody, ResolveBody } from './cases.ts';
export { CheckLineError, CheckRequest, CheckResult } from './check.ts';
export {
  type DeskWord,
  LARGEST_ANSWER,
  LARGEST_MESSAGE,
  MESSAGES,
  type MessageAnswer,
  type MessageContent,
  type MessageWord,
  PIECE_BYTES,
} from './desk-messages.ts';
export { API_ERRORS, ApiError, type ApiErrorCode } from './errors.ts';
export { type Operation, type RouteSchema, route } from './operation.ts';
export type { BatchAnswerBody, BatchBody, GateStateBody, RegisterRowBody } from './register.ts';
export { type SessionOperations, type SignedInBody, sessionOperationsOf } from './session.ts';
export { ErrorBody } from './shapes.ts';
export { WORK_CLASSES, type WorkClass, workOf } from './work.ts';
export {
  authorityCaseOperations,
  authorityOperations,
  callOperations,
  demonstrationOperations,
  deskMessageOperations,
  healthOperations,
  incidentOperations,
  issuerCaseOperations,
  issuerOperations,
  logOperations,
  posterOperations,
  registerCaseOperations,
  registerOperations,
  sessionOperations,
  sheetOperations,
  troubleOperations,
  venueOperations,
};

/** Every operation of the service, by name. */
export const operations = {
  ...healthOperations,
  ...issuerOperations,
  ...registerOperations,
  ...venueOperations,
  ...troubleOperations,
  ...callOperations,
  ...sheetOperations,
  ...posterOperations,
  ...authorityOperations,
  ...incidentOperations,
  ...authorityCaseOperations,
  ...registerCaseOperations,
  ...issuerCaseOperations,
  ...sessionOperations,
  ...logOperations,
  ...deskMessageOperations,
  ...demonstrationOperations,
} as const;
