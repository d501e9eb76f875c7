export {
  browserClocks,
  type ClockSample,
  DeviceClock,
  type Estimate,
  type KeptClock,
  type PlatformClocks,
} from './clock/device-clock.ts';
export { ChainStore, FIRST_CHAIN } from './gate/chain-store.ts';
export { CutOff } from './gate/cut-off.ts';
export { type Confirmed, DegradedHours, type Episode, type EpisodeKeep } from './gate/degraded-hours.ts';
export { type EnrolmentLink, enrolGate, readEnrolmentLink } from './gate/enrol.ts';
export { exportDevice, exportOutbox, type OutboxFile } from './gate/export.ts';
export { GateStore, openGateStore } from './gate/gate-store.ts';
export {
  askToJoin,
  introduction,
  type JoinProblem,
  keyDigits,
  letIn,
  readAsked,
  takeAnswer,
} from './gate/join.ts';
export { makeStatement } from './gate/make-statement.ts';
export { isPin, Pin, type PinAnswer } from './gate/pin.ts';
export { Recorder, type RecorderParts, type RecordingRules, type ToRecord } from './gate/recorder.ts';
export { introduceChains, isCopied, renewKey, succession } from './gate/renew.ts';
export { SeenBefore, type SeenCode } from './gate/seen-before.ts';
export { type TroubleParts, type TroubleStore, Troubles } from './gate/troubles.ts';
export { WriterLock } from './gate/writer-lock.ts';
export { countOf, NO_CHECKS, type Wrote, wroteSince } from './gate/wrote-since.ts';
export { isRefusedBatch, prepareBatch, readBatch } from './holder/batch.ts';
export { HolderStore } from './holder/holder-store.ts';
export { IssuerClient } from './holder/issuer-client.ts';
export { type DailySource, httpDaily, type LookupMoment, Lookups } from './holder/lookups.ts';
export { nextShowing, SHOWING_SECONDS, type Showing } from './holder/showing.ts';
export { inTurn, type OnWaiting, type Waiting } from './holder/turn.ts';
export type * from './holder/types.ts';
export { type NotWritten, Visits } from './holder/visits.ts';
export { WITHDRAWN_SPREAD_SECONDS, type WithdrawnRenewal, withdrawnRenewal } from './holder/withdrawn.ts';
export { MemoryOutboxStore } from './outbox/memory-store.ts';
export {
  type Appended,
  Outbox,
  type OutboxChain,
  type OutboxParts,
  type Place,
  sameHead,
} from './outbox/outbox.ts';
export type * from './outbox/types.ts';
export { type DatabaseShape, DeviceDatabase, isStorageFull } from './storage/database.ts';
export { type DeviceKey, deviceSigner, makeDeviceKey } from './storage/device-key.ts';
export { randomBytes, randomShare } from './storage/random.ts';
export { isInstalled, type StorageFacts, type StorageFitness, storageSelfTest } from './storage/self-test.ts';
export { waitAfterFailure } from './sync/backoff.ts';
export { ChainsSync, type ChainsSyncEvents, type ChainsSyncParts } from './sync/chains-sync.ts';
export { Doors, type Fault, faultOf, orderOf } from './sync/doors.ts';
export { nextToSend } from './sync/position.ts';
export {
  type GateNews,
  httpRegister,
  type Introduced,
  type RegisterAnswer,
  type RegisterTransport,
} from './sync/register-transport.ts';
export { callServer, ServerError } from './sync/server.ts';
export { SPREAD_MS, spread } from './sync/spread.ts';
export { KEEP_SECONDS, type Round, type SyncEvents, SyncLoop, type SyncParts } from './sync/sync-loop.ts';
export { BundleStore, type BundleStoreParts, type Refreshed, type TrustInUse } from './trust/bundle-store.ts';
export { type DocumentName, type DocumentSource, httpDocuments } from './trust/documents.ts';
export {
  databaseRulesKeep,
  databaseTrustKeep,
  type KeptTrust,
  memoryRulesKeep,
  type RulesKeep,
  type TrustKeep,
} from './trust/kept-trust.ts';
export type { KeptLog, LogAlarm, LogSight } from './trust/log-watch.ts';
export { RulesInUse, type RulesParts } from './trust/rules-in-use.ts';
export { bundleSlot, SLOT_SECONDS, URGENT_SLOT_SECONDS } from './trust/slot.ts';
