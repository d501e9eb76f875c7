export {
  ANSWER_PREFIX,
  type JoinRequest,
  joinAnswerText,
  joinRequestText,
  REQUEST_PREFIX,
  readJoinAnswer,
  readJoinRequest,
} from './codes.ts';
export {
  type Delegation,
  delegationAge,
  LONGEST_DELEGATION_SECONDS,
  LONGEST_NAME,
  openDelegation,
  parseDelegation,
  signDelegation,
} from './delegation.ts';
export { MAX_DELEGATION_BYTES } from './signed-by.ts';
export { openSuccessor, parseSuccessor, type Successor, signSuccessor } from './successor.ts';
