import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compilePolicy, type Policy } from '@munjigi/core/rules';
import { serviceClock } from '../clock/index.ts';
import { openSecrets, type ServiceConfig } from '../config/index.ts';
import { readPackFolder } from '../config/pack-folder.ts';
import type { Database } from '../db/index.ts';
import { type EvidenceStore, IssuerKeys, openEvidenceStore } from '../issuer/index.ts';
import { openDeskDatabase } from './databases.ts';
import { HandoverFolder } from './handover.ts';

/** What an operator's command works with at the issuer desk, without its routes. */
export interface IssuerBooks {
  readonly policy: Policy;
  readonly evidence: EvidenceStore;
  readonly keys: IssuerKeys;
  readonly at: number;
  /** Writes the public keys into the file that is carried to the authority. */
  handOver(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the issuer desk's books for a command. An embedded database is open to one process at a time: the service has to be
 * stopped, or asked by its address instead. Throws `DatabaseRefused`.
 */
export async function openIssuerBooks(config: ServiceConfig): Promise<IssuerBooks> {
  const policy = compilePolicy(readPackFolder(config.policy));
  const nowMs = serviceClock().nowMs();
  const at = config.storyMs === null ? Math.floor(nowMs / 1000) : Math.floor(config.storyMs / 1000);
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const secrets = await openSecrets(config.data);
  const keyStore = await secrets.keysOf('issuer');
  const db: Database = await openDeskDatabase(config, 'issuer', nowMs);
  const keys = new IssuerKeys(db, keyStore, policy, policy.id);
  return {
    policy,
    evidence: await openEvidenceStore(db, keyStore),
    keys,
    at,
    handOver: async () =>
      new HandoverFolder(join(config.data, 'public')).write('issuer', await keys.serving(at)),
    close: () => db.close(),
  };
}
