export {
  type CaseContext,
  type CaseVerdict,
  checkCase,
  MOST_SECONDS,
  type StandingCase,
  termsProblem,
  verifyApproval,
} from './check-case.ts';
export {
  type Completeness,
  completenessOf,
  stayedUntil,
  type TraceRow,
  type TraceState,
} from './completeness.ts';
export {
  caseHash,
  decodeApproval,
  decodeCase,
  encodeApproval,
  encodeCase,
  LARGEST_CAP,
  LONGEST_BASIS,
  LONGEST_DWELL_MINUTES,
  LONGEST_REASON,
} from './documents.ts';
export { checkPresence, type Presence, type PresenceProblem } from './presence.ts';
export {
  decodeReleased,
  encodeReleased,
  MOST_RELEASED,
  marksOf,
  type ReleasedEntry,
} from './released.ts';
export {
  type HashFunction,
  handleSet,
  handlesRoot,
  releaseLeaf,
  releaseRoot,
  sortedHandles,
  treeRoot,
} from './roots.ts';
export {
  documentHash,
  openOpening,
  openRelease,
  openResolution,
  signOpening,
  signRelease,
  signResolution,
} from './signed.ts';
export * from './types.ts';
export { approvalChallenge, assertionProblem, officerPoint, rawSignature } from './web-authn.ts';
