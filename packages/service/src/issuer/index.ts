import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { IssuerEntry } from '@munjigi/core/trust';
import { type Clock, nowSeconds } from '../clock/index.ts';
import { type KeyFolder, random } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import { everyMinute } from '../lib/case/index.ts';
import type { Desk } from '../lib/desk.ts';
import { type IssuerCaseOptions, IssuerCases, mountIssuerCases } from './cases/index.ts';
import { csvEvidence } from './csv-evidence.ts';
import { demonstrationProvider } from './demonstration-provider.ts';
import { Enrolments } from './enrolments.ts';
import { type EvidenceSource, evidenceFor, joinedEvidence } from './evidence.ts';
import { EvidenceStore } from './evidence-import/index.ts';
import type { IdentityProvider } from './identity.ts';
import type { IssuingParts } from './issue.ts';
import { IssuerKeys } from './keys.ts';
import { HolderMapping } from './mapping.ts';
import { type OidcSettings, oidcProvider } from './oidc/index.ts';
import { IssueQueue, type QueueLimits } from './queue/index.ts';
import { mountIssuer } from './routes.ts';
import { specimenProvider } from './specimen.ts';

export { csvEvidence } from './csv-evidence.ts';
export { demonstrationProvider } from './demonstration-provider.ts';
export type { EvidenceSource } from './evidence.ts';
export {
  EvidenceStore,
  formatOf,
  type ImportReport,
  importEvidence,
  type ReportLine,
  readMapping,
} from './evidence-import/index.ts';
export type { Assertion, Identity, IdentityProvider } from './identity.ts';
export { type IssuingParts, issueBatch } from './issue.ts';
export { IssuerKeys } from './keys.ts';
export { HolderMapping, type PassHolder } from './mapping.ts';
export { type OidcSettings, readOidcSettings } from './oidc/index.ts';
export { dateInWords, paperPage } from './paper-page.ts';
export { type QueueLimits, STANDARD_LIMITS } from './queue/index.ts';
export { endIssuerDays, type IssuerEnded, prepareIssuerDays } from './retention.ts';

export interface IssuerOptions {
  /** Migrated, this desk's own. */
  readonly db: Database;
  readonly keys: KeyFolder;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly policy: Policy;
  /** Name under which passes of this issuer are known. */
  readonly name: string;
  readonly exercise: boolean;
  readonly providers: readonly IdentityProvider[];
  readonly evidence: EvidenceSource;
  /** The issuer's part in lawful traces; without it there are none here. */
  readonly cases?: IssuerCaseOptions;
  /** Files of the pack may say nothing of who signs in where: providers by OpenID Connect, as the operator configured them. */
  readonly oidc?: readonly OidcSettings[];
  /** Told of the public keys after one was withdrawn: the authority has to learn it, wherever it is. */
  readonly onKeysChanged?: (entries: readonly IssuerEntry[]) => Promise<void>;
  /** How much of each kind of work is done at a time. */
  readonly limits?: QueueLimits;
}

export interface IssuerDesk extends Desk {
  readonly name: 'issuer';
  readonly cases: IssuerCases | null;
  /** What the authority puts into its bundle: public keys, with a canary pass each. */
  publicKeys(): Promise<readonly IssuerEntry[]>;
}

/** What issuing works with, opened: keys are made where there are none. */
export async function openIssuingParts(options: IssuerOptions): Promise<IssuingParts> {
  const { db, keys, clock, crypto, policy } = options;
  const people = await keys.secret('people', () => random(32));
  const enrolments = new Enrolments(db, await keys.secret('enrolment', () => random(32)));
  const providers = [
    specimenProvider(enrolments),
    ...options.providers,
    ...(options.oidc ?? []).map((settings) => oidcProvider(settings, { db, key: people, clock })),
  ];
  return {
    db,
    policy,
    crypto,
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    evidence: joinedEvidence(options.evidence, await openEvidenceStore(db, keys)),
    queue: new IssueQueue(db, clock, options.limits),
    onKeysChanged: options.onKeysChanged ?? (async () => {}),
    enrolments,
    keys: new IssuerKeys(db, keys, policy, options.name),
    mapping: new HolderMapping(await keys.folder('days')),
  };
}

/** Opens the issuer desk. */
export async function openIssuerDesk(options: IssuerOptions): Promise<IssuerDesk> {
  const { clock } = options;
  const parts = await openIssuingParts(options);
  const findPerson = async (person: string) => {
    for (const provider of parts.providers.values()) {
      const found = await provider.find(person);
      if (found) return found;
    }
    return null;
  };
  const cases = options.cases ? new IssuerCases(options.cases, options.db, parts.mapping, findPerson) : null;
  const stopTending = everyMinute(cases);
  return {
    name: 'issuer',
    cases,
    mount(server) {
      mountIssuer(server, parts, clock, options.exercise);
      if (cases) mountIssuerCases(server, cases);
    },
    publicKeys: () => parts.keys.serving(nowSeconds(clock)),
    close: async () => stopTending(),
  };
}

/** The evidence that was imported, in this desk's database under a key of its key store. */
export const openEvidenceStore = async (db: Database, keys: KeyFolder): Promise<EvidenceStore> =>
  new EvidenceStore(db, await keys.secret('evidence', () => random(32)));

/**
 * The people and the evidence of a pack's demonstration folder (`people.csv`, `evidence.csv`). A pack without one has no
 * demonstration provider and no evidence.
 */
export function demonstrationOf(
  packFolder: string,
  policy: Policy,
): Pick<IssuerOptions, 'providers' | 'evidence'> {
  const people = join(packFolder, 'demonstration', 'people.csv');
  const evidence = join(packFolder, 'demonstration', 'evidence.csv');
  return {
    providers: existsSync(people) ? [demonstrationProvider(people)] : [],
    evidence: existsSync(evidence)
      ? evidenceFor('demonstration', csvEvidence(evidence, policy))
      : { evidenceOf: async () => [] },
  };
}
