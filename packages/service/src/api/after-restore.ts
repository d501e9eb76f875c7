import type { AuthorityDesk } from '../authority/index.ts';
import type { Accounts } from '../lib/accounts/index.ts';
import type { DeskName } from '../lib/desk.ts';
import type { RegisterDesk } from '../register/index.ts';

/** What stayed ended, though a database said otherwise. */
export interface EndedAgain {
  readonly officerKeys: number;
  readonly gates: number;
}

/**
 * Ends again what the public log says has ended. A database that was put back from a backup does not know that an officer has
 * left or that a stolen gate was revoked since; the log does, and each body wrote it there itself. Done at every start: it
 * finds nothing where no database was put back. Only where the log is kept in this process.
 */
export async function endAgain({
  authority,
  register,
  accounts,
}: {
  readonly authority: AuthorityDesk | null;
  readonly register: RegisterDesk | null;
  readonly accounts: ReadonlyMap<DeskName, Accounts>;
}): Promise<EndedAgain> {
  if (!authority) return { officerKeys: 0, gates: 0 };
  const said = (kind: 'officer-ended' | 'gate-revoked', body: DeskName, field: 'credential' | 'revocation') =>
    authority.log.store.hashesOf(kind, body, field);
  let officerKeys = 0;
  for (const [body, one] of accounts)
    officerKeys += await one.endAgain(await said('officer-ended', body, 'credential'));
  const gates = register
    ? await register.venues.revokeAgain(await said('gate-revoked', 'register', 'revocation'))
    : 0;
  return { officerKeys, gates };
}
