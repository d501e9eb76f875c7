export type { BoxesSeen } from './boxes.ts';
export { deskStores, retentionReportOf, retentionRunOf, sunsetOf } from './command.ts';
export { type Daily, type DailyParts, openDaily } from './daily.ts';
export { dropDays } from './drop-days.ts';
export type { MappingsSeen } from './mappings.ts';
export { type OpenPlaces, openPlaces } from './places.ts';
export {
  type PlaceToLook,
  type RetentionReport,
  retentionReport,
  type Seen,
  type StoreSeen,
} from './report.ts';
export {
  type DeskEnded,
  type DeskToEnd,
  pastRetention,
  type RetentionParts,
  type RetentionRun,
  runRetention,
} from './run.ts';
export { endSessions } from './sessions.ts';
export { voiceOf } from './voice.ts';
