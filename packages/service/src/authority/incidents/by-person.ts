import {
  begin,
  close,
  type Incident,
  type Measure,
  phaseOf,
  type Words,
  worksAgain,
} from '@munjigi/core/incident';
import { notice } from '@munjigi/core/rules';
import { nowSeconds } from '../../clock/index.ts';
import { ApiError } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';
import { decideAlone, type Standing } from '../notices.ts';
import type { Publisher, Saying } from '../publisher.ts';
import {
  addEvent,
  addIncident,
  closeIncident,
  findIncident,
  keepMeasures,
  listIncidents,
  nextNumber,
  openIncidents,
} from './store.ts';
import { REPEAT_DAYS, spanOf, tellsOfTrouble, type WatchParts } from './watch.ts';

/** As many incidents as a page shows, and the status page publishes. */
export const SHOWN = 100;

export interface ByPersonParts extends WatchParts {
  readonly publisher: Publisher;
}

/** An incident as its keepers see it. */
export interface Kept {
  readonly incident: Incident;
  /** The notice that should follow now that the component works again; undefined where nothing is proposed. */
  readonly proposed?: string | null;
}

const filled = ({ ko, en }: Words): boolean => ko.trim() !== '' || en.trim() !== '';

/** What officers and operators do about incidents. Every step is written down with its time, and with the account that took it. */
export class ByPerson {
  constructor(private readonly parts: ByPersonParts) {}

  async list(): Promise<{ readonly incidents: readonly Kept[]; readonly standing: Standing }> {
    const { db, notices, clock } = this.parts;
    const standing = await notices.current(nowSeconds(clock));
    const incidents = await listIncidents(db, SHOWN);
    return { incidents: incidents.map((incident) => this.withProposal(incident, standing)), standing };
  }

  /**
   * Somebody says that a component does not work: an incident begins, or the one that lasts has been reported too.
   * @returns its number
   */
  report(
    component: string,
    state: Incident['state'],
    since: number | null,
    accountId: string | null,
  ): Promise<number> {
    const { db, clock, exercise } = this.parts;
    return db.tx(async (session) => {
      await decideAlone(session);
      const at = nowSeconds(clock);
      const open = (await openIncidents(session)).find((one) => one.component === component);
      if (open) {
        await addEvent(session, open.number, { what: 'reported', at }, accountId);
        return open.number;
      }
      const earlier = [...(await listIncidents(session, SHOWN))].reverse();
      const seen = { component, state, since: Math.min(since ?? at, at) };
      const how = { by: 'reported', at, exercise } as const;
      const incident = begin(await nextNumber(session), seen, how, earlier, REPEAT_DAYS);
      await addIncident(session, incident, accountId);
      return incident.number;
    });
  }

  /** A person stands for what counts: the notice that was said, another one, or null for the usual state. */
  async confirm(
    number: number,
    saying: Pick<Saying, 'notice' | 'obligation'> & { readonly parameters?: Saying['parameters'] },
    accountId: string | null,
  ): Promise<void> {
    const { db, publisher } = this.parts;
    const incident = await this.openOne(db, number);
    const parameters = saying.parameters ?? (saying.notice === null ? {} : spanOf(incident));
    await publisher.announce({ ...saying, parameters, status: 'confirmed' }, number);
    await this.noteConfirmed(number, saying, accountId);
  }

  /**
   * A person says what counts, of themselves. What follows on the notice of an open incident belongs to that incident.
   * @returns the number of the small document that tells of it
   */
  async say(saying: Saying, accountId: string | null): Promise<number> {
    const { db, policy, publisher, notices } = this.parts;
    const before = await notices.newest(db);
    const back = before?.notice == null ? null : notice(policy, before.notice)?.preApproved?.back;
    const follows = [before?.notice, back, null].includes(saying.notice);
    const incident = follows && (await openIncidents(db)).find(({ number }) => number === before?.incident);
    const { sequence } = await publisher.announce(saying, incident ? incident.number : null);
    if (incident && saying.status === 'confirmed')
      await this.noteConfirmed(incident.number, saying, accountId);
    return sequence;
  }

  private noteConfirmed(
    number: number,
    { notice: said }: Pick<Saying, 'notice'>,
    accountId: string | null,
  ): Promise<void> {
    return this.alone(async (session) => {
      await this.openOne(session, number);
      const at = nowSeconds(this.parts.clock);
      await addEvent(session, number, { what: 'confirmed', at, notice: said }, accountId);
    });
  }

  /** A person says that the component works again, where no canary looks at it or none is right. */
  works(number: number, accountId: string | null): Promise<void> {
    return this.alone(async (session) => {
      const incident = await this.openOne(session, number);
      const at = nowSeconds(this.parts.clock);
      if (!worksAgain(incident)) await addEvent(session, number, { what: 'works', at }, accountId);
    });
  }

  /**
   * Closes an incident. Throws `authority.incident-lasts` while it does not work again, `authority.incident-speaks` while its
   * notice counts, `authority.incident-terms` without a cause or with a measure that nobody owns.
   */
  close(
    number: number,
    terms: { readonly cause: Words; readonly measures: readonly Measure[] },
    accountId: string | null,
  ): Promise<void> {
    return this.alone(async (session) => {
      const { notices, policy, clock } = this.parts;
      const incident = await this.openOne(session, number);
      if (!worksAgain(incident)) throw new ApiError('authority.incident-lasts');
      const standing = await notices.newest(session);
      if (standing?.incident === number && tellsOfTrouble(policy, standing.notice))
        throw new ApiError('authority.incident-speaks');
      if (!filled(terms.cause) || !terms.measures.every(({ what, owner }) => filled(what) && filled(owner)))
        throw new ApiError('authority.incident-terms');
      await closeIncident(session, close(incident, terms, nowSeconds(clock)), accountId);
    });
  }

  /** Says which measures of a closed incident are done, by their place in the list. */
  measured(number: number, done: readonly boolean[]): Promise<void> {
    return this.alone(async (session) => {
      const incident = await findIncident(session, number);
      if (!incident) throw new ApiError('authority.incident-unknown');
      if (incident.measures.length !== done.length) throw new ApiError('authority.incident-terms');
      const measures = incident.measures.map((measure, i) => ({ ...measure, done: done[i]! }));
      await keepMeasures(session, number, measures);
    });
  }

  private alone(work: (session: Session) => Promise<void>): Promise<void> {
    return this.parts.db.tx(async (session) => {
      await decideAlone(session);
      await work(session);
    });
  }

  private async openOne(session: Session, number: number): Promise<Incident> {
    const incident = await findIncident(session, number);
    if (!incident) throw new ApiError('authority.incident-unknown');
    if (phaseOf(incident) === 'closed') throw new ApiError('authority.incident-closed');
    return incident;
  }

  private withProposal(incident: Incident, standing: Standing): Kept {
    const { policy } = this.parts;
    const isOver = worksAgain(incident) && phaseOf(incident) !== 'closed';
    if (!isOver || standing.incident !== incident.number || !tellsOfTrouble(policy, standing.notice))
      return { incident };
    return { incident, proposed: notice(policy, standing.notice!)?.preApproved?.back ?? null };
  }
}
