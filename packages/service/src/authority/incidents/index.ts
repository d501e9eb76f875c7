import type { Incident } from '@munjigi/core/incident';
import type { Crypto } from '@munjigi/core/signing';
import type { DeskServer } from '../../lib/desk.ts';
import type { Documents } from '../documents.ts';
import { ByPerson, type ByPersonParts, SHOWN } from './by-person.ts';
import type { CanaryKeys } from './canary-keys.ts';
import { Observations } from './observations.ts';
import { mountIncidents } from './routes.ts';
import { listIncidents } from './store.ts';
import { Watch } from './watch.ts';

export { CanaryKeys, readCanaryKeys } from './canary-keys.ts';

export interface IncidentsParts extends Omit<ByPersonParts, 'observations'> {
  readonly documents: Documents;
  readonly canaries: CanaryKeys;
  readonly crypto: Crypto;
}

/** Noticing, telling and keeping incidents at this desk. */
export interface Incidents {
  readonly watch: Watch;
  readonly byPerson: ByPerson;
  /** The newest first. */
  list(): Promise<readonly Incident[]>;
  /** Looks once: takes in what other processes said, decides where nobody else does, and says what is to be said. */
  look(): Promise<void>;
  mount(server: DeskServer): void;
}

export function openIncidents(parts: IncidentsParts): Incidents {
  const { db, canaries, clock, crypto, documents, publisher } = parts;
  const observations = new Observations(db, canaries, clock, crypto);
  const watch = new Watch({ ...parts, observations });
  const byPerson = new ByPerson({ ...parts, observations });
  const look = async (): Promise<void> => {
    await documents.follow();
    await publisher.playAlong();
    await watch.decide();
    if (await publisher.follow()) await watch.noteTold();
  };
  return {
    watch,
    byPerson,
    list: () => listIncidents(db, SHOWN),
    look,
    mount: (server) => mountIncidents(server, { observations, watch, byPerson, changed: look }),
  };
}
