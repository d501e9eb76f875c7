import { createHash } from 'node:crypto';
import {
  CHECK_CODES,
  type Entry,
  entryPreimage,
  KIND_CODES,
  openReceipt,
  RECORD_CODES,
} from '@munjigi/core/chain';
import { keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { nodeCrypto } from '@munjigi/service/crypto';
import pg from 'pg';
import { type Device, hex } from './device.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const wordOf = <T extends string>(codes: Readonly<Record<T, number>>, code: number) =>
  (Object.keys(codes) as T[]).find((word) => codes[word] === code)!;

interface StretchRow {
  readonly gate_no: number;
  readonly thumbprint: Buffer;
  readonly start_counter: number;
  readonly start_hash: Buffer;
  readonly counter: number;
  readonly head: Buffer;
}

interface EntryRow {
  readonly gate_no: number;
  readonly counter: number;
  readonly at: string;
  readonly check_code: number;
  readonly record_code: number;
  readonly kind: number;
  readonly flags: number;
  readonly day_key_id: number;
  readonly subject_hash: Buffer;
  readonly anchor: Buffer;
}

/**
 * Looks at the database as it lies there, by statements of its own, and at what the devices hold. Answers every broken
 * promise as a sentence; nothing of the register's own code is asked.
 */
export async function faultsOf(
  url: string,
  registerKey: Uint8Array,
  venueId: number,
  devices: readonly Device[],
  /** Hashes that must be there although no device has them any more. */
  orphans: ReadonlySet<string>,
  /** Hashes of everything that was ever written down, by whomever. */
  ever: ReadonlySet<string>,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const times = new Map<string, number>();
    const hashAt = new Map<string, string>();
    const stretches = await client.query<StretchRow>(
      `SELECT g.gate_no, g.thumbprint, g.start_counter, g.start_hash, h.counter, h.head
       FROM gate g JOIN gate_head h USING (venue_id, gate_no) WHERE g.venue_id = $1 ORDER BY 1`,
      [venueId],
    );
    const entries = await client.query<EntryRow>(
      `SELECT e.gate_no, e.counter, extract(epoch FROM COALESCE(e.claimed_at, e.entered_at))::bigint AS at, e.check_code,
              e.record_code, e.kind, e.flags, e.day_key_id, e.subject_hash, a.hash AS anchor
       FROM entry e JOIN anchor a USING (venue_id, gate_no, anchor_ref) WHERE e.venue_id = $1 ORDER BY e.gate_no, e.counter`,
      [venueId],
    );
    for (const stretch of stretches.rows) {
      const rows = entries.rows.filter((row) => row.gate_no === stretch.gate_no);
      const name = `stretch ${stretch.gate_no}`;
      let hash: Uint8Array = stretch.start_hash;
      let counter = stretch.start_counter;
      hashAt.set(`${hex(stretch.thumbprint)} ${counter} ${hex(hash)}`, name);
      for (const row of rows) {
        if (row.counter === counter) {
          faults.push(`${name} has counter ${counter} twice`);
          continue;
        }
        if (row.counter !== counter + 1) {
          faults.push(`${name} misses what lies between ${counter} and ${row.counter}`);
        }
        hash = sha256(entryPreimage(entryOf(row, venueId), stretch.thumbprint, hash, row.subject_hash));
        counter = row.counter;
        times.set(hex(hash), (times.get(hex(hash)) ?? 0) + 1);
        hashAt.set(`${hex(stretch.thumbprint)} ${counter} ${hex(hash)}`, name);
      }
      if (counter !== stretch.counter || hex(hash) !== hex(stretch.head))
        faults.push(`${name} says that it stands at ${stretch.counter}, and its rows lead elsewhere`);
    }
    for (const [hash, count] of times) {
      if (count > 1) faults.push(`entry ${hash.slice(0, 8)} is there ${count} times`);
      if (!ever.has(hash)) faults.push(`entry ${hash.slice(0, 8)} was invented`);
    }
    for (const hash of [...orphans, ...devices.flatMap((device) => [...device.saved])])
      if (!times.has(hash)) faults.push(`entry ${hash.slice(0, 8)} is lost`);

    const crypto = nodeCrypto();
    const spki = spkiFromPoint(registerKey);
    const receipts = await client.query<{ signed: Buffer }>(
      'SELECT signed FROM receipt WHERE venue_id = $1',
      [venueId],
    );
    const shown = receipts.rows.map(({ signed }) => ({ bytes: new Uint8Array(signed), held: false }));
    for (const device of devices) {
      const newest = await device.store.newestReceipt();
      const head = await device.store.head();
      if ((newest?.counter ?? 0) !== (head?.counter ?? 0)) faults.push('a device waits for a receipt');
      for (const { bytes } of device.store.receipts.values())
        shown.push({ bytes: new Uint8Array(bytes), held: true });
    }
    for (const { bytes } of shown) {
      const receipt = await openReceipt(bytes, () => spki, crypto).catch(() => null);
      if (!receipt) faults.push('a receipt does not verify');
      else if (!hashAt.has(`${hex(receipt.gate)} ${receipt.head.counter} ${hex(receipt.head.hash)}`))
        faults.push(`a receipt says ${receipt.head.counter}, and no chain here has that head`);
    }
    for (const device of devices) {
      if (hex(keyThumbprint(device.parts.signer.publicKey)) !== hex(device.parts.thumbprint))
        faults.push('a device has lost its key');
    }
  } finally {
    await client.end();
  }
  return faults;
}

const entryOf = (row: EntryRow, venueId: number): Entry => ({
  venueId,
  counter: row.counter,
  enteredAt: Number(row.at),
  check: wordOf(CHECK_CODES, row.check_code),
  record: wordOf(RECORD_CODES, row.record_code),
  kind: wordOf(KIND_CODES, row.kind),
  clockUnknown: (row.flags & 16) !== 0,
  dayKeyId: row.day_key_id,
  anchor: row.anchor,
  // The hash covers the hash of the subject, which is handed over beside.
  subject: new Uint8Array(0),
});
