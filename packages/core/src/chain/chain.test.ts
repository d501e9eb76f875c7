import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { encodeDeterministic, equalBytes, sha256, toHex } from '../encoding/index.ts';
import { keyThumbprint, spkiFromPoint } from '../signing/index.ts';
import {
  batchFromJson,
  batchToJson,
  CHECK_CODES,
  cancelledBy,
  chainHashes,
  chainKid,
  type Entry,
  entryHash,
  entryPreimage,
  entryProblem,
  genesis,
  KIND_CODES,
  leadsToHead,
  NO_RECEIPT,
  openReceipt,
  RECORD_CODES,
  receiptHash,
  signBatch,
  signReceipt,
  verifyBatchSignature,
  voidEntry,
} from './index.ts';

const gate = testKey('mj1 test gate');
const thumb = keyThumbprint(gate.publicKey);
const fill = (n: number, size = 32) => new Uint8Array(size).fill(n);
const entry = (counter: number, more: Partial<Entry> = {}): Entry => ({
  venueId: 7,
  counter,
  enteredAt: 1_641_430_800 + counter,
  check: 'scan',
  record: 'scan',
  kind: 'entry',
  dayKeyId: 3,
  subject: fill(counter % 256, 193),
  anchor: fill(9),
  clockUnknown: false,
  ...more,
});
const bundle = { sequence: 4, digest: fill(4) };
const batchOf = (count: number) =>
  signBatch(
    {
      venueId: 7,
      previous: { counter: 0, hash: genesis(thumb, 7) },
      entries: Array.from({ length: count }, (_, i) => entry(i + 1)),
      bundle,
      pending: 0,
    },
    gate,
  );

const entries = fc.record({
  venueId: fc.maxSafeNat(),
  counter: fc.integer({ min: 1, max: 0xffffffff }),
  enteredAt: fc.oneof(fc.nat(300), fc.nat(70_000), fc.maxSafeNat()),
  check: fc.constantFrom(...(Object.keys(CHECK_CODES) as Entry['check'][])),
  record: fc.constantFrom(...(Object.keys(RECORD_CODES) as Entry['record'][])),
  kind: fc.constantFrom(...(Object.keys(KIND_CODES) as Entry['kind'][])),
  dayKeyId: fc.nat(0xffffffff),
  subject: fc.uint8Array({ maxLength: 260 }),
  anchor: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  clockUnknown: fc.boolean(),
});

describe('the hash of an entry', () => {
  it('is over exactly the deterministic CBOR that entry.cddl writes down', () => {
    fc.assert(
      fc.property(entries, fc.uint8Array({ minLength: 32, maxLength: 32 }), (e, before) => {
        const subjectHash = sha256(e.subject);
        const spelled = encodeDeterministic([
          'MJ1 entry',
          before,
          thumb,
          e.venueId,
          e.counter,
          e.enteredAt,
          CHECK_CODES[e.check],
          RECORD_CODES[e.record],
          KIND_CODES[e.kind],
          e.clockUnknown,
          e.dayKeyId,
          e.anchor,
          subjectHash,
        ]);
        expect(toHex(entryPreimage(e, thumb, before, subjectHash))).toBe(toHex(spelled));
        expect(entryHash(e, thumb, before)).toEqual(sha256(spelled));
      }),
    );
  });

  it('changes with every single field, so that nothing stored can be altered unseen', () => {
    const base = toHex(entryHash(entry(5), thumb, fill(1)));
    const altered: Partial<Entry>[] = [
      { venueId: 8 },
      { counter: 6 },
      { enteredAt: 1 },
      { check: 'eye' },
      { record: 'typed' },
      { kind: 'void' },
      { dayKeyId: 4 },
      { subject: fill(0, 193) },
      { anchor: fill(8) },
      { clockUnknown: true },
    ];
    const hashes = altered.map((change) => toHex(entryHash(entry(5, change), thumb, fill(1))));
    expect(
      new Set([
        base,
        ...hashes,
        toHex(entryHash(entry(5), fill(2), fill(1))),
        toHex(entryHash(entry(5), thumb, fill(2))),
      ]).size,
    ).toBe(altered.length + 3);
  });

  it('needs only the hash of a subject that was purged', () => {
    const e = entry(5);
    expect(entryHash({ ...e, subject: new Uint8Array(0) }, thumb, fill(1), sha256(e.subject))).toEqual(
      entryHash(e, thumb, fill(1)),
    );
  });

  it('starts from another genesis for every gate and venue', () => {
    expect(equalBytes(genesis(thumb, 7), genesis(thumb, 8))).toBe(false);
    expect(equalBytes(genesis(thumb, 7), genesis(fill(1), 7))).toBe(false);
  });
});

describe('a batch', () => {
  it('comes back from its JSON envelope byte for byte, signed and linked', async () => {
    const batch = await batchOf(500);
    const json = JSON.stringify(batchToJson(batch));
    expect(json.length).toBeLessThan(400_000);
    const back = batchFromJson(JSON.parse(json));
    expect(back).toEqual(batch);
    expect(await verifyBatchSignature(back, crypto)).toBe(true);
    expect(leadsToHead(back)).toBe(true);
  });

  it('is refused when any signed field, the key or the signature was changed on the way', async () => {
    const batch = await batchOf(3);
    const other = testKey('mj1 other gate');
    const altered = [
      { ...batch, venueId: 8 },
      { ...batch, gateKey: other.publicKey },
      { ...batch, previous: { counter: 0, hash: fill(1) } },
      { ...batch, head: { counter: 3, hash: fill(1) } },
      { ...batch, bundle: { sequence: 5, digest: bundle.digest } },
      { ...batch, pending: 1 },
      { ...batch, signed: batch.signed.map((byte, i) => (i === batch.signed.length - 1 ? byte ^ 1 : byte)) },
      { ...batch, signed: fill(1, 40) },
    ];
    for (const one of altered) expect(await verifyBatchSignature(one, crypto)).toBe(false);
  });

  it('is seen when an entry was swapped under an honest head', async () => {
    const batch = await batchOf(3);
    expect(leadsToHead({ ...batch, entries: [entry(1), entry(2, { check: 'eye' }), entry(3)] })).toBe(false);
    expect(() => chainHashes({ ...batch, entries: [entry(1), entry(3)] })).toThrow('without gaps');
    expect(() => chainHashes({ ...batch, entries: [entry(1, { venueId: 8 })] })).toThrow('one venue');
  });

  it('with none or more than 500 entries is not signed', async () => {
    await expect(batchOf(0)).rejects.toThrow('1 to 500');
    await expect(batchOf(501)).rejects.toThrow('1 to 500');
  });

  it('is refused whole when its envelope has a field too many, too few or out of bounds', async () => {
    const good = batchToJson(await batchOf(2));
    const first = good.entries[0]!;
    const withFirst = (change: object) => ({ ...good, entries: [{ ...first, ...change }, good.entries[1]] });
    const { pending: _, ...without } = good;
    const bad: unknown[] = [
      null,
      [],
      'text',
      without,
      { ...good, extra: 1 },
      { ...good, venueId: -1 },
      { ...good, venueId: 1.5 },
      { ...good, venueId: '7' },
      { ...good, gateKey: good.gateKey.slice(0, -1) },
      { ...good, gateKey: `A${'A'.repeat(43)}` },
      { ...good, head: { counter: 9, hash: good.head.hash } },
      { ...good, head: { counter: 2, hash: 'AA' } },
      { ...good, entries: [] },
      { ...good, entries: Array(501).fill(first) },
      withFirst({ check: 'constructor' }),
      withFirst({ check: 'SCAN' }),
      withFirst({ enteredAt: 1e20 }),
      withFirst({ clockUnknown: 0 }),
      withFirst({ subject: 'A'.repeat(1000) }),
      withFirst({ subject: 'a+/=' }),
      withFirst({ anchor: '' }),
      withFirst({ counter: 1 }),
    ];
    for (const json of bad)
      expect(() => batchFromJson(json), JSON.stringify(json)?.slice(0, 80)).toThrow(
        'docs/protocol/batch.cddl',
      );
  });
});

describe('one entry that cannot be kept', () => {
  it('is named by itself, so that the rest of its batch is stored', () => {
    expect(entryProblem(entry(2))).toBeNull();
    expect(
      entryProblem(entry(2, { subject: new Uint8Array(0), dayKeyId: 0, check: 'eye', record: 'paper' })),
    ).toBeNull();
    expect(entryProblem(entry(2, { subject: new Uint8Array(0) }))).not.toBeNull();
    expect(entryProblem(entry(2, { subject: fill(1, 16) }))).not.toBeNull();
    expect(entryProblem(entry(2, { dayKeyId: 0 }))).not.toBeNull();
    expect(entryProblem(entry(2, { kind: 'void' }))).not.toBeNull();
  });

  it('a void cancels an earlier counter and no other', () => {
    const cancel = (counter: number, cancels: number) =>
      voidEntry({ venueId: 7, counter, enteredAt: 1, cancels, anchor: fill(9), clockUnknown: false });
    expect(cancelledBy(cancel(5, 4))).toBe(4);
    expect(entryProblem(cancel(5, 4))).toBeNull();
    expect(entryProblem(cancel(5, 5))).not.toBeNull();
    expect(entryProblem(cancel(5, 0))).not.toBeNull();
    expect(entryProblem({ ...cancel(5, 4), subject: Uint8Array.of(0x18, 4) })).not.toBeNull();
    expect(entryProblem({ ...cancel(5, 4), subject: Uint8Array.of(0x18) })).not.toBeNull();
  });
});

describe('a receipt', () => {
  const register = testKey('mj1 test register');
  const kid = chainKid(register.publicKey);
  const spki = spkiFromPoint(register.publicKey);
  const keyOf = (asked: Uint8Array) => (equalBytes(asked, kid) ? spki : undefined);
  const receipt = {
    venueId: 7,
    gate: thumb,
    head: { counter: 500, hash: fill(5) },
    receivedAtMs: 1_641_430_800_123,
    previousReceipt: NO_RECEIPT,
    safeCounter: 12,
  };

  it('opens under a register key of the bundle and under no other', async () => {
    const bytes = await signReceipt(receipt, register, kid);
    expect(await openReceipt(bytes, keyOf, crypto)).toEqual(receipt);
    await expect(openReceipt(bytes, () => undefined, crypto)).rejects.toMatchObject({
      code: 'signing.unknown-key',
    });
    const forged = await signReceipt(receipt, testKey('mj1 forger'), kid);
    await expect(openReceipt(forged, keyOf, crypto)).rejects.toMatchObject({ code: 'signing.signature' });
  });

  it('keeps its hash when it is signed again, and no other receipt has it', async () => {
    const [one, again] = await Promise.all([
      signReceipt(receipt, register, kid),
      signReceipt(receipt, register, kid),
    ]);
    expect(equalBytes(one, again)).toBe(false);
    expect(receiptHash(one)).toEqual(receiptHash(again));
    expect(receiptHash(await signReceipt({ ...receipt, safeCounter: 13 }, register, kid))).not.toEqual(
      receiptHash(one),
    );
  });
});
