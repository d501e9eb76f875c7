import { fromBase64 } from '@munjigi/core/encoding';
import { phaseOf, worksAgain } from '@munjigi/core/incident';
import { incidentOperations as operations, route } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { ByPerson, Kept } from './by-person.ts';
import type { Observations } from './observations.ts';
import type { Watch } from './watch.ts';

const body = ({ incident, proposed }: Kept) => ({
  number: incident.number,
  component: incident.component,
  state: incident.state,
  phase: phaseOf(incident),
  works: worksAgain(incident),
  repeats: incident.repeats,
  exercise: incident.exercise,
  events: incident.events.map((event) => ({ ...event })),
  cause: incident.cause && { ...incident.cause },
  measures: incident.measures.map(({ what, owner, due, done }) => ({
    what: { ...what },
    owner: { ...owner },
    due,
    done,
  })),
  ...(proposed === undefined ? {} : { proposed: { notice: proposed } }),
});

/** Observations of canaries, and what people do about incidents. `changed` is told whenever something may have to be said. */
export function mountIncidents(
  server: DeskServer,
  parts: {
    readonly observations: Observations;
    readonly watch: Watch;
    readonly byPerson: ByPerson;
    readonly changed: () => Promise<void>;
  },
): void {
  const { observations, watch, byPerson, changed } = parts;

  server.route({
    ...route(operations.postObservation),
    handler: async (request) => {
      const { sequence } = await observations.take(fromBase64(request.body.observation));
      return { sequence };
    },
  });

  server.route({
    ...route(operations.listIncidents),
    handler: async () => {
      const { incidents, standing } = await byPerson.list();
      const { notice, status, saidBy, validFrom: since, incident } = standing;
      return {
        incidents: incidents.map(body),
        states: (await watch.states()).map((state) => ({ ...state })),
        said: { notice, status, saidBy, since, incident },
      };
    },
  });

  server.route({
    ...route(operations.reportIncident),
    handler: async ({ body: { component, state, since }, who }) => {
      const number = await byPerson.report(component, state, since ?? null, who?.accountId ?? null);
      await changed();
      return { number };
    },
  });

  server.route({
    ...route(operations.confirmIncident),
    handler: async ({ params: { number }, body: { notice, obligation = null, parameters }, who }) => {
      const saying = { notice, obligation, ...(parameters ? { parameters } : {}) };
      await byPerson.confirm(number, saying, who?.accountId ?? null);
      return { number };
    },
  });

  server.route({
    ...route(operations.incidentWorks),
    handler: async ({ params: { number }, who }) => {
      await byPerson.works(number, who?.accountId ?? null);
      await changed();
      return { number };
    },
  });

  server.route({
    ...route(operations.closeIncident),
    handler: async ({ params: { number }, body: { cause, measures }, who }) => {
      await byPerson.close(number, { cause, measures }, who?.accountId ?? null);
      return { number };
    },
  });

  server.route({
    ...route(operations.incidentMeasures),
    handler: async ({ params: { number }, body: { done } }) => {
      await byPerson.measured(number, done);
      return { number };
    },
  });
}
