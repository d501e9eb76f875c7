import { addDays } from '@munjigi/core/rules';

/** Short, so that a run of days shows what happens when a day is over. */
export const RETENTION_DAYS = 5;
export const TIME_ZONE = 'Asia/Tokyo';
export const VENUE = { kind: 'hall', region: 'here' } as const;
export const TOO_OLD_HOURS = 72;

/** Classes of the pack of the simulation: one is good until the rules change, the other before and after. */
export const CLASSES = { always: 1, untilChange: 2 } as const;

/** A policy of one rule that changes at one midnight: as small as a pack can be. */
export function simulationPack(changeDay: string): unknown {
  const check = { check: 'required', foreign: [], alone: false, perParty: 0 };
  return {
    id: 'simulation',
    version: '2022-01-01',
    timeZone: TIME_ZONE,
    languages: ['ko', 'en'],
    exercise: false,
    retentionDays: RETENTION_DAYS,
    windows: { behind: 45, ahead: 15, slowBehind: 180, uncertaintyCap: 120, sameEntry: 180 },
    ladder: { ageingHours: 24, tooOldHours: TOO_OLD_HOURS },
    passes: { batch: 4, endsAfterDays: [7, 10], paperDays: 30, renewBelow: 2 },
    hint: { letters: [] },
    wordOfDay: [
      { ko: '나무', en: 'tree' },
      { ko: '구름', en: 'cloud' },
    ],
    sounds: { admit: 'a', 'another-proof': 'b', 'cannot-tell': 'c' },
    liveMark: 'mark',
    protectedHours: [],
    reminderDays: [],
    typed: {
      'safety-code': { pattern: '^x$', drop: '' },
      phone: { pattern: '^x$', drop: '' },
      'sheet-line': { pattern: '^x$', drop: '' },
    },
    evidence: {},
    classes: { 1: { ended: 'ended' }, 2: { ended: 'ended' } },
    venues: [VENUE.kind],
    regions: [VENUE.region],
    entitlement: [],
    admission: [
      { id: 'before', source: 'none', from: '2020-01-01', until: changeDay, accepts: [1, 2], ...check },
      { id: 'after', source: 'none', from: changeDay, accepts: [1], ...check },
    ],
    grace: [],
    extensions: [],
    recording: [{ id: 'all', source: 'none', from: '2020-01-01', required: true, lawful: ['scan'] }],
    obligations: {
      usual: {
        record: 'required',
        check: 'required',
        fines: { venue: 'stand', visitor: 'stand' },
        acceptedChecks: ['scan'],
        alsoLawful: [],
        standing: 'usual',
      },
    },
    notices: {
      usual: {
        component: 'all',
        state: 'up',
        obligation: 'usual',
        incident: null,
        parameters: {},
        source: 'none',
      },
    },
    sightings: [],
    penalties: [],
    texts: { ko: {}, en: {} },
  };
}

export { addDays };
