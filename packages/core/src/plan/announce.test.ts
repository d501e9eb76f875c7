import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Announcement, planAnnouncement, USUAL_RESPONSE } from './index.ts';

const HOUR = 3600;
const DAY = 86_400;
const usual: Announcement = {
  people: 10_000_000,
  perSecond: 500,
  withinSeconds: 48 * HOUR,
  startSecond: 11 * HOUR + 39 * 60,
  response: USUAL_RESPONSE,
  protectedHours: [
    [11, 14],
    [17, 20],
  ],
  tellingHours: [8, 21],
  cohorts: 12,
};

describe('a message to everybody', () => {
  it('makes the crowd that arithmetic says it makes', () => {
    const { atOnce } = planAnnouncement(usual);
    const decay = USUAL_RESPONSE.nineTenthsSeconds / Math.LN10;
    const first = usual.people / decay;
    // The queue grows until fewer come than are served.
    const until = decay * Math.log(first / usual.perSecond);
    const waiting = usual.people * (1 - usual.perSecond / first) - usual.perSecond * until;
    expect(atOnce.peakPerSecond / first).toBeCloseTo(1, 2);
    expect(atOnce.mostWaiting / waiting).toBeCloseTo(1, 3);
    expect(atOnce.turnedAway).toBe(atOnce.mostWaiting);
    expect(atOnce.longestWaitSeconds).toBeGreaterThan(4 * HOUR);
    // All of them, at the speed of the desk.
    expect(atOnce.overAfterSeconds).toBeGreaterThan(usual.people / usual.perSecond - 60);
  });

  it('harms nobody where few are told', () => {
    const { atOnce } = planAnnouncement({ ...usual, people: 500_000 });
    expect(atOnce).toMatchObject({ mostWaiting: 0, longestWaitSeconds: 0, turnedAway: 0 });
  });
});

describe('the same in groups', () => {
  it('lets nobody wait, nobody be turned away, and hardly anybody come in the hours of meals', () => {
    const { staggered } = planAnnouncement(usual);
    expect(staggered).toMatchObject({ fits: true, mostWaiting: 0, turnedAway: 0 });
    expect(staggered.peakPerSecond).toBeLessThan(usual.perSecond * 0.8);
    expect(staggered.inProtectedHours).toBeLessThan(usual.people * 0.03);
  });

  it('says how long it takes where it does not fit, and then it does', () => {
    const tight = { ...usual, people: 20_000_000, withinSeconds: 12 * HOUR };
    const { staggered, leastHours } = planAnnouncement(tight);
    expect(staggered.fits).toBe(false);
    expect(planAnnouncement({ ...tight, withinSeconds: leastHours! * HOUR }).staggered.fits).toBe(true);
    expect(planAnnouncement({ ...tight, withinSeconds: (leastHours! - 1) * HOUR }).staggered.fits).toBe(
      false,
    );
    expect(planAnnouncement({ ...tight, people: 1_000_000, perSecond: 1 }).leastHours).toBeNull();
  });

  it('tells nobody where the time lies in the night', () => {
    const night = planAnnouncement({ ...usual, startSecond: 22 * HOUR, withinSeconds: 2 * HOUR });
    expect(night.staggered).toMatchObject({ cohorts: [], fits: false, peakPerSecond: 0 });
  });

  it('tells everybody once, by day, and never so that most would come to a meal', () => {
    fc.assert(
      fc.property(
        fc.record({
          people: fc.integer({ min: 1000, max: 2_000_000 }),
          withinSeconds: fc.integer({ min: 1, max: 72 }).map((hours) => hours * HOUR),
          startSecond: fc.integer({ min: 0, max: DAY - 1 }),
          cohorts: fc.integer({ min: 1, max: 60 }),
        }),
        (change) => {
          const asked = { ...usual, perSecond: 5000, ...change };
          const { cohorts, fits } = planAnnouncement(asked).staggered;
          const told = cohorts.reduce((sum, { people }) => sum + people, 0);
          if (cohorts.length === 0) {
            expect(fits).toBe(false);
            return;
          }
          expect(Math.abs(told - asked.people)).toBeLessThanOrEqual(cohorts.length);
          for (const [i, { from, to }] of cohorts.entries()) {
            expect(to).toBeGreaterThanOrEqual(from);
            expect(from).toBeGreaterThanOrEqual(i === 0 ? asked.startSecond : cohorts[i - 1]!.to);
            expect(to).toBeLessThanOrEqual(asked.startSecond + asked.withinSeconds);
            const quiet = USUAL_RESPONSE.nineTenthsSeconds;
            for (const [begins, ends] of asked.protectedHours) {
              const day = Math.floor(from / DAY) * DAY;
              expect(to <= day + begins * HOUR - quiet || from >= day + ends * HOUR).toBe(true);
            }
            expect(from % DAY).toBeGreaterThanOrEqual(8 * HOUR);
            expect(to % DAY).toBeLessThanOrEqual(21 * HOUR);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
