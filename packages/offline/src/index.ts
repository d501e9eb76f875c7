export {
  browserClocks,
  type ClockSample,
  DeviceClock,
  type Estimate,
  type KeptClock,
  type PlatformClocks,
} from './clock/device-clock.ts';
export { isRefusedBatch, prepareBatch, readBatch } from './holder/batch.ts';
export { HolderStore } from './holder/holder-store.ts';
export { callServer, IssuerClient, ServerError } from './holder/issuer-client.ts';
export { nextShowing, SHOWING_SECONDS, type Showing } from './holder/showing.ts';
export type * from './holder/types.ts';
export { DeviceDatabase, isStorageFull } from './storage/database.ts';
export { type DeviceKey, deviceSigner, makeDeviceKey } from './storage/device-key.ts';
export { randomBytes, randomShare } from './storage/random.ts';
export { isInstalled, type StorageFacts, type StorageFitness, storageSelfTest } from './storage/self-test.ts';
export { BundleStore, type BundleStoreParts, type Refreshed, type TrustInUse } from './trust/bundle-store.ts';
export { type DocumentName, type DocumentSource, httpDocuments } from './trust/documents.ts';
export { databaseTrustKeep, type KeptTrust, type TrustKeep } from './trust/kept-trust.ts';
