import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountListed, DeskName, MadeInvite, OpenInvite } from '@munjigi/service/accounts';
import { openAccounts, openDeskDatabase } from '@munjigi/service/api';
import type { ServiceConfig } from '@munjigi/service/config';
import { operatorCall, Refused } from '../lib/operator-call.ts';

export interface Listed {
  readonly accounts: readonly Omit<AccountListed, 'endedMs'>[];
  readonly invites: readonly OpenInvite[];
}

export interface Wanted {
  readonly name: string;
  readonly roles: readonly string[];
  readonly venueIds?: readonly number[];
}

/** One way to the accounts of a body, as the operator of the machine. */
export interface Door {
  add(account: Wanted): Promise<MadeInvite>;
  invite(accountId: string): Promise<MadeInvite>;
  list(role: string | undefined): Promise<Listed>;
  end(accountId: string): Promise<void>;
  endPasskey(credentialId: string): Promise<void>;
  close(): Promise<void>;
}

/** Straight to the body's database, while no service has an embedded one open. Throws what the database and the accounts throw. */
export async function folderDoor(config: ServiceConfig, body: DeskName, nowMs: () => number): Promise<Door> {
  if (!config.databases[body] && !existsSync(join(config.data, body)))
    throw new Refused(
      'There is no data of this body here: name the data folder with --data, or a service with --service.',
    );
  const db = await openDeskDatabase(config, body, nowMs());
  const operator = { accountId: null, name: 'operator', roles: ['operator'], venueIds: [] } as const;
  const clock = { nowMs };
  const accounts = openAccounts({ config, databases: new Map([[body, db]]), clock, realMs: nowMs }).get(
    body,
  )!;
  return {
    add: (account) => accounts.invite(account as never, operator),
    invite: (accountId) => accounts.invite({ accountId }, operator),
    list: async (role) => ({
      accounts: (await accounts.list(role ? { role: role as never } : {})).map(
        ({ endedMs, ...told }) => told,
      ),
      invites: await accounts.openInvites(),
    }),
    end: (accountId) => accounts.end(accountId, operator),
    endPasskey: (credentialId) =>
      accounts.endPasskey(new Uint8Array(Buffer.from(credentialId, 'base64url')), operator),
    close: () => db.close(),
  };
}

/** Through a service that runs, with the operator token. */
export async function serviceDoor(
  service: string,
  data: string,
  body: DeskName,
  env: NodeJS.ProcessEnv,
): Promise<Door> {
  const call = await operatorCall(service, data, env);
  const ask = <T>(method: 'GET' | 'POST', path: string, sent?: object) =>
    call<T>(method, `${body}/${path}`, sent);
  return {
    add: (account) => ask('POST', 'session/invite', account),
    invite: (accountId) => ask('POST', 'session/invite', { accountId }),
    list: (role) => ask('GET', role ? `accounts?role=${encodeURIComponent(role)}` : 'accounts'),
    end: async (accountId) => void (await ask('POST', 'accounts/end', { accountId })),
    endPasskey: async (credentialId) => void (await ask('POST', 'accounts/end-passkey', { credentialId })),
    close: async () => {},
  };
}
