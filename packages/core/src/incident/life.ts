import { MunjigiError } from '../errors.ts';
import type { EventName, Incident, IncidentEvent, Measure, Phase, State, Words } from './types.ts';

const MOST_MEASURES = 16;
const DAY = 86_400;

/** When something first happened in an incident, or null. */
export const firstAt = ({ events }: Incident, what: EventName): number | null =>
  events.find((event) => event.what === what)?.at ?? null;

/** When something last happened in an incident, or null. */
export const lastAt = ({ events }: Incident, what: EventName): number | null =>
  events.findLast((event) => event.what === what)?.at ?? null;

export function phaseOf({ events }: Incident): Phase {
  const has = (what: EventName) => events.some((event) => event.what === what);
  if (has('closed')) return 'closed';
  if (has('confirmed')) return 'confirmed';
  return has('told') ? 'provisional' : 'detected';
}

/** True from when the component was seen to work again, for as long as it does. */
export const worksAgain = ({ events }: Incident): boolean =>
  events.findLast(({ what }) => what === 'works' || what === 'broke')?.what === 'works';

/** When it ended for those at the door: it worked again and did not break after. Seconds, or null while it lasts. */
export const endedAt = (incident: Incident): number | null =>
  worksAgain(incident) ? lastAt(incident, 'works') : null;

const within = (what: string) =>
  new MunjigiError('incident.structure', `An incident is not what it must be: ${what}.`);

/** The incident with one more event; after `closed` there is none. Throws `incident.structure`. */
export function happened(incident: Incident, event: IncidentEvent): Incident {
  if (phaseOf(incident) === 'closed') throw within('nothing happens after it was closed');
  return { ...incident, events: [...incident.events, event] };
}

/**
 * An incident begins: a component was seen to be bad by enough looks, or somebody reported it.
 * @param component with its state, and the first look that failed (or the instant that was reported), in seconds
 * @param at when that was noticed or reported
 * @param earlier incidents, to tell a repetition
 * @param repeatDays so many days after an incident of the same component ended, the next one is a repetition
 */
export function begin(
  number: number,
  { component, state, since }: { component: string; state: Exclude<State, 'works'>; since: number },
  how: { readonly by: 'noticed' | 'reported'; readonly at: number; readonly exercise: boolean },
  earlier: readonly Incident[],
  repeatDays: number,
): Incident {
  const before = earlier
    .filter((one) => one.component === component && one.exercise === how.exercise)
    .map((one) => ({ number: one.number, ended: endedAt(one) ?? lastAt(one, 'closed') }))
    .filter(({ ended }) => ended !== null && ended <= since && since - ended <= repeatDays * DAY);
  return {
    number,
    component,
    state,
    events: [
      { what: 'began', at: since },
      { what: how.by, at: how.at },
    ],
    cause: null,
    measures: [],
    repeats: before.at(-1)?.number ?? null,
    exercise: how.exercise,
  };
}

/**
 * Closes an incident with its cause and what is done about it. Throws `incident.structure` while it lasts, without a cause, or
 * with a measure that nobody owns.
 */
export function close(
  incident: Incident,
  { cause, measures }: { readonly cause: Words; readonly measures: readonly Measure[] },
  at: number,
): Incident {
  if (!worksAgain(incident)) throw within('it is closed when the component works again');
  if (cause.ko.trim() === '' && cause.en.trim() === '') throw within('it is closed with its cause');
  if (measures.length > MOST_MEASURES) throw within(`it has ${MOST_MEASURES} measures at most`);
  if (measures.some(({ owner }) => owner.ko.trim() === '' && owner.en.trim() === ''))
    throw within('every measure has an owner');
  return { ...happened(incident, { what: 'closed', at }), cause, measures };
}
