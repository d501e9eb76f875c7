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
  MAX_DELEGATION_BYTES,
  openDelegation,
  parseDelegation,
  signDelegation,
} from './delegation.ts';
