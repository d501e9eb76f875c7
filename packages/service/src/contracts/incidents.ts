import { type TSchema, Type } from 'typebox';
import type { Operation } from './operation.ts';
import { Bytes, exact, LocalDate, Parameters, Seconds, Word } from './shapes.ts';

const IncidentNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Component = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' });
const OrNull = <T extends TSchema>(shape: T) => Type.Union([shape, Type.Null()]);
const Text = Type.String({ maxLength: 1000 });
const Words = Type.Object({ ko: Text, en: Text }, exact);
const Measure = Type.Object({ what: Words, owner: Words, due: LocalDate, done: Type.Boolean() }, exact);
const Measures = Type.Array(Measure, { maxItems: 16 });
const Trouble = Type.Enum(['slow', 'down']);
const Done = Type.Object({ number: IncidentNumber }, exact);
const which = Type.Object({ number: IncidentNumber }, exact);

const Incident = Type.Object(
  {
    number: IncidentNumber,
    component: Component,
    state: Trouble,
    phase: Type.Enum(['detected', 'provisional', 'confirmed', 'closed']),
    works: Type.Boolean({ description: 'True while the component works again' }),
    repeats: OrNull(IncidentNumber),
    exercise: Type.Boolean(),
    events: Type.Array(
      Type.Object(
        {
          what: Type.Enum(['began', 'noticed', 'reported', 'told', 'confirmed', 'works', 'broke', 'closed']),
          at: Seconds,
          notice: Type.Optional(OrNull(Word)),
        },
        exact,
      ),
    ),
    cause: OrNull(Words),
    measures: Measures,
    proposed: Type.Optional(
      Type.Object(
        { notice: OrNull(Word) },
        { ...exact, description: 'What should be said now that it works' },
      ),
    ),
  },
  exact,
);

const Saying = Type.Object(
  {
    notice: OrNull(Word),
    status: Type.Enum(['provisional', 'confirmed']),
    saidBy: OrNull(Type.Enum(['table', 'person'])),
    since: Seconds,
    incident: OrNull(IncidentNumber),
  },
  exact,
);

const step = <const N extends string, const U extends string, B extends TSchema>(
  operationId: N,
  verb: U,
  summary: string,
  body: B,
) =>
  ({
    operationId,
    method: 'POST',
    url: `/api/authority/incidents/:number/${verb}`,
    summary,
    params: which,
    body,
    answer: Done,
  }) as const satisfies Operation;

export const incidentOperations = {
  postObservation: {
    operationId: 'postObservation',
    method: 'POST',
    url: '/api/authority/observations',
    summary: 'What one round of a canary came to, signed by its key',
    body: Type.Object({ observation: Bytes(1, 8192, 'Observation, COSE_Sign1') }, exact),
    answer: Type.Object({ sequence: IncidentNumber }, exact),
  },
  listIncidents: {
    operationId: 'listIncidents',
    method: 'GET',
    url: '/api/authority/incidents',
    summary: 'Incidents, the newest first, with how every component stands and what counts',
    answer: Type.Object(
      {
        incidents: Type.Array(Incident),
        states: Type.Array(
          Type.Object(
            {
              component: Component,
              state: Type.Enum(['works', 'slow', 'down', 'unknown']),
              since: OrNull(Seconds),
            },
            exact,
          ),
        ),
        said: Saying,
      },
      exact,
    ),
  },
  reportIncident: {
    operationId: 'reportIncident',
    method: 'POST',
    url: '/api/authority/incidents',
    summary: 'Somebody says that a component does not work',
    body: Type.Object({ component: Component, state: Trouble, since: Type.Optional(Seconds) }, exact),
    answer: Done,
  },
  confirmIncident: step(
    'confirmIncident',
    'confirm',
    'A person stands for what counts: the notice that was said, another, or null for the usual state',
    Type.Object(
      {
        notice: OrNull(Word),
        obligation: Type.Optional(Word),
        parameters: Type.Optional(Parameters),
      },
      exact,
    ),
  ),
  incidentWorks: step(
    'incidentWorks',
    'works',
    'A person says that the component works again',
    Type.Object({}, exact),
  ),
  closeIncident: step(
    'closeIncident',
    'close',
    'Close an incident with its cause and what is done about it',
    Type.Object({ cause: Words, measures: Measures }, exact),
  ),
  incidentMeasures: step(
    'incidentMeasures',
    'measures',
    'Say which measures are done, by their place in the list',
    Type.Object({ done: Type.Array(Type.Boolean(), { maxItems: 16 }) }, exact),
  ),
} as const satisfies Record<string, Operation>;
