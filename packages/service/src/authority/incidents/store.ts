import type { Incident, IncidentEvent, Measure, Words } from '@munjigi/core/incident';
import type { Session } from '../../db/index.ts';

interface IncidentRow {
  readonly incident_no: number;
  readonly component: string;
  readonly state: Incident['state'];
  readonly repeats: number | null;
  readonly exercise: boolean;
  readonly cause: Words | null;
  readonly measures: readonly Measure[];
}

interface EventRow {
  readonly incident_no: number;
  readonly what: IncidentEvent['what'];
  readonly at: number;
  readonly notice: string | null;
}

const COLUMNS = 'incident_no, component, state, repeats, exercise, cause, measures';
const NAMES_A_NOTICE = ['told', 'confirmed'];

const eventOf = ({ what, at, notice }: EventRow): IncidentEvent =>
  NAMES_A_NOTICE.includes(what) ? { what, at, notice } : { what, at };

/** Puts the timelines of some incidents beside them. */
async function withEvents(session: Session, rows: readonly IncidentRow[]): Promise<readonly Incident[]> {
  if (rows.length === 0) return [];
  const { rows: events } = await session.query<EventRow>(
    `SELECT incident_no, what, at, notice FROM incident_event
     WHERE incident_no = ANY($1::bigint[]) ORDER BY incident_no, event_no`,
    [rows.map(({ incident_no: number }) => number)],
  );
  return rows.map(({ incident_no: number, ...row }) => ({
    number,
    ...row,
    events: events.filter((event) => event.incident_no === number).map(eventOf),
  }));
}

/** Incidents that are not closed, the oldest first. */
export async function openIncidents(session: Session): Promise<readonly Incident[]> {
  const { rows } = await session.query<IncidentRow>(
    `SELECT ${COLUMNS} FROM incident WHERE NOT closed ORDER BY incident_no`,
  );
  return withEvents(session, rows);
}

/** Incidents, the newest first, those that are open among them. */
export async function listIncidents(session: Session, most: number): Promise<readonly Incident[]> {
  const { rows } = await session.query<IncidentRow>(
    `SELECT ${COLUMNS} FROM incident ORDER BY incident_no DESC LIMIT $1`,
    [most],
  );
  return withEvents(session, rows);
}

export async function findIncident(session: Session, number: number): Promise<Incident | null> {
  const { rows } = await session.query<IncidentRow>(
    `SELECT ${COLUMNS} FROM incident WHERE incident_no = $1`,
    [number],
  );
  return (await withEvents(session, rows))[0] ?? null;
}

/** The number of the next incident. Asked for, and used, under the lock of whoever decides. */
export async function nextNumber(session: Session): Promise<number> {
  const { rows } = await session.query<{ next: number }>(
    'SELECT coalesce(max(incident_no), 0) + 1 AS next FROM incident',
  );
  return rows[0]!.next;
}

/** Writes down one more event. */
export async function addEvent(
  session: Session,
  number: number,
  { what, at, notice }: IncidentEvent,
  accountId: string | null = null,
): Promise<void> {
  await session.query(
    `INSERT INTO incident_event (incident_no, event_no, what, at, notice, account_id)
     SELECT $1, coalesce(max(event_no), 0) + 1, $2, $3, $4, $5 FROM incident_event WHERE incident_no = $1`,
    [number, what, at, notice ?? null, accountId],
  );
}

/** Writes down an incident that begins. */
export async function addIncident(
  session: Session,
  incident: Incident,
  accountId: string | null = null,
): Promise<void> {
  const { number, component, state, repeats, exercise } = incident;
  await session.query(
    'INSERT INTO incident (incident_no, component, state, repeats, exercise) VALUES ($1, $2, $3, $4, $5)',
    [number, component, state, repeats, exercise],
  );
  for (const event of incident.events) await addEvent(session, number, event, accountId);
}

/** What was slow is down. */
export async function worsen(session: Session, number: number): Promise<void> {
  await session.query("UPDATE incident SET state = 'down' WHERE incident_no = $1", [number]);
}

/** Writes down what `close` of the core made of an incident: cause, measures, its last event. */
export async function closeIncident(
  session: Session,
  { number, cause, measures, events }: Incident,
  accountId: string | null,
): Promise<void> {
  await session.query(
    'UPDATE incident SET closed = true, cause = $2::jsonb, measures = $3::jsonb WHERE incident_no = $1',
    [number, JSON.stringify(cause), JSON.stringify(measures)],
  );
  await addEvent(session, number, events.at(-1)!, accountId);
}

/** Writes down what has become of the measures; the rest of a closed incident stays as it is. */
export async function keepMeasures(
  session: Session,
  number: number,
  measures: readonly Measure[],
): Promise<void> {
  await session.query('UPDATE incident SET measures = $2::jsonb WHERE incident_no = $1', [
    number,
    JSON.stringify(measures),
  ]);
}
