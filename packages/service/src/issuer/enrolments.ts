import { createHash } from 'node:crypto';
import { decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { ApiError } from '../contracts/index.ts';
import { random } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import { openAtRest, sealAtRest } from '../lib/sealing.ts';
import type { Ticket } from './queue/index.ts';

/** A wallet of a person, as the desk knows it again. */
export interface Enrolment {
  readonly provider: string;
  readonly person: string;
  readonly nonce: Uint8Array;
  readonly asOf: number | null;
  /** How the database knows it: the hash of its secret. */
  readonly secretHash: Uint8Array;
  /** True once it has received passes. */
  readonly issuedBefore: boolean;
  /** Its place in the queue, while it waits. */
  readonly ticket: Ticket | null;
}

interface EnrolmentRow {
  readonly person: Uint8Array;
  readonly nonce: Uint8Array;
  readonly as_of: number | null;
  readonly first_issued_at: number | null;
  readonly queue_work: Ticket['work'] | null;
  readonly queue_number: number | null;
}

const hashOf = (secret: string): Uint8Array => new Uint8Array(createHash('sha256').update(secret).digest());

/** Enrolments: the wallet holds a secret, the database its hash, and the person sealed under the desk's enrolment key. */
export class Enrolments {
  constructor(
    private readonly db: Database,
    private readonly key: Uint8Array,
  ) {}

  /** A new enrolment: the secret for the wallet, and the nonce for its first batch. */
  async add(
    provider: string,
    person: string,
    asOf: number | null,
    at: number,
  ): Promise<{ secret: string; nonce: Uint8Array }> {
    const secret = Buffer.from(random(24)).toString('base64url');
    const hash = hashOf(secret);
    const nonce = random(16);
    const sealed = sealAtRest(this.key, hash, encodeDeterministic([provider, person]));
    await this.db.query(
      'INSERT INTO enrolment (secret_hash, person, nonce, as_of, enrolled_at) VALUES ($1, $2, $3, $4, $5)',
      [hash, sealed, nonce, asOf, at],
    );
    return { secret, nonce };
  }

  /** An enrolment as it was on its first day, with a new nonce and no place in the queue: its next batch is a first one again. */
  async anew(secret: string, at: number): Promise<{ secret: string; nonce: Uint8Array }> {
    const nonce = random(16);
    await this.db.query(
      `UPDATE enrolment SET nonce = $2, enrolled_at = $3, first_issued_at = NULL,
         queue_work = NULL, queue_number = NULL, queue_seen_at = NULL
       WHERE secret_hash = $1`,
      [hashOf(secret), nonce, at],
    );
    return { secret, nonce };
  }

  /** The enrolment of a secret. Throws `issuer.enrolment-unknown`. */
  async find(secret: string): Promise<Enrolment> {
    const hash = hashOf(secret);
    const { rows } = await this.db.query<EnrolmentRow>(
      `SELECT person, nonce, as_of, first_issued_at, queue_work, queue_number
       FROM enrolment WHERE secret_hash = $1`,
      [hash],
    );
    const row = rows[0];
    const plain = row && openAtRest(this.key, hash, row.person);
    if (!plain) throw new ApiError('issuer.enrolment-unknown');
    const [provider, person] = decodeDeterministic(plain, { maxBytes: 1024, maxDepth: 4 }) as [
      string,
      string,
    ];
    const { queue_work: work, queue_number: number } = row;
    return {
      provider,
      person,
      nonce: row.nonce,
      asOf: row.as_of,
      secretHash: hash,
      issuedBefore: row.first_issued_at !== null,
      ticket: work !== null && number !== null ? { work, number } : null,
    };
  }

  /** Replaces the nonce, where the last answer was lost. Throws `issuer.enrolment-unknown`. */
  async renewNonce(secret: string): Promise<Uint8Array> {
    const nonce = random(16);
    const { count } = await this.db.query('UPDATE enrolment SET nonce = $2 WHERE secret_hash = $1', [
      hashOf(secret),
      nonce,
    ]);
    if (count === 0) throw new ApiError('issuer.enrolment-unknown');
    return nonce;
  }
}
