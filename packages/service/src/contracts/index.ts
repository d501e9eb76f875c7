import { authorityOperations } from './authority.ts';
import { demonstrationOperations } from './demonstration.ts';
import { healthOperations } from './health.ts';
import { issuerOperations } from './issuer.ts';
import { logOperations } from './public-log.ts';
import { registerOperations } from './register.ts';

export { ACCESS, type Access, accessOf, type Caller, needsNoAccount, ROLES, type Role } from './access.ts';
export { CheckLineError, CheckRequest, CheckResult } from './check.ts';
export { API_ERRORS, ApiError, type ApiErrorCode } from './errors.ts';
export { type Operation, type RouteSchema, route } from './operation.ts';
export type { BatchAnswerBody, BatchBody, GateStateBody, RegisterRowBody } from './register.ts';
export { ErrorBody } from './shapes.ts';
export {
  authorityOperations,
  demonstrationOperations,
  healthOperations,
  issuerOperations,
  logOperations,
  registerOperations,
};

/** Every operation of the service, by name. */
export const operations = {
  ...healthOperations,
  ...issuerOperations,
  ...registerOperations,
  ...authorityOperations,
  ...logOperations,
  ...demonstrationOperations,
} as const;
