export {
  type BatchFields,
  chainHashes,
  chainKid,
  leadsToHead,
  MAX_BATCH_BYTES,
  MAX_BATCH_ENTRIES,
  signBatch,
  verifyBatchSignature,
} from './batch.ts';
export {
  type BatchJson,
  batchFromJson,
  batchToJson,
  type EntryJson,
  type HeadJson,
  headFromJson,
  headToJson,
} from './envelope.ts';
export { entryHash, entryPreimage, genesis, type Hash } from './hash.ts';
export { entryProblem, SEALED_SUBJECT_BYTES } from './problem.ts';
export { NO_RECEIPT, openReceipt, receiptHash, signReceipt } from './receipt.ts';
export * from './types.ts';
export { cancelledBy, voidEntry } from './void.ts';
