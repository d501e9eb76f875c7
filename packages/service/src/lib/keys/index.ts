export { DayEnded, FOR_EVER } from './day-ended.ts';
export { DayStore } from './day-store.ts';
export { dayKeyId, dayOfKeyId, type NamedDay, namedDay, weekEnd, weekOf } from './days.ts';
export { daysOf, type Ended, type EndingParts, endThrough, sunset } from './ending.ts';
export { type BodyLines, keyHash, LineOutbox, type LineTaker, type Sent } from './lines.ts';
export {
  beginWeek,
  hasWrap,
  type Recovered,
  RecoveryRefused,
  recoverWeek,
  weeksHeld,
  weeksWithSheets,
  wrapWeek,
} from './recovery.ts';
export { granted, RotationRefused, type Wish, wished, wishFor } from './rotation.ts';
export { sheetPage } from './sheet-page.ts';
export { HOLDERS, type Holder, joinSheets, readSheet, type Sheet, sheetsOf, sheetText } from './sheets.ts';
