import { ApiError } from '../../contracts/index.ts';
import { random } from '../../crypto/index.ts';
import type { Session } from '../../db/index.ts';
import { CHALLENGE_MS } from './types.ts';

/** What a challenge was made for. */
export interface Purpose {
  readonly purpose: 'enrol' | 'sign-in';
  readonly accountId: string | null;
  readonly inviteId: string | null;
}

/** A fresh challenge, kept for five minutes so that any node can take the answer. */
export async function makeChallenge(session: Session, made: Purpose, nowMs: number): Promise<Uint8Array> {
  const challenge = random(32);
  await session.query('DELETE FROM challenge WHERE ends_ms <= $1', [nowMs]);
  await session.query(
    'INSERT INTO challenge (challenge, purpose, account_id, invite_id, ends_ms) VALUES ($1, $2, $3, $4, $5)',
    [challenge, made.purpose, made.accountId, made.inviteId, nowMs + CHALLENGE_MS],
  );
  return challenge;
}

/** Takes a challenge out: it counts once, whatever becomes of the answer. Throws `accounts.challenge`. */
export async function takeChallenge(
  session: Session,
  purpose: Purpose['purpose'],
  challenge: Uint8Array,
  nowMs: number,
): Promise<Purpose> {
  const { rows } = await session.query<Purpose & { endsMs: number }>(
    `DELETE FROM challenge WHERE challenge = $1 AND purpose = $2
     RETURNING purpose, account_id AS "accountId", invite_id AS "inviteId", ends_ms AS "endsMs"`,
    [challenge, purpose],
  );
  const [made] = rows;
  if (!made || made.endsMs <= nowMs) throw new ApiError('accounts.challenge');
  return made;
}
