import type { CborValue } from '../encoding/index.ts';
import { isDate } from '../rules/index.ts';
import { type Crypto, type Signer, signDocument } from '../signing/index.ts';
import { openDelegated } from '../trust/bundle.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import type { Root } from '../trust/types.ts';
import {
  type ComponentState,
  EVENTS,
  type Incident,
  type IncidentEvent,
  type Measure,
  STATES,
  type Words,
} from './types.ts';

const read = fieldReader('incident.structure', 'status');

const MOST_STATES = 64;
const MOST_INCIDENTS = 200;
const MOST_EVENTS = 64;
const MOST_FILES = 64;
const LONGEST_TEXT = 1000;
const ALL_STATES = [...STATES, 'unknown'] as const;

/** What the status page is made of, and the digests of the files that it was made into. */
export interface Status {
  readonly version: 1;
  /** Seconds. */
  readonly writtenAt: number;
  /** By then there is a newer one, or whoever writes it has fallen silent. */
  readonly nextBy: number;
  readonly exercise: boolean;
  readonly states: readonly ComponentState[];
  /** The newest first. */
  readonly incidents: readonly Incident[];
  /** SHA-256 of the small document that says what counts; the sentence on the pages is out of it. */
  readonly now: Uint8Array;
  /** SHA-256 of each file of the page. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const wordsOut = ({ ko, en }: Words): CborValue => [ko, en];
const eventOut = ({ what, at, notice }: IncidentEvent): CborValue =>
  notice === undefined ? [EVENTS.indexOf(what), at] : [EVENTS.indexOf(what), at, notice];

const incidentOut = (incident: Incident): CborValue => [
  incident.number,
  incident.component,
  STATES.indexOf(incident.state),
  incident.events.map(eventOut),
  incident.cause && wordsOut(incident.cause),
  incident.measures.map(({ what, owner, due, done }) => [wordsOut(what), wordsOut(owner), due, done]),
  incident.repeats,
  incident.exercise,
];

/** The payload of a status (docs/protocol/status.cddl). */
const statusPayload = (status: Status): CborValue => [
  1,
  status.writtenAt,
  status.nextBy,
  status.exercise,
  status.states.map(({ component, state, since }) => [component, ALL_STATES.indexOf(state), since]),
  status.incidents.map(incidentOut),
  status.now,
  new Map(status.files),
];

function wordsIn(value: CborValue | undefined): Words {
  const [ko, en] = read.array(value, 'a text in both languages', 2);
  return { ko: read.text(ko, 'Korean text', LONGEST_TEXT), en: read.text(en, 'English text', LONGEST_TEXT) };
}

function eventIn(value: CborValue): IncidentEvent {
  const [what, at, notice] = read.array(value, 'event', 2, 3);
  const event = { what: EVENTS[read.uint(what, 'event', 0, EVENTS.length - 1)]!, at: read.uint(at, 'at') };
  return notice === undefined
    ? event
    : { ...event, notice: read.orNull(notice, (id) => read.text(id, 'notice', 64)) };
}

function measureIn(value: CborValue): Measure {
  const [what, owner, due, done] = read.array(value, 'measure', 4);
  const day = read.text(due, 'due', 10);
  if (!isDate(day)) throw read.wrong('a measure is due on a date');
  return { what: wordsIn(what), owner: wordsIn(owner), due: day, done: read.flag(done, 'done') };
}

function incidentIn(value: CborValue): Incident {
  const [number, component, state, events, cause, measures, repeats, exercise] = read.array(
    value,
    'eight fields of an incident',
    8,
  );
  return {
    number: read.uint(number, 'number', 1),
    component: read.text(component, 'component', 40),
    state: STATES[read.uint(state, 'state', 1, 2)] as Incident['state'],
    events: read.array(events, 'events', 2, MOST_EVENTS).map(eventIn),
    cause: read.orNull(cause, wordsIn),
    measures: read.array(measures, 'measures', 0, 16).map(measureIn),
    repeats: read.orNull(repeats, (one) => read.uint(one, 'repeats', 1)),
    exercise: read.flag(exercise, 'exercise'),
  };
}

function stateIn(value: CborValue): ComponentState {
  const [component, state, since] = read.array(value, 'state of a component', 3);
  return {
    component: read.text(component, 'component', 40),
    state: ALL_STATES[read.uint(state, 'state', 0, ALL_STATES.length - 1)]!,
    since: read.orNull(since, (at) => read.uint(at, 'since')),
  };
}

function readStatus(payload: CborValue): Status {
  const fields = read.array(payload, 'eight fields', 8);
  const [version, writtenAt, nextBy, exercise, states, incidents, now, files] = fields;
  return {
    version: read.version(version),
    writtenAt: read.uint(writtenAt, 'written-at'),
    nextBy: read.uint(nextBy, 'next-by'),
    exercise: read.flag(exercise, 'exercise'),
    states: read.array(states, 'states', 0, MOST_STATES).map(stateIn),
    incidents: read.array(incidents, 'incidents', 0, MOST_INCIDENTS).map(incidentIn),
    now: read.bytes(now, 'digest of what counts now', 32),
    files: new Map(
      [...read.map(files, 'files')].map(([name, digest]) => [
        read.text(name, 'name of a file', 80),
        read.bytes(digest, 'digest of a file', 32),
      ]),
    ),
  };
}

/** Signs a status by a delegate of the root. Throws `incident.structure` for what a reader would refuse. */
export async function signStatus(status: Status, signer: Signer): Promise<Uint8Array> {
  if (status.files.size > MOST_FILES) throw read.wrong(`at most ${MOST_FILES} files`);
  const payload = statusPayload(status);
  readStatus(payload);
  return signDocument('status', payload, signer, signerKid(signer.publicKey));
}

/** Verifies a status under the root in use. Throws `incident.structure`, `trust.signature` or an encoding error. */
export const openStatus = async (bytes: Uint8Array, root: Root, crypto: Crypto): Promise<Status> =>
  readStatus(await openDelegated('status', bytes, root, crypto));
