import type { Logger } from 'pino';
import type { Clock } from '../clock/index.ts';
import type { ServiceConfig } from '../config/index.ts';
import type { Database } from '../db/index.ts';
import { Accounts, type OfficerKey } from '../lib/accounts/index.ts';
import type { DeskName } from '../lib/desk.ts';

const DAY_SECONDS = 86_400;

export interface AccountsParts {
  readonly config: ServiceConfig;
  readonly databases: ReadonlyMap<DeskName, Database>;
  readonly clock: Clock;
  /** The machine's own time, milliseconds. */
  readonly realMs: () => number;
  readonly log?: Logger;
  /** Told of every officer's key that begins or ends, by each body; see `AccountsOptions.onOfficer`. */
  readonly onOfficer?: (key: OfficerKey) => void | Promise<void>;
}

/** The accounts of each desk that is open here, each on its own database. */
export function openAccounts({
  config,
  databases,
  clock,
  realMs,
  log,
  onOfficer,
}: AccountsParts): ReadonlyMap<DeskName, Accounts> {
  return new Map(
    [...databases].map(([body, db]) => [
      body,
      new Accounts({
        db,
        body,
        origins: config.origins[body],
        clock,
        realMs,
        // A story is played again from an earlier moment; its officers were there already.
        leadSeconds: config.exercise ? DAY_SECONDS : 0,
        onTrouble: (error) => log?.error({ desk: body, error }, 'an officer could not be told of'),
        ...(onOfficer ? { onOfficer } : {}),
      }),
    ]),
  );
}
