export { isAway } from './away.ts';
export { everyMinute } from './every-minute.ts';
export { CaseJudge, oldestKept } from './judge.ts';
export { assertOwnPasskey } from './own-passkey.ts';
export type {
  CaseAlarm,
  CaseParts,
  CaseTrust,
  IssuerCasePort,
  LoggedLine,
  OpenedCase,
  PublishTags,
  RegisterCasePort,
  ReleasedCase,
  ResolvedPerson,
} from './ports.ts';
export { CaseStore, decodeLogged, encodeLogged, type StoredCase } from './store.ts';
export { summaryOf, toSign } from './words.ts';

/** Cases that one officer may sign in a day. */
export const CASES_PER_DAY = 20;
