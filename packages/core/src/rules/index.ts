export { type Admission, admission, type Demand, demandOn, type Grace, type Venue } from './admission.ts';
export { parseBusinessNumber } from './business-number.ts';
export { addDays, type Calendar, calendarOf, dayNumber, isDate } from './calendar.ts';
export { callerNumber, groupedNumber, venueNumber } from './calls.ts';
export { type CutoffRow, cutoffs, sightings } from './cutoffs.ts';
export {
  type Certificate,
  type CertificateStanding,
  type Entitlement,
  type Evidence,
  entitle,
  type PersonEvidence,
} from './entitle.ts';
export { hintOf, initialOf, readHint } from './hint.ts';
export {
  MINUTE_SHAPES,
  type MinuteShape,
  type MinuteSign,
  minuteSign,
  signBeside,
  TURN_SECONDS,
} from './minute-sign.ts';
export {
  CUT_OFF,
  countsAt,
  cutOffTexts,
  type NoticeReader,
  type NoticeTexts,
  notice,
  notices,
  noticeTexts,
  standingTexts,
  understands,
} from './notices.ts';
export {
  acceptedChecks,
  endedPassSeconds,
  lawfulRecords,
  obligation,
  penalties,
  recordRequired,
  usualObligation,
  widestObligation,
} from './obligations.ts';
export type * from './pack.ts';
export { LANGUAGES } from './pack.ts';
export { compilePolicy, type Policy, rulesAge } from './policy.ts';
export { parseTyped } from './typed.ts';
