import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountListed, DeskName, MadeInvite, OpenInvite } from '@munjigi/service/accounts';
import { openAccounts, openDeskDatabase } from '@munjigi/service/api';
import type { ServiceConfig } from '@munjigi/service/config';

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

/** The service said no, or is not there. The message is a sentence for the operator. */
export class Refused extends Error {
  override readonly name = 'Refused';
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

/** The operator token: from the environment, else from the data folder of this machine. */
async function tokenOf(data: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (env.MUNJIGI_OPERATOR_TOKEN) return env.MUNJIGI_OPERATOR_TOKEN;
  const file = join(data, 'keys', 'operator-token.key');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new Refused(
      'There is no operator token: name the data folder of the service with --data, or set MUNJIGI_OPERATOR_TOKEN.',
    );
  }
}

/** Through a service that runs, with the operator token. */
export async function serviceDoor(
  service: string,
  data: string,
  body: DeskName,
  env: NodeJS.ProcessEnv,
): Promise<Door> {
  const authorization = `Bearer ${await tokenOf(data, env)}`;
  const ask = async <T>(method: 'GET' | 'POST', path: string, sent?: object): Promise<T> => {
    const answer = await fetch(new URL(`/api/${body}/${path}`, service), {
      method,
      headers: { authorization, ...(sent ? { 'content-type': 'application/json' } : {}) },
      ...(sent ? { body: JSON.stringify(sent) } : {}),
    }).catch(() => {
      throw new Refused('Nobody answers at the address of the service. Name it with --service.');
    });
    const said = (await answer.json().catch(() => ({}))) as { message?: string };
    if (!answer.ok) throw new Refused(said.message ?? `The service answered ${answer.status}.`);
    return said as T;
  };
  return {
    add: (account) => ask('POST', 'session/invite', account),
    invite: (accountId) => ask('POST', 'session/invite', { accountId }),
    list: (role) => ask('GET', role ? `accounts?role=${encodeURIComponent(role)}` : 'accounts'),
    end: async (accountId) => void (await ask('POST', 'accounts/end', { accountId })),
    endPasskey: async (credentialId) => void (await ask('POST', 'accounts/end-passkey', { credentialId })),
    close: async () => {},
  };
}
