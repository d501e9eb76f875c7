export { begin, close, endedAt, firstAt, happened, lastAt, phaseOf, worksAgain } from './life.ts';
export { MAX_OBSERVATION_BYTES, openObservation, signObservation } from './observation.ts';
export { type Provisional, provisionalFor } from './provisional.ts';
export { CANARIES, componentStates, THRESHOLDS } from './states.ts';
export { openStatus, type Status, signStatus } from './status.ts';
export {
  type CanaryKey,
  type ComponentState,
  EVENTS,
  type EventName,
  type Incident,
  type IncidentEvent,
  type Measure,
  type Observation,
  type Phase,
  type Seen,
  SIDES,
  type Side,
  STATES,
  STEPS,
  type State,
  type Step,
  type Thresholds,
  type Words,
} from './types.ts';
