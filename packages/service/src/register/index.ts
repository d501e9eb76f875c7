export { marksOfBackup, restoreRegister } from './backup.ts';
export { type CallProvider, type CallResult, readCallProviders } from './calls/index.ts';
export { hideSmall, SMALLEST_TOLD, type Told, type VenueCounts } from './counts/read.ts';
export { recount, rollUp } from './counts/roll-up.ts';
export { createRegister } from './desk.ts';
export { OwnLayer, Sealer, takeOff } from './own-layer.ts';
export { Pace } from './pace.ts';
export { makePartitions } from './partitions.ts';
export { prune } from './pruning.ts';
export { ReceiptKeys, rotateReceiptKey } from './receipt-keys.ts';
export { Receipts } from './receipts.ts';
export { type DayTable, type DroppedDays, dayTables, dropDays, oldTables } from './retention.ts';
export { RetentionDays } from './retention-days.ts';
export type { Revocation } from './revoke.ts';
export { type BackedUpHead, type BackupMarks, raiseSafeMarks } from './safe-marks.ts';
export type {
  Alarm,
  BatchAnswer,
  EnrolledGate,
  EntryAnswer,
  GateFields,
  Grouping,
  PolicyTerms,
  RegisterDesk,
  RegisterOptions,
  RegisterRow,
  RegisterStatus,
  RetentionRun,
  Standing,
  VenueFields,
} from './types.ts';
export type {
  DelegatedGate,
  GateNews,
  ListedGate,
  ListedVenue,
  People,
  Registration,
  VenueOffice,
} from './venues/index.ts';
export { accountPeople } from './venues/index.ts';
export { type ChainProblem, type ChainReport, type VerifyParts, verifyChain } from './verify/verify-chain.ts';
