import {
  begin,
  CANARIES,
  type ComponentState,
  componentStates,
  firstAt,
  type Incident,
  lastAt,
  type Provisional,
  provisionalFor,
  THRESHOLDS,
  worksAgain,
} from '@munjigi/core/incident';
import { notice, type Policy } from '@munjigi/core/rules';
import { nowSeconds, type StoryClockPort } from '../../clock/index.ts';
import type { Database, Session } from '../../db/index.ts';
import { decideIfAlone, type Notices, type Standing } from '../notices.ts';
import { type Observations, paceOf } from './observations.ts';
import { addEvent, addIncident, listIncidents, nextNumber, openIncidents, worsen } from './store.ts';

/** An incident of the same component within so many days is a repetition. */
export const REPEAT_DAYS = 90;
/** For so many seconds it is news that something works again, where nobody said so but the table. */
const NEWS_SECONDS = 3600;
/** Incidents that a repetition is looked for among. */
const LOOKED_BACK = 100;

export interface WatchParts {
  readonly db: Database;
  readonly notices: Notices;
  readonly observations: Observations;
  readonly policy: Policy;
  readonly exercise: boolean;
  readonly clock: StoryClockPort;
}

/**
 * Looks at what canaries saw, writes down incidents, and says by itself what the pack has pre-approved. One process at a time
 * decides, whoever comes first; nothing that a person has said is ever overridden.
 */
export class Watch {
  constructor(private readonly parts: WatchParts) {}

  /** How every component stands now. */
  states(session: Session = this.parts.db): Promise<readonly ComponentState[]> {
    return this.statesAt(session, nowSeconds(this.parts.clock));
  }

  /** Decides once, where nobody else does at this moment. What is to be said is in the table of notices afterwards. */
  async decide(): Promise<void> {
    const { db, clock, observations } = this.parts;
    await db.tx(async (session) => {
      if (!(await decideIfAlone(session))) return;
      const at = nowSeconds(clock);
      const states = await this.statesAt(session, at);
      for (const state of states) if (state.component !== CANARIES) await this.note(session, state, at);
      await this.speak(session, states, at);
      await observations.forget(session, at);
    });
  }

  /** Writes down that the newest notice is published by now, where it is said for an incident. */
  async noteTold(): Promise<void> {
    const { db, notices, clock } = this.parts;
    await db.tx(async (session) => {
      if (!(await decideIfAlone(session))) return;
      const standing = await notices.newest(session);
      const incident = (await openIncidents(session)).find(({ number }) => number === standing?.incident);
      if (!standing || !incident) return;
      const isNoted = incident.events.some(
        ({ what, at, notice: said }) =>
          (what === 'told' || what === 'confirmed') && said === standing.notice && at >= standing.validFrom,
      );
      if (isNoted) return;
      await addEvent(session, incident.number, {
        what: 'told',
        at: nowSeconds(clock),
        notice: standing.notice,
      });
    });
  }

  private async statesAt(session: Session, at: number): Promise<readonly ComponentState[]> {
    const { observations, clock } = this.parts;
    const thresholds = { ...THRESHOLDS, silentSeconds: THRESHOLDS.silentSeconds * paceOf(clock) };
    return componentStates(await observations.recent(session, at), at, thresholds, observations.names());
  }

  /** What a state means for the incident of its component: a beginning, worse, works again, broke again. */
  private async note(session: Session, { component, state, since }: ComponentState, at: number) {
    const open = (await openIncidents(session)).find((one) => one.component === component);
    if (state === 'unknown' || since === null) return;
    if (state !== 'works') {
      if (!open) return this.begins(session, { component, state, since }, at);
      if (open.state === 'slow' && state === 'down') await worsen(session, open.number);
      if (worksAgain(open)) await addEvent(session, open.number, { what: 'broke', at: since });
    } else if (open && !worksAgain(open) && since > startOf(open)) {
      // A component that worked all along while somebody reported it is not said to work again.
      await addEvent(session, open.number, { what: 'works', at: since });
    }
  }

  private async begins(
    session: Session,
    seen: { component: string; state: Incident['state']; since: number },
    at: number,
  ): Promise<void> {
    const { exercise } = this.parts;
    const earlier = [...(await listIncidents(session, LOOKED_BACK))].reverse();
    const number = await nextNumber(session);
    await addIncident(session, begin(number, seen, { by: 'noticed', at, exercise }, earlier, REPEAT_DAYS));
  }

  private async speak(session: Session, seen: readonly ComponentState[], at: number): Promise<void> {
    const { policy, notices } = this.parts;
    const standing = await notices.newest(session);
    const lasting = (await openIncidents(session)).filter((one) => !worksAgain(one));
    const stands = lasting.map((one) => standsAs(one, seen, standing));
    const wanted = provisionalFor(stands, policy, at);
    const incident = lasting.find(({ component }) => component === wanted?.component) ?? null;
    if (!maySpeak(policy, standing, incident)) return;
    const isOver =
      standing?.saidBy === 'table' && lasting.every(({ number }) => number !== standing.incident);
    if (wanted && isOver && !mayFollow(policy, standing.notice, wanted)) return;
    const next = wanted
      ? { ...wanted, incident: incident?.number ?? null }
      : this.endOf(standing, await listIncidents(session, LOOKED_BACK), at);
    if (!next || next.notice === standing?.notice) return;
    await notices.addWhileAlone(session, {
      notice: next.notice,
      status: 'provisional',
      obligation: next.obligation,
      parameters: next.parameters,
      validFrom: at,
      saidBy: 'table',
      incident: next.incident,
    });
  }

  /** What follows by itself on a notice that the table said, once nothing is broken any more; null where that is a person's. */
  private endOf(standing: Standing | null, incidents: readonly Incident[], at: number) {
    if (standing?.saidBy !== 'table' || standing.notice === null) return null;
    const row = notice(this.parts.policy, standing.notice);
    const isNews = row?.state === 'works' && at - standing.validFrom < NEWS_SECONDS;
    if (isNews || (row?.state !== 'works' && row?.preApproved?.ends !== 'itself')) return null;
    const incident = incidents.find(({ number }) => number === standing.incident);
    return {
      notice: row.preApproved?.back ?? null,
      obligation: null,
      parameters: incident ? spanOf(incident) : {},
      incident: standing.incident,
    };
  }
}

const startOf = (incident: Incident): number => firstAt(incident, 'began') ?? 0;

/**
 * How the component of a lasting incident stands. What was down and is merely slow by now is told as slow, except by the sentence
 * that stands for it: that one would else come and go with every look.
 */
function standsAs(
  incident: Incident,
  seen: readonly ComponentState[],
  standing: Standing | null,
): ComponentState {
  const { component, number } = incident;
  const isSlow = seen.some((one) => one.component === component && one.state === 'slow');
  const isSaid = standing?.saidBy === 'table' && standing.incident === number;
  const state = isSlow && !isSaid ? 'slow' : incident.state;
  return { component, state, since: startOf(incident) };
}

/** What the texts of a notice are filled in with. */
export const spanOf = (incident: Incident): Readonly<Record<string, number>> => {
  const until = worksAgain(incident) ? lastAt(incident, 'works') : null;
  return { since: startOf(incident), ...(until === null ? {} : { until }) };
};

/**
 * True where another sentence may take the place of one whose component works again. One whose end is a person's to say gives
 * way only to one that tells itself of something down: a sentence of delays ends by itself, and would take that end along.
 */
function mayFollow(policy: Policy, said: string | null, wanted: Provisional): boolean {
  const isEndedByPerson = said !== null && notice(policy, said)?.preApproved?.ends === 'person';
  return !isEndedByPerson || (wanted.state === 'down' && notice(policy, wanted.notice)?.state === 'down');
}

/** True where the notice tells of something that does not work. */
export const tellsOfTrouble = (policy: Policy, id: string | null): boolean => {
  const row = id === null ? null : notice(policy, id);
  return row !== null && row.state !== 'works';
};

/**
 * The table speaks where nobody did, and after itself. After a person it speaks only of what came later, and never while that
 * person's notice tells of trouble.
 */
function maySpeak(policy: Policy, standing: Standing | null, incident: Incident | null): boolean {
  if (standing === null || standing.saidBy === 'table') return true;
  if (tellsOfTrouble(policy, standing.notice)) return false;
  if (standing.saidBy === null) return true;
  const noticed = incident && (firstAt(incident, 'noticed') ?? firstAt(incident, 'reported'));
  return noticed !== null && noticed > standing.validFrom;
}
