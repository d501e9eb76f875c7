import { fromBase64 } from '@munjigi/core/encoding';
import { ApiError } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';

/**
 * Whoever is signed in signs with a passkey of their own: a case that a colleague's passkey signs would count against the
 * wrong officer's number for the day. A passkey that this body does not know, or ended, is left to the rules of the case itself.
 * Throws `case.other-account`.
 */
export async function assertOwnPasskey(
  session: Pick<Session, 'query'>,
  accountId: string,
  credentialId: string,
): Promise<void> {
  const { rows } = await session.query(
    'SELECT 1 FROM passkey WHERE credential_id = $1 AND account_id <> $2 AND ended_ms IS NULL',
    [fromBase64(credentialId), accountId],
  );
  if (rows.length > 0) throw new ApiError('case.other-account');
}
