import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMunjigiError } from '@munjigi/core/errors';
import {
  compilePolicy,
  hintOf,
  initialOf,
  notices,
  noticeTexts,
  parseTyped,
  penalties,
  readHint,
  rulesAge,
  standingTexts,
  usualObligation,
} from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import { readPackFolder } from '@munjigi/service/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAFE, korea, NOON, readPack, seconds, ward } from './support/packs.ts';

type Json = Record<string, unknown>;
const SEED = 20220106;

/** The message of what compiling throws; the test fails where nothing, or something else, is thrown. */
function complaint(pack: unknown): string {
  try {
    compilePolicy(pack);
  } catch (error) {
    if (isMunjigiError(error, 'policy.structure')) return error.message;
    throw error;
  }
  throw new Error('the pack was taken');
}

/** Every path to a value in a pack, texts left out: they are free. */
function paths(value: unknown, at: readonly (string | number)[] = []): (string | number)[][] {
  const inner = Array.isArray(value)
    ? value.flatMap((entry, i) => paths(entry, [...at, i]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, entry]) =>
          name === 'texts' ? [] : paths(entry, [...at, name]),
        )
      : [];
  return at.length === 0 ? inner : [[...at], ...inner];
}

function at(pack: unknown, path: readonly (string | number)[]): { holder: Json; last: string | number } {
  let holder = pack as Json;
  for (const step of path.slice(0, -1)) holder = holder[step] as Json;
  return { holder, last: path.at(-1)! };
}

describe('a pack that is not as it must be', () => {
  const whole = { ...(readPack('kr-2022') as Json), texts: { ko: {}, en: {} } };
  const everywhere = paths(whole);

  it('is refused with the path of what is wrong', () => {
    const change = (path: (string | number)[], value: unknown) => {
      const pack = structuredClone(whole);
      const { holder, last } = at(pack, path);
      holder[last] = value as never;
      return complaint(pack);
    };
    expect(complaint(null)).toContain('$: must be an object');
    expect(complaint([])).toContain('$');
    expect(change(['timeZone'], 'Asia/Nowhere')).toContain('$.timeZone');
    expect(change(['admission', 2, 'from'], '2021-13-01')).toContain('$.admission[2].from');
    expect(change(['admission', 0, 'kinds', 0], 'castle')).toContain('"castle"');
    expect(change(['entitlement', 0, 'class'], 3)).toContain('$.entitlement[0].class');
    expect(change(['entitlement', 0, 'class'], 8)).toContain('names "8"');
    expect(change(['entitlement', 0, 'anchors', 0, 'kind'], 'palm')).toContain('names "palm"');
    expect(change(['sightings', 0, 'rule'], 'nothing')).toContain('$.sightings[0].rule');
    expect(change(['notices', 'app-down', 'obligation'], 'nothing-known')).toContain(
      '$.notices.app-down.obligation',
    );
    expect(change(['obligations', 'usual', 'standing'], 'nobody')).toContain('$.obligations.usual.standing');
    expect(change(['windows', 'behind'], 'long')).toContain('$.windows.behind');
    expect(change(['unheard-of'], 1)).toContain('$.unheard-of: is not a field of a pack');
    expect(change(['ladder', 'tooOldHours'], 24)).toContain('$.ladder.tooOldHours');
    expect(change(['typed', 'phone', 'pattern'], '(')).toContain('$.typed.phone.pattern');
    expect(change(['admission', 1, 'id'], 'food-before')).toContain('twice');
    expect(change(['recording', 3, 'until'], '2022-02-19')).toContain('$.recording[3].until');
  });

  it('never gets through as something else: whatever value stands anywhere, it compiles or tells the path', () => {
    const junk = fc.oneof(
      fc.constantFrom(null, '', 'x', -1, 0, 1.5, Number.NaN, true, [], {}, [[]], '2022-02-30'),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...everywhere), junk, (path, value) => {
        const pack = structuredClone(whole);
        const { holder, last } = at(pack, path);
        holder[last] = value as never;
        try {
          compilePolicy(pack);
        } catch (error) {
          expect(isMunjigiError(error, 'policy.structure'), String(error)).toBe(true);
          expect((error as Error).message).toMatch(/\$/);
        }
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  it('is noticed when any field that must be there is not', () => {
    const optional =
      /^(kinds|regions|until|blank|details|sequence|with|born|from|to|notBefore|accepts|reason|foreign|ages|alone|perParty|classes|also|anchors|businessNumber|calls|sheets|shown|endedPassHours|preApproved|meanwhile|back)$/;
    const needed = everywhere.filter(
      (path) =>
        typeof path.at(-1) === 'string' &&
        !optional.test(String(path.at(-1))) &&
        !['parameters', 'evidence', 'notices', 'obligations', 'classes', 'also'].includes(
          String(path.at(-2)),
        ),
    );
    expect(needed.length).toBeGreaterThan(300);
    for (const path of needed) {
      const pack = structuredClone(whole);
      const { holder, last } = at(pack, path);
      delete holder[last];
      expect(complaint(pack), path.join('.')).toMatch(/\$/);
    }
  });
});

describe('a pack folder', () => {
  it('is the same pack as its one JSON file, and as what a bundle carries', () => {
    const folder = mkdtempSync(join(tmpdir(), 'munjigi-pack-'));
    try {
      const file = join(folder, 'pack.json');
      writeFileSync(file, JSON.stringify(readPack('kr-2022')));
      expect(readPackFolder(file)).toEqual(readPack('kr-2022'));
      expect(JSON.stringify(readPack('kr-2022')).length).toBeLessThan(100_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that is not there, or is not whole, is one sentence', () => {
    const folder = mkdtempSync(join(tmpdir(), 'munjigi-pack-'));
    try {
      expect(() => readPackFolder(join(folder, 'nothing'))).toThrow(/There is no policy pack at/);
      expect(() => readPackFolder(folder)).toThrow(/pack\.json is missing or is not JSON/);
      writeFileSync(join(folder, 'broken.json'), '{');
      expect(() => readPackFolder(join(folder, 'broken.json'))).toThrow(/is missing or is not JSON/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what counts right now, in words', () => {
  const now = (given: Partial<Now>): Now => ({
    version: 1,
    sequence: 1,
    issuedAt: NOON,
    validFrom: seconds('2022-01-06T14:05:00+09:00'),
    validUntil: NOON + 86_400,
    notice: null,
    parameters: {},
    status: 'confirmed',
    obligation: 'usual',
    bundle: { rootVersion: 1, sequence: 1, digest: new Uint8Array(32) },
    logHead: null,
    ...given,
  });

  it('6 January, 14:05: the duty stands, to every reader', () => {
    const published = now({
      notice: 'app-down',
      obligation: 'check-by-eye',
      parameters: { since: seconds('2022-01-06T14:00:00+09:00') },
    });
    const owner = noticeTexts(korea, published, 'owner', 'ko');
    expect(owner.headline).toBe('방역패스 의무는 그대로입니다.');
    expect(owner.sentence).toBe(
      '사업자용 앱 서버 장애(14:00~). 방역패스 의무는 그대로입니다. 이 기기는 서버 없이 확인하니 평소처럼 찍으세요. 안 찍히면 증명서를 눈으로 보고 [봤음]을 누르면 됩니다. 확인 없이 들여보내면 과태료 대상입니다. 앱을 다시 깔지 마세요. (14:05 확정)',
    );
    expect(noticeTexts(korea, published, 'visitor', 'ko').text).toContain('방역패스는 그대로 적용됩니다.');
    expect(noticeTexts(korea, published, 'answer', 'ko')).toMatchObject({
      headline: '방역패스 의무는 그대로입니다.',
      text: expect.stringContaining('수기명부도 됩니다'),
    });
    expect(noticeTexts(korea, published, 'answer', 'en').asOf).toBe('14:05, confirmed');
  });

  it('tells what was so on the day of an incident of that day alone', () => {
    const shown = (validFrom: string) =>
      noticeTexts(
        korea,
        now({ notice: 'app-down', obligation: 'check-by-eye', validFrom: seconds(validFrom) }),
        'owner',
        'ko',
      ).cause;
    expect(shown('2022-01-06T15:30:00+09:00')).toBe('사업자용 앱 서버 장애(14:00~)');
    expect(shown('2022-01-07T09:10:00+09:00')).toBe('사업자용 앱 서버 장애(09:10~)');
  });

  it('the what-if: one other document, and the sentence flips', () => {
    const whatIf = noticeTexts(
      korea,
      now({ notice: 'coov-down', obligation: 'check-by-word', parameters: { since: NOON } }),
      'owner',
      'ko',
    );
    expect(whatIf.headline).toBe('과태료 없음, 말로 확인');
    expect(whatIf.text).toContain('오늘(1/6) 밤 12시까지');
  });

  it('provisional and confirmed may say different things', () => {
    const at1142 = {
      notice: 'proofs-down',
      obligation: 'check-by-word',
      validFrom: seconds('2021-12-13T11:42:00+09:00'),
    } as const;
    expect(noticeTexts(korea, now({ ...at1142, status: 'provisional' }), 'owner', 'ko').text).toContain(
      '여기에 알려 드립니다',
    );
    expect(noticeTexts(korea, now(at1142), 'owner', 'ko').headline).toContain('오늘(12/13) 밤 12시까지');
  });

  it('every notice has a whole sentence for every reader, in both languages and both standings', () => {
    for (const policy of [korea, ward]) {
      for (const { id, obligation, parameters } of notices(policy)) {
        for (const reader of ['owner', 'visitor', 'answer'] as const) {
          for (const language of ['ko', 'en'] as const) {
            for (const status of ['provisional', 'confirmed'] as const) {
              const { headline, sentence } = noticeTexts(
                policy,
                now({ notice: id, obligation, parameters, status }),
                reader,
                language,
              );
              expect(headline, `${id} ${reader} ${language}`).not.toBe('');
              expect(sentence, `${id} ${reader} ${language}`).not.toMatch(/[{}]|undefined|\(~\)|notice\./);
            }
          }
        }
      }
    }
  });

  it('a notice that older rules do not know is shown as the standing sentence of its obligation', () => {
    const unknown = noticeTexts(
      korea,
      now({ notice: 'from-the-future', obligation: 'check-only' }),
      'owner',
      'ko',
    );
    expect(unknown.notice).toBe('check-only');
    expect(noticeTexts(korea, now({ obligation: 'from-the-future' }), 'owner', 'ko').headline).toBe(
      '평소대로 확인하고 기록합니다.',
    );
  });

  it('a gate that heard nothing still says what its rules ask', () => {
    expect(standingTexts(korea, CAFE, NOON, 'owner', 'ko')).toMatchObject({
      headline: '평소대로 확인하고 기록합니다.',
      asOf: '13:58 기준',
      status: null,
    });
    expect(usualObligation(korea, CAFE, seconds('2022-02-19T12:00:00+09:00'))).toBe('check-only');
    expect(usualObligation(korea, CAFE, seconds('2022-03-01T12:00:00+09:00'))).toBe('nothing');
    expect(usualObligation(korea, { kind: 'mart', region: 'seoul' }, NOON)).toBe('record-only');
    expect(standingTexts(ward, { kind: 'ward', region: 'main' }, NOON, 'visitor', 'en').headline).toBe(
      'Show your code as usual.',
    );
  });
});

describe('what staff type, what a pass hints, what a breach costs', () => {
  it('reads safety codes, phones and sheet lines in one spelling', () => {
    expect(parseTyped(korea, 'safety-code', ' 12가 34나 ')).toBe('12가34나');
    expect(parseTyped(korea, 'safety-code', '12가34나'.normalize('NFD'))).toBe('12가34나');
    expect(parseTyped(korea, 'phone', '010-1234-5678')).toBe('01012345678');
    expect(parseTyped(korea, 'phone', '02) 123-4567'.replace(')', ''))).toBe('021234567');
    expect(parseTyped(korea, 'sheet-line', '12-7')).toBe('12-7');
    for (const wrong of ['', '12가34', '1234', '12가34나5', 'x'.repeat(300), '١٢가٣٤나'])
      expect(parseTyped(korea, 'safety-code', wrong), wrong).toBeNull();
    expect(parseTyped(ward, 'safety-code', '12가34나')).toBeNull();
    expect(parseTyped(ward, 'safety-code', 'AB-1234')).toBe('AB1234');
  });

  it('hints the family initial and the day, and blanks what is rare', () => {
    expect(readHint(hintOf(korea, '김하늘', '1988-03-12'))).toEqual({ initial: 1, day: 12 });
    expect(korea.hintLetters[1]).toBe('ㄱ');
    expect(hintOf(korea, '남', '1990-01-17')).toBe(2 * 32 + 17);
    expect(hintOf(korea, '탁', '1990-01-17')).toBe(0);
    expect(hintOf(korea, 'Smith', '1990-01-17')).toBe(0);
    expect(hintOf(korea, '', '1990-01-17')).toBe(0);
    expect(hintOf(korea, '김'.normalize('NFD'), '1988-03-12')).toBe(1 * 32 + 12);
    expect(initialOf(korea, '쌍')).toBe(0);
    expect(initialOf(korea, '가')).toBe(1);
    expect(initialOf(korea, '까')).toBe(0);
    expect(initialOf(korea, '힣')).toBe(14);
    expect(hintOf(ward, 'Fischer', '1984-08-09')).toBe(6 * 32 + 9);
    expect([0, 5 * 32, -1, 1024, 1.5].map(readHint)).toEqual([null, null, null, null, null]);
  });

  it('has the fines of the day', () => {
    expect(penalties(korea, NOON)).toMatchObject({ visitor: 100_000, venueFines: [1_500_000, 3_000_000] });
    expect(penalties(korea, seconds('2022-02-09T00:00:00+09:00'))?.venueFines).toEqual([
      1_000_000, 1_000_000, 2_000_000,
    ]);
    expect(penalties(ward, NOON)).toBeNull();
  });

  it('tells the age of the rules on a ladder', () => {
    expect(
      [0, 86_400, 86_401, 168 * 3600, 168 * 3600 + 1, Number.NaN].map((age) => rulesAge(korea, age)),
    ).toEqual(['fresh', 'fresh', 'ageing', 'ageing', 'too-old', 'too-old']);
  });
});
