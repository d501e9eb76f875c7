import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLine } from '@munjigi/core/log';
import { unwrapKey, wrapKey } from '@munjigi/core/sealed/recovery';
import { makePrivateKey, openKeyFolder, publicPoint, random } from '@munjigi/service/crypto';
import {
  beginWeek,
  DayStore,
  endThrough,
  hasWrap,
  joinSheets,
  LineOutbox,
  RecoveryRefused,
  readSheet,
  sheetsOf,
  sheetText,
  weekOf,
} from '@munjigi/service/keys';
import { voiceOf } from '@munjigi/service/retention';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { main as keysCommand } from '../packages/ops/src/keys/main.ts';
import { main as retentionCommand } from '../packages/ops/src/retention/main.ts';
import { tempFolder } from './support/databases.ts';
import { spoken } from './support/spoken.ts';

/** Thursday 6 January 2022, noon in Seoul; its week begins on the 3rd. */
const NOW = Date.parse('2022-01-06T12:00:00+09:00');
const WEEK = '2022-01-03';
const DAY = '2022-01-06';
const NAME = `layer-${DAY}`;

/** A desk's store in a data folder, with the sheets of a week written by the command. */
async function stand(desk = 'register', week = WEEK) {
  const data = tempFolder('recovery');
  const keys = await openKeyFolder(join(data, 'keys', desk));
  const store = new DayStore(await keys.folder('days'));
  const key = await store.key(NAME, DAY, () => random(32));
  const to = join(data, 'sheets');
  const made = await spoken(() =>
    keysCommand(['sheets', '--desk', desk, '--week', week, '--to', to, '--data', data], NOW),
  );
  const sheet = (holder: string, kind = 'txt') => join(to, `${desk}-${week}-${holder}.${kind}`);
  const recover = (...args: string[]) =>
    spoken(() => retentionCommand(['recover', '--desk', desk, '--data', data, ...args], NOW));
  return { data, keys, store, key, to, made, sheet, recover };
}

describe('recovery of lost day keys', () => {
  it('takes any two of the three sheets, brings the same keys back, and says so in public', async () => {
    const { keys, store, key, made, sheet, recover } = await stand();
    expect(made).toMatchObject({ code: 0, json: { body: 'register', week: WEEK, wraps: 1 } });
    // Made after the sheets: wrapped as it is made.
    const later = await store.key('layer-2022-01-08', '2022-01-08', () => random(32));
    for (const [a, b] of [
      ['officer-1', 'officer-2'],
      ['officer-2', 'custodian'],
      ['custodian', 'officer-1'],
    ] as const) {
      await store.keys.destroy(NAME);
      await store.keys.destroy('layer-2022-01-08');
      const done = await recover('--sheet', sheet(a), '--sheet', sheet(b, 'html'));
      expect(done).toMatchObject({
        code: 0,
        json: { rebuilt: [NAME, 'layer-2022-01-08'], rehearsal: false },
      });
      expect(await store.find(NAME)).toEqual(key);
      expect(await store.find('layer-2022-01-08')).toEqual(later);
    }
    const lines: Uint8Array[] = [];
    await (await LineOutbox.of(keys, await voiceOf('register', keys))).send({
      append: async (line) => void lines.push(line),
    });
    expect(readLine(lines[0]!)).toMatchObject({
      body: 'register',
      kind: 'recovery',
      fields: { day: DAY, keys: 2 },
    });
  });

  it('is rehearsed without writing anything', async () => {
    const { store, sheet, recover } = await stand();
    await store.keys.destroy(NAME);
    const done = await recover('--rehearse', '--sheet', sheet('officer-1'), '--sheet', sheet('custodian'));
    expect(done).toMatchObject({ code: 0, json: { rebuilt: [NAME], rehearsal: true } });
    expect(await store.find(NAME)).toBeNull();
  });

  it('refuses one sheet alone, the same one twice, two weeks, two desks, two sets and a misread letter, each in a sentence', async () => {
    const one = await stand();
    const otherWeek = await stand('register', '2022-01-10');
    const otherDesk = await stand('authority');
    const otherSet = await stand();
    const mine = one.sheet('officer-1');
    const torn = join(one.data, 'torn.txt');
    const text = readFileSync(mine, 'utf8');
    writeFileSync(torn, text.replace(/[A-Y](?=\s*$)/, 'Z').replace('MJR1:QY', 'MJR1:QZ'));
    const refusals: [string[], string][] = [
      [[mine], 'One sheet alone'],
      [[mine, mine], 'same sheet twice'],
      [[mine, otherWeek.sheet('officer-2')], 'two weeks'],
      [[mine, otherDesk.sheet('officer-2')], 'of the authority desk'],
      [[otherDesk.sheet('officer-1'), otherDesk.sheet('officer-2')], 'of the authority desk'],
      [[mine, otherSet.sheet('officer-2')], 'two sets'],
      [[otherSet.sheet('officer-1'), otherSet.sheet('officer-2')], 'not those of the week'],
      [[mine, torn], 'no recovery sheet'],
    ];
    await one.store.keys.destroy(NAME);
    for (const [sheets, sentence] of refusals) {
      const done = await one.recover(...sheets.flatMap((sheet) => ['--sheet', sheet]));
      expect(done.code).toBe(1);
      expect(done.stderr).toContain(sentence);
      expect(done.stderr).not.toMatch(/[A-Z2-7]{30}/);
      expect(await one.store.find(NAME)).toBeNull();
    }
  });

  it('brings no destroyed day back: not in its week, and after its week there is nothing to recover from', async () => {
    const { keys, store, sheet, recover } = await stand();
    await store.key('layer-2022-01-08', '2022-01-08', () => random(32));
    const end = async (day: string) =>
      endThrough({ keys, lines: await voiceOf('register', keys), log: null, at: NOW / 1000 }, day, DAY);
    await end(DAY);
    expect(await hasWrap(store, NAME)).toBe(false);
    const inWeek = await recover('--sheet', sheet('officer-1'), '--sheet', sheet('officer-2'));
    expect(inWeek).toMatchObject({ code: 0, json: { rebuilt: [], same: ['layer-2022-01-08'] } });
    expect(await store.find(NAME)).toBeNull();
    await end('2022-01-09');
    expect(existsSync(join(keys.path, 'recovery', WEEK))).toBe(false);
    const after = await recover('--sheet', sheet('officer-1'), '--sheet', sheet('officer-2'));
    expect(after.code).toBe(1);
    expect(after.stderr).toContain('ended with its week');
    // Nor is a week begun anew.
    await expect(beginWeek(store, WEEK, publicPoint(makePrivateKey()))).rejects.toThrow('never made again');
  });

  it('keeps no private half: what stands in the store opens no wrap, and a second set is refused', async () => {
    const { data, keys, made } = await stand();
    expect(made.code).toBe(0);
    const folder = await (await keys.folder('recovery')).folder(WEEK);
    expect(await folder.names()).toEqual(['public', `wrap-${NAME}`]);
    const wrap = (await folder.find(`wrap-${NAME}`))!;
    for (const name of await folder.names())
      await expect(
        unwrapKey({
          wrap,
          place: { body: 'register', week: WEEK, name: NAME },
          privateKey: (await folder.find(name))!.slice(0, 32),
        }),
      ).rejects.toThrow();
    const again = await spoken(() =>
      keysCommand(
        ['sheets', '--desk', 'register', '--week', WEEK, '--to', join(data, 'again'), '--data', data],
        NOW,
      ),
    );
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('made already');
    expect(existsSync(join(data, 'again')) ? readdirSync(join(data, 'again')) : []).toEqual([]);
  });

  it('a wrap opens as the key that it was made of, and as no other', async () => {
    const privateKey = makePrivateKey();
    const [key, place] = [random(32), { body: 'issuer', week: WEEK, name: 'day-2022-01-06' }];
    const wrap = await wrapKey({ key, place, recoveryKey: publicPoint(privateKey), ekm: random(32) });
    expect(await unwrapKey({ wrap, place, privateKey })).toEqual(key);
    for (const other of [
      { ...place, body: 'register' },
      { ...place, week: '2022-01-10' },
      { ...place, name: 'day-2022-01-07' },
    ])
      await expect(unwrapKey({ wrap, place: other, privateKey })).rejects.toMatchObject({
        code: 'sealed.open',
      });
  });

  it('a sheet survives typing with any spaces, and no letter of it can change unseen', async () => {
    const sheets = await sheetsOf('authority', weekOf(DAY), makePrivateKey());
    const text = sheetText(sheets[2]!);
    expect(readSheet(text.replace(/.{5}/g, '$&\n '))).toEqual(sheets[2]);
    await joinSheets('authority', [sheets[2]!, sheets[0]!]);
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), (at, letter) => {
        const place = 5 + (at % (text.length - 6));
        if (text[place] === letter) return;
        expect(() => readSheet(text.slice(0, place) + letter + text.slice(place + 1))).toThrow(
          RecoveryRefused,
        );
      }),
    );
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(() => readSheet(any)).toThrow(RecoveryRefused);
      }),
    );
  });
});
