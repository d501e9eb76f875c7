import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { type CborValue, decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { random } from '../../crypto/index.ts';
import type { Database } from '../../db/index.ts';
import { openAtRest, sealAtRest } from '../../lib/sealing.ts';
import type { Identity } from '../identity.ts';

const LIMITS = { maxBytes: 8192, maxDepth: 4 };
const hashOf = (secret: string): Uint8Array => new Uint8Array(createHash('sha256').update(secret).digest());
const keyOf = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', 'MJ1 sign-in', 32));

/**
 * Sign-ins on their way, each under a secret that the wallet alone keeps: the database holds its hash, and what is inside
 * opens with the secret only. Each is taken once.
 */
export class SignIns {
  constructor(private readonly db: Database) {}

  /** @param until seconds */
  async keep(what: CborValue, at: number, until: number): Promise<string> {
    const secret = Buffer.from(random(24)).toString('base64url');
    await this.db.query('DELETE FROM sign_in WHERE open_until < $1', [at]);
    await this.db.query('INSERT INTO sign_in (secret_hash, sealed, open_until) VALUES ($1, $2, $3)', [
      hashOf(secret),
      sealAtRest(keyOf(secret), hashOf(secret), encodeDeterministic(what)),
      until,
    ]);
    return secret;
  }

  /** What is kept under a secret, once; null where there is nothing, or where its time is over. */
  async take(secret: string, at: number): Promise<CborValue | null> {
    const { rows } = await this.db.query<{ sealed: Uint8Array; open_until: number }>(
      'DELETE FROM sign_in WHERE secret_hash = $1 RETURNING sealed, open_until',
      [hashOf(secret)],
    );
    const row = rows[0];
    if (!row || row.open_until < at) return null;
    const plain = openAtRest(keyOf(secret), hashOf(secret), row.sealed);
    return plain && decodeDeterministic(plain, LIMITS);
  }
}

export const identityToCbor = ({ person, name, familyName, birthDate }: Identity): CborValue => [
  person,
  name,
  familyName,
  birthDate,
];

export function identityFromCbor(value: CborValue): Identity {
  const [person, name, familyName, birthDate] = value as [string, string, string, string];
  return { person, name, familyName, birthDate, tag: '', nameEn: '', tagEn: '', asOf: null };
}

/** People whom a provider vouched for, sealed: a renewal reads them again, and nobody has to sign in for it. */
export class SignedInPeople {
  constructor(
    private readonly db: Database,
    private readonly key: Uint8Array,
    private readonly provider: string,
  ) {}

  async remember(identity: Identity, at: number): Promise<void> {
    const subject = this.subjectOf(identity.person);
    await this.db.query(
      `INSERT INTO signed_in_person (subject, sealed, signed_in_at) VALUES ($1, $2, $3)
       ON CONFLICT (subject) DO UPDATE SET sealed = excluded.sealed, signed_in_at = excluded.signed_in_at`,
      [subject, sealAtRest(this.key, subject, encodeDeterministic(identityToCbor(identity))), at],
    );
  }

  async find(person: string): Promise<Identity | null> {
    const subject = this.subjectOf(person);
    const { rows } = await this.db.query<{ sealed: Uint8Array }>(
      'SELECT sealed FROM signed_in_person WHERE subject = $1',
      [subject],
    );
    const plain = rows[0] && openAtRest(this.key, subject, rows[0].sealed);
    return plain ? identityFromCbor(decodeDeterministic(plain, LIMITS)) : null;
  }

  private subjectOf(person: string): Uint8Array {
    const name = encodeDeterministic(['signed in', this.provider, person]);
    return new Uint8Array(createHmac('sha256', this.key).update(name).digest());
  }
}
