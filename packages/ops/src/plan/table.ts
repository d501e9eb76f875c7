import type { Announcement, AnnouncementPlan, Queueing } from '@munjigi/core/plan';

const DAY = 86_400;
const number = (value: number): string => Math.round(value).toLocaleString('en');
const two = (value: number): string => String(value).padStart(2, '0');

/** "day 2, 14:05" of a second that is counted from the beginning of the first day. */
function clock(second: number): string {
  const ofDay = second % DAY;
  const time = `${two(Math.floor(ofDay / 3600))}:${two(Math.floor((ofDay % 3600) / 60))}`;
  return second < DAY ? time : `day ${Math.floor(second / DAY) + 1}, ${time}`;
}

function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600
    ? `${Math.round(seconds / 60)} min`
    : `${Math.floor(seconds / 3600)} h ${two(Math.round((seconds % 3600) / 60))} min`;
}

/** The plan as a table that a person reads, with what it assumes and what to tell people. */
export function tableOf(asked: Announcement, { atOnce, staggered, leastHours }: AnnouncementPlan): string {
  const row = (name: string, value: (one: Queueing) => string) =>
    `${name.padEnd(34)}${value(atOnce).padStart(16)}${value(staggered).padStart(16)}\n`;
  const { share, nineTenthsSeconds } = asked.response;
  const groups = staggered.cohorts.map(
    ({ from, to, people }, i) =>
      `  ${String(i + 1).padStart(3)}  ${clock(from).padEnd(14)} to ${clock(to).padEnd(14)} ${number(people).padStart(12)} people\n`,
  );
  return [
    `${number(asked.people)} people, ${number(asked.perSecond)} served in a second\n`,
    `Assumed: ${share * 100} of a hundred come, nine of ten of them within ${span(nineTenthsSeconds)}. No second tries are counted.\n\n`,
    `${''.padEnd(34)}${'everybody now'.padStart(16)}${'in groups'.padStart(16)}\n`,
    row('most who come in a second', (one) => number(one.peakPerSecond)),
    row('most who wait (places kept)', (one) => number(one.mostWaiting)),
    row('longest wait', (one) => span(one.longestWaitSeconds)),
    row('nobody waits any more after', (one) => span(one.overAfterSeconds)),
    row('turned away (no places)', (one) => number(one.turnedAway)),
    `\nIn groups, by a number that each wallet draws; within a group each at a moment of its own:\n`,
    ...groups,
    `In hours of meals come ${number(staggered.inProtectedHours)}.\n`,
    staggered.fits
      ? 'It fits, with a fifth to spare.\n'
      : `It does not fit. ${leastHours === null ? 'Not within four weeks either: more capacity is needed.' : `The shortest time is ${leastHours} hours.`}\n`,
    `Send no message to all: each wallet says when it is its owner's turn.\n`,
  ].join('');
}
