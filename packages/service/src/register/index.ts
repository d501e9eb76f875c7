export { hideSmall, SMALLEST_TOLD, type Told, type VenueCounts } from './counts/read.ts';
export { recount, rollUp } from './counts/roll-up.ts';
export { createRegister } from './desk.ts';
export { OwnLayer, Sealer, takeOff } from './own-layer.ts';
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
