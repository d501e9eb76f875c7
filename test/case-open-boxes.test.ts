import { randomBytes } from 'node:crypto';
import type { ReleasedEntry } from '@munjigi/core/case';
import type { Subject } from '@munjigi/core/gate';
import { sealSubject } from '@munjigi/core/sealed';
import { makePrivateKey, nodeSigner, publicPoint } from '@munjigi/service/crypto';
import { describe, expect, it } from 'vitest';
import { openBoxes } from '../packages/service/src/authority/cases/open-boxes.ts';
import { crypto, presenceProof } from './support/case-stand.ts';
import { korea, NOON } from './support/packs.ts';

const dayKey = makePrivateKey();
const gate = new Uint8Array(32).fill(1);
const KID = Uint8Array.of(1);

async function released(subject: Subject, change: Partial<ReleasedEntry> = {}): Promise<ReleasedEntry> {
  const place = { venueId: 7, gate, counter: 1, check: 'scan', record: 'scan' } as const;
  const box = await sealSubject({
    subject,
    place: { ...place, day: '2022-01-06', kind: 'entry' },
    dayKey: publicPoint(dayKey),
    ekm: new Uint8Array(randomBytes(32)),
  });
  return {
    ...place,
    enteredAt: NOON,
    filedAt: NOON,
    dayKeyId: 737,
    flags: 0,
    disputed: false,
    box,
    ...change,
  };
}

const open = async (
  entries: readonly ReleasedEntry[],
  keys: Readonly<Record<number, Uint8Array>> = { 737: dayKey },
) =>
  openBoxes(entries, {
    dayKey: async (keyId) => keys[keyId] ?? null,
    policy: korea,
    crypto,
    issuerOf: (kid) => ({ 1: 'one', 2: 'two' })[kid[0]!] ?? null,
    asked: new Set(['one']),
  });
const states = async (...given: Parameters<typeof open>) =>
  (await open(...given)).map(({ state, why }) => (why === null ? state : `${state}: ${why}`));

describe('a box of a case', () => {
  const holder = nodeSigner(makePrivateKey());

  it('whose key is gone or broken is counted, and the next one is opened', async () => {
    const phone = await released({ kind: 'phone', number: '01012345678' });
    const entries = [{ ...phone, dayKeyId: 1 }, { ...phone, dayKeyId: 2 }, phone];
    expect(await states(entries, { 2: new Uint8Array(5), 737: dayKey })).toEqual([
      'key-missing',
      'key-missing',
      'direct',
    ]);
  });

  it('opens at its own place only, on its own day, and with its own key', async () => {
    const phone = await released({ kind: 'phone', number: '01012345678' });
    const elsewhere: Partial<ReleasedEntry>[] = [
      { venueId: 8 },
      { gate: new Uint8Array(32) },
      { counter: 2 },
      { check: 'eye' },
      { record: 'typed' },
      { enteredAt: NOON + 86_400 },
      { box: phone.box.slice(0, 192) },
    ];
    for (const change of elsewhere) expect(await states([{ ...phone, ...change }])).toEqual(['moved']);
    expect(await states([phone], { 737: makePrivateKey() })).toEqual(['moved']);
    // Another second of the same day is the gate's own word, which the presence proof is held against.
    expect(await states([{ ...phone, enteredAt: NOON + 60 }])).toEqual(['direct']);
  });

  it('of a pass goes to its issuer only where the case names it, and to none for a key nobody knows', async () => {
    const shown = (kid: Uint8Array, at: number) => presenceProof(holder, kid, at);
    const entries = [
      await released(await shown(KID, NOON)),
      await released(await shown(Uint8Array.of(2), NOON + 1)),
      await released(await shown(Uint8Array.of(9), NOON + 2)),
      await released({ kind: 'paper-pass', kid: KID, handle: new Uint8Array(16) }),
    ];
    const rows = await open(entries);
    expect(rows.map(({ state, proof }) => [state, proof])).toEqual([
      ['waiting', 'presence'],
      ['not-asked', 'presence'],
      ['unknown', 'presence'],
      ['waiting', 'static'],
    ]);
    // Nobody keeps a handle that nobody will be asked for.
    expect(rows.map(({ handle }) => handle !== null)).toEqual([true, false, false, true]);
  });

  it('that was invented or kept is set apart, with the marks of its gate', async () => {
    const genuine = await presenceProof(holder, KID, NOON);
    const other = await presenceProof(holder, KID, NOON - 3600);
    const forged = { ...genuine, drawnAt: NOON - 30 } as Subject;
    expect(
      await states([
        await released(genuine),
        await released(genuine, { counter: 1, flags: 64 }),
        await released(other),
        await released(forged),
      ]),
    ).toEqual(['waiting', 'apart: repeated', 'apart: window', 'apart: signature']);
    const [row] = await open([await released(genuine, { flags: 65, disputed: true })]);
    expect(row!.marks).toEqual(['fork', 'revoked-gate', 'disputed']);
  });
});
