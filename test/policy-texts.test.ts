import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS } from '@munjigi/core/reasons';
import type { Policy } from '@munjigi/core/rules';
import { cutoffs } from '@munjigi/core/rules';
import { describe, expect, it } from 'vitest';
import { korea, NOON, packFolder, seconds, ward } from './support/packs.ts';

const LANGUAGES = ['ko', 'en'] as const;
/** What the record says of outages that are played again. */
function recorded(name: string): { source: string }[] {
  const folder = join(packFolder(name), 'drills');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

const packs = [
  { name: 'kr-2022', policy: korea },
  { name: 'visitor-register', policy: ward },
];

/** Every key that screens, the wallet, the status page and the rules ask a pack for. */
function asked({ pack }: Policy): string[] {
  const each = (family: string, names: readonly string[], ...parts: string[]) =>
    names.flatMap((name) =>
      parts.length > 0 ? parts.map((part) => `${family}.${name}.${part}`) : [`${family}.${name}`],
    );
  const bands = [...new Set(pack.admission.flatMap(({ ages }) => (ages ?? []).map(({ id }) => id)))];
  return [
    'title',
    ...each('format', [
      'date',
      'long',
      'full',
      'slash',
      'time',
      'clock',
      'instant',
      'day',
      'months',
      'weekdays',
    ]),
    ...each('body', ['issuer', 'register', 'authority']),
    ...each('reason', Object.keys(REASONS), 'headline', 'instruction', 'staffSays', 'spoken'),
    ...each(
      'strip',
      [
        'usual',
        'register-down',
        'register-back',
        'rules-ageing',
        'rules-too-old',
        'undone',
        'exercise',
        'not-saved',
      ],
      'headline',
      'text',
    ),
    'strip.register-down.kiosk',
    'strip.kept',
    ...each('eye', ['title', 'as-of', 'phone', 'any', 'private']),
    'eye.sight.any',
    ...each('eye', ['date', 'at', 'birth'], 'between', 'from', 'to'),
    'eye.date.any',
    ...each('shown', pack.shown ?? [], 'label', 'look'),
    ...each('eye', [...pack.sightings.map(({ id }) => id), ...bands], 'label', 'explain'),
    ...each('typed', Object.keys(pack.typed), 'label', 'help', 'wrong'),
    ...each(
      'hint',
      pack.hint.letters.map((_, i) => String(i + 1)),
    ),
    ...each('venue', pack.venues),
    ...each('region', pack.regions),
    ...each('check', ['scan', 'eye', 'verbal', 'not-required', 'not-made']),
    ...each('record', ['scan', 'poster', 'call', 'paper', 'typed', 'none']),
    ...each('component', [
      ...new Set([
        ...['canaries', 'documents', 'issuers', 'judging', 'register', 'sign-in'],
        ...Object.values(pack.notices).flatMap(({ preApproved }) => preApproved?.seen ?? []),
      ]),
    ]),
    ...(pack.calls ? ['record.call.ask'] : []),
    ...each('poster', ['title', 'scan', 'tap', 'show', 'privacy', 'number']),
    ...(pack.sheets
      ? each('sheet', [
          'title',
          'number',
          'venue',
          'day',
          'day-blank',
          'privacy',
          'line',
          'time',
          'contact',
          'check',
          'shred',
          'shred-blank',
          'shredded',
        ])
      : []),
    ...each('duty', ['check', 'record', 'fines', 'required', 'eased', 'suspended', 'none']),
    ...each('fines', ['stand', 'waived', 'none', 'open', ...(pack.grace.length > 0 ? ['grace'] : [])]),
    ...each('obligation', Object.keys(pack.obligations)),
    ...each('wallet', ['issuer', 'privacy', 'moves', 'withdrawn', 'reminder', 'grace', 'nothing']),
    ...each('wallet', ['paper'], 'title', 'last-day', 'use'),
    ...each(
      'wallet',
      [...new Set(pack.entitlement.map(({ certificate }) => certificate))],
      'label',
      'valid',
      'lasting',
      'not-yet',
      'ended',
    ),
    ...(pack.admission.some(({ alone }) => alone) ? ['wallet.alone.label', 'wallet.alone.text'] : []),
    ...each(
      'notice',
      Object.keys(pack.notices),
      'cause',
      'owner.headline',
      'owner.text',
      'visitor.headline',
      'visitor.text',
    ),
    ...each('notice.as-of', ['provisional', 'confirmed', 'standing']),
    'notice.provisional',
    'notice.exercise',
    ...each('statement', ['title', 'line']),
    'answer.question',
  ];
}

/** Keys that a pack may have besides: a second line, the answer card, another wording for one status. */
const MAY =
  /^reason\.[\w-]+\.also$|^answer\.|^notice\.[\w-]+\.(cause\.then|answer\.(headline|text)|(owner|visitor|answer)\.(headline|text)\.(provisional|confirmed|standing))$/;

const slots = (template: string): string[] =>
  [...template.matchAll(/\{([\w-]+)/g)].map((match) => match[1]!).sort();

describe.each(packs)('texts of $name', ({ name, policy }) => {
  const { texts } = policy.pack;

  it.each(LANGUAGES)('are complete in %s, and nobody wrote one that nothing asks for', (language) => {
    const keys = Object.keys(texts[language]);
    const wanted = asked(policy);
    expect(
      wanted.filter((key) => !keys.includes(key)),
      'missing',
    ).toEqual([]);
    expect(
      keys.filter((key) => !wanted.includes(key) && !MAY.test(key)),
      'asked for by nothing',
    ).toEqual([]);
  });

  it('say the same in both languages: the same keys, the same values filled in, none of them forgotten', () => {
    expect(Object.keys(texts.ko)).toEqual(Object.keys(texts.en));
    for (const [key, korean] of Object.entries(texts.ko)) {
      const english = texts.en[key]!;
      expect(korean === '', key).toBe(english === '');
      if (key.startsWith('format.')) continue;
      const named = (template: string) => [...new Set(slots(template))].filter((slot) => slot !== 'today');
      expect(named(english), key).toEqual(named(korean));
    }
  });

  it('use date forms that the pack writes', () => {
    const forms = new Set([
      'iso',
      'count',
      'last-day',
      ...Object.keys(texts.ko)
        .filter((key) => key.startsWith('format.'))
        .map((key) => key.slice(7)),
    ]);
    for (const language of LANGUAGES) {
      for (const [key, template] of Object.entries(texts[language])) {
        for (const [, form] of template.matchAll(/\{[\w-]+:([\w-]+)/g))
          expect(forms.has(form!), `${language} ${key}`).toBe(true);
      }
    }
  });

  it('judge a code, never a person', () => {
    const forbidden = /미접종|거부|위반|불법|실패|\bfake\b|\bfraud|\brefused?\b|\bunvaccinated\b|\bdenied\b/i;
    const allowed = new Set(['reason.issuer-unknown.instruction', 'reason.proof-not-loaded.instruction']);
    for (const language of LANGUAGES) {
      const wrong = Object.entries(texts[language]).filter(
        ([key, text]) => !allowed.has(key) && forbidden.test(text),
      );
      expect(wrong.map(([key]) => key)).toEqual([]);
    }
  });

  it('say dates, never durations, at the door', () => {
    const door = Object.entries(texts.ko).filter(([key]) => /^reason\./.test(key));
    expect(door.filter(([, text]) => /\d+일 (경과|지난|후)/.test(text)).map(([key]) => key)).toEqual([]);
  });

  it('have a source for every rule, and a rule for every source', () => {
    const { pack } = policy;
    const named = [
      ...pack.entitlement,
      ...pack.admission,
      ...pack.grace,
      ...pack.extensions,
      ...pack.recording,
      ...pack.penalties,
      ...Object.values(pack.notices),
      ...recorded(name),
    ];
    const page = readFileSync(join(packFolder(name), 'SOURCES.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1]!);
    expect([...new Set(named.map(({ source }) => source))].sort()).toEqual(listed.sort());
  });
});

describe('the Korean pack, word for word', () => {
  const { text } = korea;

  it('writes the sentences of the door', () => {
    const ended = { until: seconds('2022-01-03T00:00:00+09:00') };
    expect(text('ko', 'reason.ended.instruction', ended)).toBe(
      '이 증명은 1월 2일까지였습니다. 다른 증명이 있는지 여쭤보세요.',
    );
    expect(text('en', 'reason.ended.instruction', ended)).toBe('Valid until 2 Jan. Ask for another proof.');
    const grace = { until: seconds('2022-01-10T00:00:00+09:00'), kind: 'ended' };
    expect(text('ko', 'reason.grace.instruction', grace)).toBe(
      '1월 9일까지 계도기간이라 과태료가 없습니다. 안내한 뒤 [안내함]을 누르세요.',
    );
    expect(text('ko', 'reason.grace.staffSays', grace)).toBe(
      '유효기간이 지나셨네요. 1월 10일부터는 다른 증명서가 필요합니다.',
    );
    expect(
      text('ko', 'reason.seen-before.instruction', { at: seconds('2022-01-06T12:41:20+09:00') }),
    ).toMatch(/^12시 41분에 여기서 쓰였습니다\./);
    expect(text('ko', 'reason.clock-visitor.headline', { minutes: 8, direction: 'slow' })).toBe(
      '휴대전화 시계가 8분 느려요',
    );
    expect(text('en', 'reason.clock-visitor.headline', { minutes: 8, direction: 'fast' })).toBe(
      'Phone is 8 min fast',
    );
    expect(text('ko', 'reason.seen-age.instruction', { born: '2003-01-01' })).toBe(
      '2003년 1월 1일 이후 출생 확인. 접종 여부는 묻지 않아도 됩니다.',
    );
  });

  it('has words for every value, for any other and for none', () => {
    expect(text('ko', 'reason.seen-age.instruction', {})).toBe('나이 확인. 접종 여부는 묻지 않아도 됩니다.');
    expect(text('en', 'reason.seen-age.instruction', { born: '1962-02-25' })).toBe(
      'Born on or after 25 Feb 1962. No need to ask anything else.',
    );
    expect(text('ko', 'reason.not-required.instruction', { recorded: 'no' })).toBe(
      '이곳은 방역패스를 확인하지 않는 시설입니다. 기록도 하지 않습니다.',
    );
  });

  it('writes the card of 6 January', () => {
    const rows = cutoffs(korea, { kind: 'cafe', region: 'seoul' }, NOON);
    const written = (language: 'ko' | 'en') =>
      rows.map(({ labelKey, valueKey, parameters }) =>
        `${text(language, labelKey, parameters)} ${text(language, valueKey, parameters)}`.trim(),
      );
    expect(written('ko')).toEqual([
      '3차 접종',
      '2차(얀센 1회) 접종일 2021-07-10 ~ 2021-12-23',
      '음성확인 통보 1월 4일 0시 이후',
      '격리해제일 2021-07-10 이후',
      '예외확인서',
      '출생 2003-01-01 이후',
    ]);
    expect(written('en')).toEqual([
      'Booster',
      'Dose 2 (Janssen 1) 2021-07-10 – 2021-12-23',
      'Negative, notified 4 Jan 00:00 or after',
      'Released from isolation 2021-07-10 or after',
      'Exemption paper',
      'Born 2003-01-01 or after',
    ]);
    expect(text('ko', rows[4]!.explainKey, rows[4]!.parameters)).toContain('2021-07-10 이후');
  });

  it('fills a template without leaving a trace of it', () => {
    expect(text('ko', 'no.such.key')).toBe('no.such.key');
    expect(text('ko', 'reason.ended.instruction', { until: 'gibberish' })).toContain('gibberish까지');
    expect(text('ko', 'strip.register-back.text', { count: 1234567 })).toBe('1,234,567건 모두 등록 확인.');
    expect(text('ko', 'strip.register-back.text', {})).toBe('건 모두 등록 확인.');
  });

  it('shows a word and a shape of the minute', () => {
    expect(korea.minuteSign(NOON, 'ko')).toEqual({ word: '도라지', shape: 'heart' });
    expect(korea.minuteSign(NOON, 'en')).toEqual({ word: 'Bellflower', shape: 'heart' });
  });
});
