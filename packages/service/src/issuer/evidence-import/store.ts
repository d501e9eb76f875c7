import { createHmac, hkdfSync } from 'node:crypto';
import { type CborValue, decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import type { Evidence } from '@munjigi/core/rules';
import { byteaArray, type Database, type Session } from '../../db/index.ts';
import { openAtRest, sealAtRest } from '../../lib/sealing.ts';
import { type EvidenceSource, sameness } from '../evidence.ts';
import type { ReadPiece, ReportLine } from './report.ts';

/** People whose rows are read and written in one statement. */
const PEOPLE_AT_ONCE = 500;
/** So many pieces about one person are kept. */
const MOST_PIECES = 200;
/** Only one import writes at a time (`pg_advisory_xact_lock`): two would overwrite each other's people. */
const LOCK = 0x6d6a_6576;

/** Pieces about one person by the source's name for each. */
type Held = Map<string, Evidence>;

/**
 * Imported evidence: one row for each person, found by a keyed hash and sealed under a key of that person alone, so that a
 * copy of the database says nothing about anybody.
 */
export class EvidenceStore implements EvidenceSource {
  constructor(
    private readonly db: Database,
    private readonly key: Uint8Array,
  ) {}

  async evidenceOf(person: string, provider: string): Promise<readonly Evidence[]> {
    const subject = this.subjectOf(provider, person);
    const { rows } = await this.db.query<{ sealed: Uint8Array }>(
      'SELECT sealed FROM evidence WHERE subject = $1',
      [subject],
    );
    return rows[0] ? [...this.open(subject, rows[0].sealed).values()] : [];
  }

  /**
   * Takes in what a reader read, all of it or nothing. The same file a second time changes nothing and says so.
   * @param at seconds
   * @param dryRun true tells what would become of each line, and writes nothing
   */
  async take(
    pieces: readonly ReadPiece[],
    provider: string,
    at: number,
    dryRun = false,
  ): Promise<ReportLine[]> {
    const byPerson = new Map<string, ReadPiece[]>();
    for (const piece of pieces) {
      const list = byPerson.get(piece.person);
      if (list) list.push(piece);
      else byPerson.set(piece.person, [piece]);
    }
    const people = [...byPerson];
    return this.db.tx(async (session) => {
      await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const told: ReportLine[] = [];
      for (let i = 0; i < people.length; i += PEOPLE_AT_ONCE)
        told.push(
          ...(await this.takeSome(session, people.slice(i, i + PEOPLE_AT_ONCE), provider, at, dryRun)),
        );
      return told;
    });
  }

  private async takeSome(
    session: Session,
    people: readonly (readonly [string, readonly ReadPiece[]])[],
    provider: string,
    at: number,
    dryRun: boolean,
  ): Promise<ReportLine[]> {
    const subjects = people.map(([person]) => this.subjectOf(provider, person));
    const { rows } = await session.query<{ subject: Uint8Array; sealed: Uint8Array }>(
      'SELECT subject, sealed FROM evidence WHERE subject = ANY($1::bytea[])',
      [byteaArray(subjects)],
    );
    const stored = new Map(rows.map(({ subject, sealed }) => [Buffer.from(subject).toString('hex'), sealed]));
    const told: ReportLine[] = [];
    const changed: { subject: Uint8Array; sealed: Uint8Array }[] = [];
    people.forEach(([, pieces], i) => {
      const subject = subjects[i]!;
      const sealed = stored.get(Buffer.from(subject).toString('hex'));
      const held: Held = sealed ? this.open(subject, sealed) : new Map();
      const lines = pieces.map((piece) => merge(held, piece));
      told.push(...lines);
      if (lines.some(({ outcome }) => outcome === 'accepted' || outcome === 'withdrawn'))
        changed.push({ subject, sealed: this.seal(subject, held) });
    });
    if (!dryRun && changed.length > 0) {
      await session.query(
        `INSERT INTO evidence (subject, sealed, changed_at)
         SELECT subject, sealed, $3 FROM unnest($1::bytea[], $2::bytea[]) AS t (subject, sealed)
         ON CONFLICT (subject) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at`,
        [
          byteaArray(changed.map(({ subject }) => subject)),
          byteaArray(changed.map(({ sealed }) => sealed)),
          at,
        ],
      );
    }
    return told;
  }

  private subjectOf(provider: string, person: string): Uint8Array {
    const name = encodeDeterministic(['evidence', provider, person]);
    return new Uint8Array(createHmac('sha256', this.key).update(name).digest());
  }

  private keyOf(subject: Uint8Array): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.key, subject, 'MJ1 evidence of one person', 32));
  }

  private seal(subject: Uint8Array, held: Held): Uint8Array {
    const list = [...held].map(
      ([source, { kind, date, at, sequence, detail }]): CborValue => [
        source,
        kind,
        date ?? null,
        at ?? null,
        sequence ?? null,
        detail ?? null,
      ],
    );
    return sealAtRest(this.keyOf(subject), subject, encodeDeterministic(list));
  }

  private open(subject: Uint8Array, sealed: Uint8Array): Held {
    const plain = openAtRest(this.keyOf(subject), subject, sealed);
    if (!plain) throw new Error('Imported evidence does not open under the key of this issuer.');
    const list = decodeDeterministic(plain, { maxBytes: 256 * 1024, maxDepth: 4 }) as [
      string,
      string,
      string | null,
      number | null,
      number | null,
      string | null,
    ][];
    return new Map(
      list.map(([source, kind, date, at, sequence, detail]) => [
        source,
        {
          kind,
          ...(date === null ? {} : { date }),
          ...(at === null ? {} : { at }),
          ...(sequence === null ? {} : { sequence }),
          ...(detail === null ? {} : { detail }),
        },
      ]),
    );
  }
}

/** Puts one piece among those that are held, and says what became of it. */
function merge(held: Held, { line, what, source, piece }: ReadPiece): ReportLine {
  const before = held.get(source);
  if (!piece) {
    held.delete(source);
    return before
      ? { line, what, outcome: 'withdrawn' }
      : { line, what, outcome: 'ignored', rule: 'what it takes back is not here.' };
  }
  if (before && sameness(before) === sameness(piece)) return { line, what, outcome: 'unchanged' };
  if (!before && held.size >= MOST_PIECES)
    return { line, what, outcome: 'wrong', field: 'person', rule: `has at most ${MOST_PIECES} pieces.` };
  held.set(source, piece);
  return { line, what, outcome: 'accepted' };
}
