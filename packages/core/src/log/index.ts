export {
  acceptHead,
  COSIGNATURES_WANTED,
  compareHeads,
  cosignersOf,
  type HeadOrder,
  isSameHead,
  type LogTrust,
} from './accept.ts';
export {
  type CosignedHead,
  compactHead,
  cosignHead,
  encodeCosigned,
  type LogHead,
  openCosignature,
  openHead,
  readCompactHead,
  readCosigned,
  signHead,
} from './head.ts';
export { type BodyKind, LINE_FIELDS, LINE_KINDS, type LineField, type LineKind } from './line-kinds.ts';
export {
  type Bodies,
  bodyKind,
  type FieldValue,
  isDay,
  KEEPER,
  type Line,
  type LineSigner,
  lineId,
  lineSigner,
  MAX_LINE_BYTES,
  openLine,
  readLine,
} from './lines.ts';
export {
  concerns,
  type Notified,
  notifiedTag,
  openNotified,
  signNotified,
  TAG_BYTES,
  TAGS_PADDED_TO,
} from './notified.ts';
export type { AppendedLine, PublicLog } from './port.ts';
export {
  type Included,
  type InclusionProof,
  openLogReceipt,
  signLogReceipt,
  verifyLogReceipt,
} from './receipt.ts';
export * from './tree.ts';
