import { randomBytes } from 'node:crypto';
import { parseBusinessNumber } from '@munjigi/core/rules';
import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';
import type { Who } from '../../lib/who.ts';
import type { PolicyTerms, VenueFields } from '../types.ts';
import { isOperator, type People } from './people.ts';

export interface RegistrationFields extends VenueFields {
  /** As the owner typed it; null where the venue has none. */
  readonly businessNumber: string | null;
}

export interface Registration {
  readonly registrationId: number;
  /** What the body calls the owner; null where their account has ended. */
  readonly owner: string | null;
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly businessNumber: string | null;
  readonly state: 'waiting' | 'approved';
  readonly madeMs: number;
  readonly venueId: number | null;
}

interface Parts {
  readonly db: Database;
  readonly terms: PolicyTerms;
  readonly people: People;
}

const COLUMNS = `registration_id AS "registrationId",
  (SELECT a.name FROM account a WHERE a.account_id = registration.account_id AND a.ended_ms IS NULL) AS owner,
  name, kind, region, business_number AS "businessNumber",
  CASE WHEN approved_at IS NULL THEN 'waiting' ELSE 'approved' END AS state,
  (extract(epoch FROM made_at) * 1000)::int8 AS "madeMs", became AS "venueId"`;

/**
 * Registers a venue for an owner. A business number that the policy's rule accepts enrols it at once; without a number it waits
 * for a local government. The number says that it was not mistyped; inspectors see it and can tell whose it is.
 * Throws `register.venue-kind`, `register.business-number`, `register.approval-needed` (the policy checks no numbers).
 */
export async function register(
  { db, terms, people }: Parts,
  owner: Who,
  fields: RegistrationFields,
  nowMs: number,
): Promise<Registration> {
  const known = (words: readonly string[] | undefined, word: string) =>
    words === undefined || words.includes(word);
  if (!known(terms.venueKinds, fields.kind) || !known(terms.regions, fields.region))
    throw new ApiError('register.venue-kind');
  let number: string | null = null;
  if (fields.businessNumber !== null) {
    if (terms.businessNumber === undefined) throw new ApiError('register.approval-needed');
    number = parseBusinessNumber(terms.businessNumber, fields.businessNumber);
    if (number === null) throw new ApiError('register.business-number');
  }
  const { accountId } = owner;
  if (accountId === null) throw new ApiError('register.not-yours');
  return db.tx(async (session) => {
    const { rows } = await session.query<{ registrationId: number }>(
      `INSERT INTO registration (account_id, name, kind, region, business_number, made_at) VALUES ($1, $2, $3, $4, $5, $6)
       RETURNING registration_id AS "registrationId"`,
      [accountId, fields.name, fields.kind, fields.region, number, new Date(nowMs)],
    );
    const { registrationId } = rows[0]!;
    if (number === null) return one(session, registrationId);
    return approved(session, people, registrationId, null, nowMs);
  });
}

/** An inspector's word for a venue that waits. Throws `register.registration-unknown`. */
export async function approve(
  { db, people }: Parts,
  inspector: Who,
  registrationId: number,
  nowMs: number,
): Promise<Registration> {
  return db.tx(async (session) => {
    const { rows } = await session.query<{
      accountId: string;
      approvedAt: Date | null;
      approvedBy: string | null;
    }>(
      `SELECT account_id AS "accountId", approved_at AS "approvedAt", approved_by AS "approvedBy" FROM registration
       WHERE registration_id = $1 FOR UPDATE`,
      [registrationId],
    );
    const waiting = rows[0];
    // Nobody approves what they asked for themselves.
    if (waiting === undefined || waiting.accountId === inspector.accountId)
      throw new ApiError('register.registration-unknown');
    if (waiting.approvedAt === null)
      return approved(session, people, registrationId, inspector.accountId, nowMs);
    if (waiting.approvedBy !== inspector.accountId) throw new ApiError('register.registration-unknown');
    return one(session, registrationId);
  });
}

/** What somebody may see: an owner their own, an inspector what waits, an operator all. Newest first, 200 at most. */
export async function registrations(db: Database, who: Who): Promise<readonly Registration[]> {
  const inspects = who.roles.includes('inspector');
  const { rows } = await db.query<Registration>(
    `SELECT ${COLUMNS} FROM registration
     WHERE $1 OR account_id = $2 OR ($3 AND approved_at IS NULL) ORDER BY registration_id DESC LIMIT 200`,
    [isOperator(who), who.accountId ?? '', inspects],
  );
  return rows;
}

async function one(session: Session, registrationId: number): Promise<Registration> {
  const { rows } = await session.query<Registration>(
    `SELECT ${COLUMNS} FROM registration WHERE registration_id = $1`,
    [registrationId],
  );
  return rows[0]!;
}

/** Makes the venue of a registration. It has no lasting code: each of its devices gets one of its own. */
async function approved(
  session: Session,
  people: People,
  registrationId: number,
  by: string | null,
  nowMs: number,
): Promise<Registration> {
  const at = new Date(nowMs);
  const { rows } = await session.query<{ venueId: number }>(
    `INSERT INTO venue (name, kind, region, enrolment_hash, created_at)
     SELECT name, kind, region, $2, $3 FROM registration WHERE registration_id = $1 RETURNING venue_id AS "venueId"`,
    [registrationId, new Uint8Array(randomBytes(32)), at],
  );
  const { venueId } = rows[0]!;
  await session.query(
    'UPDATE registration SET approved_at = $2, approved_by = $3, became = $4 WHERE registration_id = $1',
    [registrationId, at, by, venueId],
  );
  const asked = await session.query<{ accountId: string }>(
    'SELECT account_id AS "accountId" FROM registration WHERE registration_id = $1',
    [registrationId],
  );
  await people.addVenue(asked.rows[0]!.accountId, venueId, session);
  return one(session, registrationId);
}
