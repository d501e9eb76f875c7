import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Batch, type Entry, entryHash, genesis, type Head, signBatch } from '@munjigi/core/chain';
import { utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, keyThumbprint, type Signer } from '@munjigi/core/signing';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { type Database, migrate } from '@munjigi/service/db';
import {
  type Alarm,
  createRegister,
  type RegisterDesk,
  type RegisterOptions,
} from '@munjigi/service/register';
import { tempFolder } from './databases.ts';

/** 6 January 2022, 13:58 in Seoul. */
export const STORY_MS = Date.parse('2022-01-06T13:58:00+09:00');
export const SEOUL = { timeZone: 'Asia/Seoul', retentionDays: 28 } as const;

export interface TestRegister {
  readonly desk: RegisterDesk;
  readonly db: Database;
  readonly alarms: Alarm[];
  readonly signer: Signer;
  readonly keys: string;
  /** Moves the desk's clock. */
  at(ms: number): void;
  nowMs(): number;
}

/** A register desk on a database, with a clock that the test moves. */
export async function openRegister(
  db: Database,
  options: Partial<RegisterOptions> & { keys?: string; privateKey?: Uint8Array; startMs?: number } = {},
): Promise<TestRegister> {
  let nowMs = options.startMs ?? STORY_MS;
  await migrate(db, 'register', nowMs);
  const keys = options.keys ?? join(tempFolder('keys'), 'register');
  const alarms: Alarm[] = [];
  const signer = nodeSigner(options.privateKey ?? makePrivateKey());
  const desk = await createRegister({
    db,
    clock: { nowMs: () => nowMs },
    crypto: nodeCrypto(),
    signer,
    keyStore: await openKeyFolder(keys),
    terms: SEOUL,
    alarm: (alarm) => alarms.push(alarm),
    ...options,
  });
  return {
    desk,
    db,
    alarms,
    signer,
    keys,
    at: (ms) => {
      nowMs = ms;
    },
    nowMs: () => nowMs,
  };
}

/** A gate's own end: key, chain, and everything that it ever appended. */
export class TestGate {
  readonly signer: Signer;
  readonly thumbprint: Uint8Array;
  /** Heads by counter; the first is the genesis. */
  readonly heads: Head[];
  readonly entries: Entry[] = [];
  anchor: Uint8Array = new Uint8Array(createHash('sha256').update('a bundle').digest());

  constructor(
    readonly venueId: number,
    signer?: Signer,
  ) {
    this.signer = signer ?? nodeSigner(makePrivateKey());
    this.thumbprint = keyThumbprint(this.signer.publicKey);
    this.heads = [{ counter: 0, hash: genesis(this.thumbprint, venueId) }];
  }

  /** The same device restored from a backup that was taken when it stood at a counter. */
  restoredAt(counter: number): TestGate {
    const clone = new TestGate(this.venueId, this.signer);
    clone.anchor = this.anchor;
    clone.heads.push(...this.heads.slice(1, counter + 1));
    clone.entries.push(...this.entries.slice(0, counter));
    return clone;
  }

  get head(): Head {
    return this.heads[this.heads.length - 1]!;
  }

  /** Appends entries at a time (whole seconds), by default a scan with a box of the real size. */
  append(count: number, at: number, change: Partial<Entry> | ((n: number) => Partial<Entry>) = {}): this {
    for (let i = 0; i < count; i++) {
      const counter = this.head.counter + 1;
      const entry: Entry = {
        venueId: this.venueId,
        counter,
        enteredAt: at,
        check: 'scan',
        record: 'scan',
        kind: 'entry',
        dayKeyId: 1,
        subject: new Uint8Array(randomBytes(193)),
        anchor: this.anchor,
        clockUnknown: false,
        ...(typeof change === 'function' ? change(counter) : change),
      };
      this.heads.push({ counter, hash: entryHash(entry, this.thumbprint, this.head.hash) });
      this.entries.push(entry);
    }
    return this;
  }

  /** The entries `from` to `to` (counters, inclusive) as one signed batch. */
  batch(from = 1, to = this.head.counter): Promise<Batch> {
    return signBatch(
      {
        venueId: this.venueId,
        previous: this.heads[from - 1]!,
        entries: this.entries.slice(from - 1, to),
        bundle: { sequence: 1, digest: new Uint8Array(32) },
        pending: 0,
      },
      this.signer,
    );
  }
}

/** Enrols a new gate at a venue. */
export async function enrol(
  desk: RegisterDesk,
  venue: { venueId: number; enrolmentCode: string },
  signer?: Signer,
): Promise<TestGate> {
  const gate = new TestGate(venue.venueId, signer);
  const gateKey = compressPoint(gate.signer.publicKey);
  const proof = await gate.signer.sign(possessionBytes(utf8Encode(venue.enrolmentCode), gateKey));
  await desk.enrolGate({ ...venue, gateKey, name: 'door', proof });
  return gate;
}

export const newVenue = (desk: RegisterDesk): Promise<{ venueId: number; enrolmentCode: string }> =>
  desk.enrolVenue({ name: 'Sikdang', kind: 'restaurant', region: 'seoul' });

/** Every (gate number, counter) in the database with how often it stands there. */
export async function storedCounters(db: Database, venueId: number): Promise<Map<string, number>> {
  const { rows } = await db.query<{ gateNo: number; counter: number; times: number }>(
    'SELECT gate_no AS "gateNo", counter, count(*) AS times FROM entry WHERE venue_id = $1 GROUP BY gate_no, counter',
    [venueId],
  );
  return new Map(rows.map((row) => [`${row.gateNo}/${row.counter}`, row.times]));
}
