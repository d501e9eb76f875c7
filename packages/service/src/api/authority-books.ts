import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Documents, RootKeeper } from '../authority/index.ts';
import { openSecrets, type ServiceConfig } from '../config/index.ts';
import { nodeCrypto } from '../crypto/index.ts';
import { openDeskDatabase } from './databases.ts';

/** What an operator's command works with at the authority desk, without its routes. */
export interface AuthorityBooks {
  readonly root: RootKeeper;
  close(): Promise<void>;
}

/**
 * Opens the authority desk's books for a command; no share of a root is ever made by it. An embedded database is open to one
 * process at a time. Throws `DatabaseRefused`.
 */
export async function openAuthorityBooks(config: ServiceConfig): Promise<AuthorityBooks> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const secrets = await openSecrets(config.data);
  const keys = await secrets.keysOf('authority');
  const db = await openDeskDatabase(config, 'authority', Date.now());
  const documents = await Documents.open(db, join(config.data, 'mirror'));
  return { root: new RootKeeper(documents, keys, nodeCrypto(), true), close: () => db.close() };
}
