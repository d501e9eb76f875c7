import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseVector } from '../../test/case-vector.ts';
import { crypto, testKey } from '../../test/test-keys.ts';
import { leafHashesRoot } from '../../test/tree.ts';
import { encodeDeterministic, fromHex, sha256, toHex } from '../encoding/index.ts';
import { presentationToBeSigned } from '../entry-pass/to-be-signed.ts';
import { isMunjigiError } from '../errors.ts';
import { compressPoint, keyThumbprint, spkiFromPoint } from '../signing/index.ts';
import {
  checkPresence,
  completenessOf,
  decodeReleased,
  documentHash,
  encodeReleased,
  handleSet,
  handlesRoot,
  marksOf,
  type Opening,
  openOpening,
  openRelease,
  openResolution,
  type Release,
  type ReleasedEntry,
  releaseRoot,
  signOpening,
  signRelease,
  signResolution,
  type TraceRow,
  treeRoot,
} from './index.ts';

const line = testKey('mj1 test line key');
const keyOf = () => spkiFromPoint(line.publicKey);
const fill = (n: number, size = 32) => new Uint8Array(size).fill(n);
const entry: ReleasedEntry = {
  venueId: 7,
  gate: fill(1),
  counter: 12,
  enteredAt: 1_641_430_800,
  filedAt: 1_641_430_800,
  check: 'scan',
  record: 'scan',
  dayKeyId: 737,
  flags: 0,
  disputed: false,
  box: fill(5, 193),
};
const release: Release = {
  caseHash: fill(2),
  count: 3,
  without: 1,
  cancelled: 1,
  keyMissing: 2,
  moved: 0,
  root: releaseRoot([entry]),
  at: 1_641_450_000,
};
const sets = [handleSet('a', [fill(1, 16)], fill(9, 16)), handleSet('b', [fill(2, 16)], fill(9, 16))];
const opening: Opening = {
  releaseHash: fill(3),
  salt: fill(9, 16),
  sets,
  direct: 1,
  apart: 1,
  keyMissing: 0,
  moved: 0,
  at: 1_641_450_100,
};

describe('documents of a case', () => {
  it('read back as they were signed, and are no other kind of document', async () => {
    const signed = await signRelease(release, line);
    expect(await openRelease(signed, keyOf, crypto)).toEqual(release);
    await expect(openOpening(signed, keyOf, crypto)).rejects.toMatchObject({ code: 'signing.signature' });
    expect(await openOpening(await signOpening(opening, line), keyOf, crypto)).toEqual(opening);
    const resolution = { openingHash: fill(4), issuer: 'a', asked: 2, found: 1, at: 5 };
    expect(await openResolution(await signResolution(resolution, line), keyOf, crypto)).toEqual(resolution);
  });

  it('are named by their payload, whoever signed it again', async () => {
    const [once, again] = [await signRelease(release, line), await signRelease(release, line)];
    expect(documentHash('release', once)).toEqual(documentHash('release', again));
  });

  it('refuse sets that are double or out of order, and a set of nothing', async () => {
    for (const wrong of [[sets[1]!, sets[0]!], [sets[0]!, sets[0]!], [{ ...sets[0]!, count: 0 }]]) {
      const signed = await signOpening({ ...opening, sets: wrong }, line);
      await expect(openOpening(signed, keyOf, crypto)).rejects.toMatchObject({ code: 'case.structure' });
    }
  });
});

describe('released entries on their way', () => {
  it('come back as they were, with their marks as words', () => {
    const entries = [entry, { ...entry, counter: 13, flags: 65, disputed: true, box: new Uint8Array(0) }];
    expect(decodeReleased(encodeReleased(entries))).toEqual(entries);
    expect(marksOf(entries[1]!)).toEqual(['fork', 'revoked-gate', 'disputed']);
    expect(marksOf(entry)).toEqual([]);
  });

  it('are refused with a sentence when they are anything else', () => {
    const encoded = encodeReleased([entry]);
    const refused = (bytes: Uint8Array) => {
      try {
        decodeReleased(bytes);
        return 'read';
      } catch (error) {
        return isMunjigiError(error) ? 'refused' : String(error);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (junk) => refused(junk) !== 'read' || junk[0] === 0x80),
    );
    fc.assert(
      fc.property(fc.nat(encoded.length - 1), (cut) => {
        expect(refused(encoded.slice(0, cut))).toBe('refused');
      }),
    );
    for (const wrong of [{ gate: fill(1, 31) }, { flags: 70_000 }, { counter: 0 }, { box: fill(1, 513) }])
      expect(refused(encodeReleased([{ ...entry, ...wrong }]))).toBe('refused');
  });

  it('and signed documents of junk are refused, never believed and never a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (junk) => {
        for (const read of [openRelease, openOpening, openResolution])
          expect(await read(junk, keyOf, crypto).catch((error) => isMunjigiError(error))).toBe(true);
      }),
    );
  });
});

describe('roots', () => {
  it('are the tree of RFC 9162, for any number of leaves', () => {
    for (let n = 0; n < 20; n++) {
      const leaves = Array.from({ length: n }, (_, i) => sha256(Uint8Array.of(i)));
      expect(toHex(treeRoot(leaves))).toBe(toHex(leafHashesRoot(leaves)));
    }
  });

  it('change with every field of an entry, its order and its box', () => {
    const changes: Partial<ReleasedEntry>[] = [
      { venueId: 8 },
      { gate: fill(2) },
      { counter: 13 },
      { enteredAt: 1 },
      { filedAt: 1 },
      { check: 'eye' },
      { record: 'typed' },
      { dayKeyId: 1 },
      { flags: 64 },
      { disputed: true },
      { box: fill(6, 193) },
    ];
    const roots = [{}, ...changes].map((change) => toHex(releaseRoot([{ ...entry, ...change }])));
    expect(new Set(roots).size).toBe(changes.length + 1);
    const other = { ...entry, counter: 13 };
    expect(releaseRoot([entry, other])).not.toEqual(releaseRoot([other, entry]));
  });

  it('of handles do not care for order or repetition, and nobody without the salt can try a handle', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { minLength: 1 }), (handles) => {
        const set = handleSet('a', handles, fill(9, 16));
        expect(handleSet('a', [...handles, ...handles].reverse(), fill(9, 16))).toEqual(set);
        expect(handleSet('a', handles, fill(8, 16)).root).not.toEqual(set.root);
      }),
    );
    expect(handlesRoot(sets)).not.toEqual(handlesRoot([sets[0]!, { ...sets[1]!, count: 2 }]));
    expect(handlesRoot(sets)).not.toEqual(handlesRoot([sets[0]!, { ...sets[1]!, issuer: 'c' }]));
  });

  it('are pinned (vectors/mj1-case.json)', async () => {
    const vector = await caseVector();
    expect(toHex(releaseRoot([entry]))).toBe(vector.releaseRoot);
    expect(toHex(handlesRoot(sets))).toBe(vector.handlesRoot);
    expect(toHex(documentHash('release', fromHex(vector.release!)))).toBe(vector.releaseHash);
    expect(toHex(documentHash('opening', fromHex(vector.opening!)))).toBe(vector.openingHash);
  });
});

describe('a presence proof', () => {
  const holder = testKey('mj1 test holder');
  const enteredAt = 1_641_430_800;
  const windows = { behind: 45, ahead: 15, slowBehind: 180, uncertaintyCap: 120 };
  const shown = async (drawnAt: number, lane: 0 | 1 = 0, key = holder) => ({
    kind: 'pass' as const,
    kid: Uint8Array.of(1),
    holderKey: compressPoint(holder.publicKey),
    drawnAt,
    lane,
    signature: (await key.sign(
      presentationToBeSigned(
        keyThumbprint(holder.publicKey),
        encodeDeterministic(new Map([[1, -7]])),
        encodeDeterministic([drawnAt, lane]),
      ),
    )) as Uint8Array,
  });
  const check = async (subject: Awaited<ReturnType<typeof shown>>) => {
    const presence = await checkPresence(subject, enteredAt, windows, crypto);
    return presence.ok ? toHex(presence.handle) : presence.problem;
  };

  it('answers the handle, inside the window widened by the doubt of a clock', async () => {
    const handle = toHex(keyThumbprint(holder.publicKey).slice(0, 16));
    for (const offset of [-165, -45, 0, 15, 135])
      expect(await check(await shown(enteredAt + offset)), String(offset)).toBe(handle);
    for (const offset of [-166, 136, -3600, 86_400])
      expect(await check(await shown(enteredAt + offset)), String(offset)).toBe('window');
    expect(await check(await shown(enteredAt - 300, 1))).toBe(handle);
    expect(await check(await shown(enteredAt - 301, 1))).toBe('window');
  });

  it('is refused when somebody else signed it, its time or lane was turned, or its key is none', async () => {
    expect(await check(await shown(enteredAt, 0, testKey('a gate that invents')))).toBe('signature');
    expect(await check({ ...(await shown(enteredAt - 60)), drawnAt: enteredAt })).toBe('signature');
    expect(await check({ ...(await shown(enteredAt)), lane: 1 })).toBe('signature');
    expect(await check({ ...(await shown(enteredAt)), holderKey: fill(2, 33) })).not.toMatch(
      /^[0-9a-f]{32}$/,
    );
    expect(await check({ ...(await shown(enteredAt)), holderKey: fill(4, 33) })).toBe('key');
  });
});

describe('completeness', () => {
  const row = (change: Partial<TraceRow>): TraceRow => ({
    enteredAt: 1,
    check: 'scan',
    record: 'scan',
    state: 'resolved',
    subject: 'pass',
    proof: 'presence',
    why: null,
    marks: [],
    contact: null,
    person: null,
    ...change,
  });

  it('says what the line says: by scan, by call, sheets, by eye without contact', () => {
    const elsewhere = { state: 'elsewhere', subject: null, proof: null } as const;
    const rows = [
      row({}),
      row({}),
      row({ ...elsewhere, record: 'call', check: 'eye' }),
      row({ state: 'direct', record: 'call', check: 'not-made', subject: 'phone', proof: 'stated' }),
      row({ ...elsewhere, record: 'paper', check: 'eye' }),
      row({ state: 'direct', record: 'paper', subject: 'sheet-line', contact: '3-12' }),
      row({ state: 'direct', record: 'typed', subject: 'phone' }),
      row({ ...elsewhere, record: 'none', check: 'eye' }),
      row({ ...elsewhere, record: 'none', check: 'verbal' }),
      row({ state: 'apart', why: 'window' }),
      row({ state: 'key-missing' }),
    ];
    expect(completenessOf(rows, { cancelled: 2, keyMissing: 1, moved: 1, sheets: 3 })).toEqual({
      entries: 15,
      byRecord: { scan: 2, poster: 0, call: 1, paper: 0, typed: 1 },
      sheetsNotTyped: 3,
      onSheets: 2,
      callsNoted: 1,
      eyeWithoutContact: 1,
      otherWithoutContact: 1,
      apart: 1,
      cancelled: 2,
      keyMissing: 2,
      moved: 1,
      unknown: 0,
      notAsked: 0,
      waiting: 0,
    });
  });

  it('counts every entry in exactly one place', () => {
    const any = fc.record({
      check: fc.constantFrom<TraceRow['check']>('scan', 'eye', 'verbal', 'not-required', 'not-made'),
      record: fc.constantFrom<TraceRow['record']>('scan', 'poster', 'call', 'paper', 'typed', 'none'),
      state: fc.constantFrom<TraceRow['state']>(
        'resolved',
        'direct',
        'elsewhere',
        'apart',
        'key-missing',
        'moved',
        'unknown',
        'not-asked',
        'waiting',
      ),
      subject: fc.constantFrom<TraceRow['subject']>('pass', 'phone', 'sheet-line', null),
    });
    fc.assert(
      fc.property(fc.array(any), fc.nat(9), fc.nat(9), fc.nat(9), (rows, cancelled, keyMissing, moved) => {
        const released = { cancelled, keyMissing, moved, sheets: 7 };
        const { entries, byRecord, sheetsNotTyped, ...rest } = completenessOf(rows.map(row), released);
        expect(sheetsNotTyped).toBe(7);
        const sum = [...Object.values(byRecord), ...Object.values(rest)].reduce((a, b) => a + b, 0);
        expect(sum).toBe(entries);
      }),
    );
  });
});
