import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';

export const DOCUMENTS = ['root', 'bundle', 'now', 'clock'] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

/** A signed document as it was published. */
export interface Published {
  readonly sequence: number;
  /** Seconds. */
  readonly issuedAt: number;
  /** SHA-256 of the bytes. */
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

interface Row {
  readonly sequence: number;
  readonly issued_at: number;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

const KEPT = 100;

/** Another process of this desk published meanwhile: what was about to be signed may be said already. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/**
 * What the authority published: numbered in the database, held in memory for readers, and written to the mirror folder as
 * whole files, which anyone may serve while this service is down.
 */
export class Documents {
  private readonly newest = new Map<DocumentName, Published>();

  private constructor(
    private readonly db: Database,
    private readonly mirror: string,
  ) {}

  /** Opens the documents and puts the newest of each into the mirror. */
  static async open(db: Database, mirror: string): Promise<Documents> {
    await mkdir(mirror, { recursive: true });
    const documents = new Documents(db, mirror);
    for (const name of DOCUMENTS) {
      const known = await documents.reload(name);
      if (known) await documents.writeMirror(name, known);
    }
    return documents;
  }

  latest(name: DocumentName): Published | null {
    return this.newest.get(name) ?? null;
  }

  /** Every kept version of a document after a number, in order. */
  async after(name: DocumentName, sequence: number): Promise<readonly Uint8Array[]> {
    const { rows } = await this.db.query<{ bytes: Uint8Array }>(
      'SELECT bytes FROM published WHERE document = $1 AND sequence > $2 ORDER BY sequence LIMIT 100',
      [name, sequence],
    );
    return rows.map(({ bytes }) => bytes);
  }

  /** Takes in what other processes of this desk have published, and puts it into the mirror of this one. */
  async follow(): Promise<void> {
    const { rows } = await this.db.query<{ document: DocumentName; newest: number }>(
      'SELECT document, max(sequence) AS newest FROM published GROUP BY document',
    );
    // What counts now names the others, so it comes into the mirror last.
    for (const name of ['root', 'bundle', 'clock', 'now'] as const) {
      const newest = rows.find(({ document }) => document === name)?.newest ?? 0;
      if (newest <= (this.newest.get(name)?.sequence ?? 0)) continue;
      const document = await this.reload(name);
      if (document) await this.writeMirror(name, document);
    }
  }

  /** Reads the newest document again: another process of this desk may have published. */
  async reload(name: DocumentName): Promise<Published | null> {
    const { rows } = await this.db.query<Row>(
      'SELECT sequence, issued_at, digest, bytes FROM published WHERE document = $1 ORDER BY sequence DESC LIMIT 1',
      [name],
    );
    const row = rows[0];
    if (!row) return null;
    const { sequence, issued_at: issuedAt, digest, bytes } = row;
    const known = this.newest.get(name);
    // The same object for as long as it is the newest: others remember what they read out of it.
    if (known?.sequence === sequence) return known;
    const document = { sequence, issuedAt, digest, bytes };
    this.newest.set(name, document);
    return document;
  }

  /**
   * Publishes a document: numbers it, signs it, keeps it, then puts it into the mirror. Numbers only grow; the
   * number of a document that could not be signed was seen by nobody. Throws `Overtaken` where there is a newer one than the
   * newest that is known here.
   */
  async publish(
    name: DocumentName,
    issuedAt: number,
    sign: (sequence: number) => Promise<Uint8Array>,
  ): Promise<Published> {
    const document = await this.db.tx(async (session) => {
      const { rows } = await session.query<{ last: number }>(
        `INSERT INTO document_sequence (document, last) VALUES ($1, 1)
         ON CONFLICT (document) DO UPDATE SET last = document_sequence.last + 1 RETURNING last`,
        [name],
      );
      const sequence = rows[0]!.last;
      // The number is locked by now: whoever else publishes has committed, or waits.
      const newest = await session.query<{ newest: number | null }>(
        'SELECT max(sequence) AS newest FROM published WHERE document = $1',
        [name],
      );
      if ((newest.rows[0]?.newest ?? 0) > (this.newest.get(name)?.sequence ?? 0)) throw new Overtaken();
      const bytes = await sign(sequence);
      const digest = new Uint8Array(createHash('sha256').update(bytes).digest());
      await session.query(
        'INSERT INTO published (document, sequence, issued_at, digest, bytes) VALUES ($1, $2, $3, $4, $5)',
        [name, sequence, issuedAt, digest, bytes],
      );
      await session.query('DELETE FROM published WHERE document = $1 AND sequence <= $2', [
        name,
        sequence - KEPT,
      ]);
      return { sequence, issuedAt, digest, bytes };
    });
    this.newest.set(name, document);
    await this.writeMirror(name, document);
    return document;
  }

  private async writeMirror(name: DocumentName, { bytes, sequence }: Published): Promise<void> {
    // Every version of the root stays: a device that slept through some walks from one to the next.
    if (name === 'root') await writeWhole(join(this.mirror, `root-${sequence}.cose`), bytes);
    await writeWhole(join(this.mirror, `${name}.cose`), bytes);
  }
}
