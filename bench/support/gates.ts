import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Batch, type Entry, entryHash, genesis, type Head, signBatch } from '@munjigi/core/chain';
import { utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, keyThumbprint, type Signer } from '@munjigi/core/signing';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { type Database, migrate } from '@munjigi/service/db';
import { createRegister, type Grouping, type RegisterDesk } from '@munjigi/service/register';

export const TERMS = { timeZone: 'Asia/Seoul', retentionDays: 28 } as const;

/** A register desk on a database, with keys of its own in a folder. */
export async function openDesk(
  db: Database,
  folder: string,
  grouping: Partial<Grouping> = {},
  nowMs: () => number = Date.now,
): Promise<RegisterDesk> {
  await migrate(db, 'register', nowMs());
  return createRegister({
    db,
    clock: { nowMs },
    crypto: nodeCrypto(),
    signer: nodeSigner(makePrivateKey()),
    keyStore: await openKeyFolder(join(folder, `keys-${randomBytes(4).toString('hex')}`)),
    terms: TERMS,
    grouping: { longestMs: 600_000, ...grouping },
  });
}

/** A gate that makes its batches before the clock runs. Subjects are boxes of the real size. */
export class Gate {
  readonly signer: Signer = nodeSigner(makePrivateKey());
  readonly thumbprint = keyThumbprint(this.signer.publicKey);
  readonly anchor = new Uint8Array(randomBytes(32));
  head: Head;

  constructor(readonly venueId: number) {
    this.head = { counter: 0, hash: genesis(this.thumbprint, venueId) };
  }

  /** @param at seconds of entering */
  async batches(count: number, size: number, at = Math.floor(Date.now() / 1000)): Promise<Batch[]> {
    const made: Batch[] = [];
    for (let b = 0; b < count; b++) {
      const previous = this.head;
      const entries = Array.from({ length: size }, () => this.#next(at));
      const bundle = { sequence: 1, digest: this.anchor };
      made.push(
        await signBatch({ venueId: this.venueId, previous, entries, bundle, pending: 0 }, this.signer),
      );
    }
    return made;
  }

  #next(at: number): Entry {
    const entry: Entry = {
      venueId: this.venueId,
      counter: this.head.counter + 1,
      enteredAt: at,
      check: 'scan',
      record: 'scan',
      kind: 'entry',
      dayKeyId: 1,
      subject: new Uint8Array(randomBytes(193)),
      anchor: this.anchor,
      clockUnknown: false,
    };
    this.head = { counter: entry.counter, hash: entryHash(entry, this.thumbprint, this.head.hash) };
    return entry;
  }
}

/** Enrols gates, each at a venue of its own. */
export async function enrolGates(desk: RegisterDesk, count: number): Promise<Gate[]> {
  const gates: Gate[] = [];
  for (let i = 0; i < count; i++) {
    const { venueId, enrolmentCode } = await desk.enrolVenue({
      name: 'bench',
      kind: 'restaurant',
      region: 'seoul',
    });
    const gate = new Gate(venueId);
    const gateKey = compressPoint(gate.signer.publicKey);
    const proof = await gate.signer.sign(possessionBytes(utf8Encode(enrolmentCode), gateKey));
    await desk.enrolGate({ venueId, enrolmentCode, gateKey, name: 'bench', proof });
    gates.push(gate);
  }
  return gates;
}

/** Entries a second when every gate sends its batches one after the other, all gates beside each other. */
export async function throughput(
  desk: RegisterDesk,
  gates: readonly Gate[],
  each: number,
  size: number,
): Promise<number> {
  const work = await Promise.all(gates.map((gate) => gate.batches(each, size)));
  const start = performance.now();
  await Promise.all(
    work.map(async (batches) => {
      for (const batch of batches) {
        const { results } = await desk.ingest(batch);
        if (results.some((one) => one.result !== 'stored'))
          throw new Error('A batch of the bench was not stored.');
      }
    }),
  );
  return (gates.length * each * size * 1000) / (performance.now() - start);
}
