import type { EventName, Measure, Phase, Words } from '@munjigi/core/incident';
import { CUT_OFF, type Policy } from '@munjigi/core/rules';
import type { Language } from '@munjigi/ui/texts';
import type { Console } from './console.ts';

/** An incident as the authority's desk tells it. */
export interface IncidentLine {
  readonly number: number;
  readonly component: string;
  readonly state: 'slow' | 'down';
  readonly phase: Phase;
  readonly works: boolean;
  readonly repeats: number | null;
  readonly exercise: boolean;
  readonly events: readonly {
    readonly what: EventName;
    readonly at: number;
    readonly notice?: string | null;
  }[];
  readonly cause: Words | null;
  readonly measures: readonly Measure[];
  readonly proposed?: { readonly notice: string | null };
}

export interface IncidentBook {
  readonly incidents: readonly IncidentLine[];
  readonly states: readonly {
    readonly component: string;
    readonly state: 'works' | 'slow' | 'down' | 'unknown';
    readonly since: number | null;
  }[];
  readonly said: {
    readonly notice: string | null;
    readonly status: 'provisional' | 'confirmed';
    readonly saidBy: 'table' | 'person' | null;
    readonly since: number;
    readonly incident: number | null;
  };
}

export const readIncidents = (app: Console): Promise<IncidentBook> => app.get<IncidentBook>('incidents');

export const reportIncident = (
  app: Console,
  component: string,
  state: IncidentLine['state'],
): Promise<{ readonly number: number }> => app.post('incidents', { component, state });

export const confirmIncident = (app: Console, number: number, notice: string | null): Promise<unknown> =>
  app.post(`incidents/${number}/confirm`, { notice });

export const incidentWorks = (app: Console, number: number): Promise<unknown> =>
  app.post(`incidents/${number}/works`, {});

export const closeIncident = (
  app: Console,
  number: number,
  cause: Words,
  measures: readonly Measure[],
): Promise<unknown> => app.post(`incidents/${number}/close`, { cause, measures });

export const sayMeasured = (app: Console, number: number, done: readonly boolean[]): Promise<unknown> =>
  app.post(`incidents/${number}/measures`, { done });

/** The notices that a person may publish: all but those that a device says of itself. */
export const sayable = (policy: Policy | null): readonly string[] =>
  Object.entries(policy?.pack.notices ?? {})
    .filter(([, { state }]) => state !== CUT_OFF)
    .map(([id]) => id);

/** Components that can be reported: those for which the pack has a sentence ready. */
export const reportable = (policy: Policy | null): readonly string[] => [
  ...new Set(Object.values(policy?.pack.notices ?? {}).flatMap(({ preApproved }) => preApproved?.seen ?? [])),
];

/** A notice in one line: what is broken, and the sentence that counts. */
export function noticeTitle(policy: Policy | null, id: string, language: Language, at: number): string {
  if (!policy) return id;
  const parameters = { at, today: at, since: at, until: at, hours: 0 };
  const part = (name: string) => {
    const key = `notice.${id}.${name}`;
    return policy.hasText(language, key) ? policy.text(language, key, parameters) : '';
  };
  return [part('cause'), part('owner.headline')].filter((words) => words !== '').join(' · ') || id;
}
