import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { IssuerEntry } from '@munjigi/core/trust';
import { type Clock, nowSeconds } from '../clock/index.ts';
import { type KeyFolder, random } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import type { Desk } from '../lib/desk.ts';
import { csvEvidence } from './csv-evidence.ts';
import { demonstrationProvider } from './demonstration-provider.ts';
import { Enrolments } from './enrolments.ts';
import type { EvidenceSource } from './evidence.ts';
import type { IdentityProvider } from './identity.ts';
import { IssuerKeys } from './keys.ts';
import { HolderMapping } from './mapping.ts';
import { mountIssuer } from './routes.ts';

export { csvEvidence } from './csv-evidence.ts';
export { demonstrationProvider } from './demonstration-provider.ts';
export type { EvidenceSource } from './evidence.ts';
export type { Assertion, Identity, IdentityProvider } from './identity.ts';
export { HolderMapping, type PassHolder } from './mapping.ts';
export { dateInWords, paperPage } from './paper-page.ts';
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
}

export interface IssuerDesk extends Desk {
  readonly name: 'issuer';
  /** What the authority puts into its bundle: public keys, with a canary pass each. */
  publicKeys(): Promise<readonly IssuerEntry[]>;
}

/** Opens the issuer desk: its keys are made where there are none. */
export async function openIssuerDesk(options: IssuerOptions): Promise<IssuerDesk> {
  const { db, keys, clock, crypto, policy } = options;
  const issuerKeys = new IssuerKeys(db, keys, policy, options.name);
  const parts = {
    db,
    policy,
    crypto,
    providers: new Map(options.providers.map((provider) => [provider.name, provider])),
    evidence: options.evidence,
    enrolments: new Enrolments(db, await keys.secret('enrolment', () => random(32))),
    keys: issuerKeys,
    mapping: new HolderMapping(await keys.folder('days')),
  };
  return {
    name: 'issuer',
    mount: (server) => mountIssuer(server, parts, clock, options.exercise),
    async publicKeys() {
      const at = nowSeconds(clock);
      await issuerKeys.signingKey('specimen', at);
      await issuerKeys.signingKey('pass', at);
      await issuerKeys.prepareNext(at);
      return issuerKeys.publicEntries(at);
    },
    close: async () => {},
  };
}

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
    evidence: existsSync(evidence) ? csvEvidence(evidence, policy) : { evidenceOf: async () => [] },
  };
}
