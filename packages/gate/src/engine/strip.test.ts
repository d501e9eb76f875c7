import { fileURLToPath } from 'node:url';
import { compilePolicy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import { readPackFolder } from '@munjigi/service/config';
import { isTextKey, t } from '@munjigi/ui/texts';
import { describe, expect, it } from 'vitest';
import { eyeRows } from './eye-rows.ts';
import { type StripFacts, stripOf } from './strip.ts';

const policy = compilePolicy(
  readPackFolder(fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url))),
);
const AT = Date.parse('2022-01-06T14:05:00+09:00') / 1000;
const usual: StripFacts = {
  policy,
  now: null,
  venue: { kind: 'cafe', region: 'seoul' },
  at: AT,
  ageSeconds: 60,
  viewer: false,
  notSaved: false,
  registerDown: false,
  cutOffSince: null,
  waiting: 0,
  backWith: null,
};
const now = (notice: string | null, status: Now['status'] = 'confirmed'): Now => ({
  version: 1,
  sequence: 2,
  issuedAt: AT,
  validFrom: AT,
  validUntil: AT + 86_400,
  notice,
  parameters: {},
  status,
  obligation: notice === null ? 'usual' : policy.pack.notices[notice]!.obligation,
  bundle: { rootVersion: 1, sequence: 1, digest: new Uint8Array(32) },
  logHead: null,
});
const show = (facts: Partial<StripFacts>, language: 'ko' | 'en' = 'ko') =>
  stripOf(
    { ...usual, ...facts },
    (key, parameters = {}) =>
      isTextKey(key) ? t(language, key, parameters) : policy.text(language, key, parameters),
    language,
  );

describe('the strip', () => {
  it('says calmly that it goes on under a new key, after what this device must say of itself', () => {
    const renewed = { renewed: true, now: now('register-down'), registerDown: true, waiting: 3 };
    expect(show(renewed)).toMatchObject({ kind: 'renewed', status: null });
    for (const language of ['ko', 'en'] as const) {
      const { headline, text } = show(renewed, language);
      expect(`${headline} ${text}`).toMatch(
        language === 'ko' ? /새 키.*하실 일은 없습니다/ : /new key.*nothing to do/,
      );
    }
    expect(show({ ...renewed, notSaved: true }).kind).toBe('not-saved');
    expect(show({ ...renewed, revoked: true }).kind).toBe('revoked');
    expect(show({ ...renewed, renewed: false }).kind).toBe('incident');
  });

  it('says what counts on a usual day, and which minute it is of', () => {
    expect(show({})).toMatchObject({ kind: 'usual', status: null });
    expect(show({}).headline).not.toBe('');
  });

  it('gives the published sentence with its standing before what the device notices itself', () => {
    const strip = show({ now: now('app-down', 'provisional'), registerDown: true, waiting: 30 });
    expect(strip).toMatchObject({ kind: 'incident', status: 'provisional' });
    expect(strip.headline).toContain('의무는 그대로');
  });

  it('says how many entries wait where the register is gone and nobody has published anything', () => {
    expect(show({ registerDown: true, waiting: 83 })).toMatchObject({
      kind: 'incident',
      text: expect.stringContaining('83건'),
    });
    expect(show({ registerDown: true, waiting: 83 }).text).toContain('앱을 지우거나 다시 깔지 마세요');
    expect(show({ registerDown: true, waiting: 0 }).kind).toBe('usual');
  });

  it('says by itself, cut off from everything, whether the duty stands, what to do and until when', () => {
    const alone = { cutOffSince: AT - 60, registerDown: true, waiting: 83 };
    const strip = show(alone);
    expect(strip).toMatchObject({
      kind: 'incident',
      status: null,
      headline: '방역패스 의무는 그대로입니다.',
    });
    expect(strip.text).toMatch(/닿지 않습니다\(14:04~\).*눈으로 보고.*다시 닿을 때까지.*\(14:05 기준\)/);
    expect(show({ ...alone, venue: { kind: 'mart', region: 'seoul' } })).toMatchObject({
      headline: '출입명부 의무는 그대로입니다.',
    });
    const later = Date.parse('2022-03-02T12:00:00+09:00') / 1000;
    expect(show({ ...alone, at: later, cutOffSince: later }).kind, 'no duty, nothing to say').toBe(
      'incident',
    );
    expect(show({ ...alone, at: later, cutOffSince: later, waiting: 0 })).toMatchObject({ kind: 'usual' });
    expect(show({ ...alone, now: now('app-down') }), 'what was published goes first').toMatchObject({
      status: 'confirmed',
    });
  });

  it('tells each venue of its own duty: where no pass is checked, nobody is told that it is', () => {
    const mart = { kind: 'mart', region: 'seoul' } as const;
    expect(show({ now: now('app-down'), venue: mart })).toMatchObject({
      kind: 'incident',
      headline: '명부 의무는 그대로입니다.',
    });
    expect(show({ now: now('wallet-slow'), venue: mart })).toMatchObject({
      kind: 'usual',
      headline: '출입만 기록합니다.',
    });
    expect(show({ venue: mart }).headline).toBe('출입만 기록합니다.');
  });

  it('tells that all is confirmed, once the register is back and not before', () => {
    expect(show({ backWith: 83 })).toMatchObject({ kind: 'back', text: '83건 모두 등록 확인.' });
    expect(show({ backWith: 83, registerDown: true, waiting: 1 }).kind).toBe('incident');
  });

  it('puts what the device cannot do before everything else', () => {
    expect(show({ notSaved: true, now: now('app-down') }).kind).toBe('not-saved');
    expect(show({ viewer: true, notSaved: true }).kind).toBe('viewer');
    expect(show({ policy: null }).kind).toBe('stopped');
  });

  it('warns of ageing rules by the pack’s ladder, and stops judging at its end', () => {
    expect(show({ ageSeconds: 26 * 3600 })).toMatchObject({
      kind: 'ageing',
      headline: expect.stringContaining('26시간'),
    });
    expect(show({ ageSeconds: 365 * 86_400 }).kind).toBe('stopped');
  });

  it('lets a notice count in its own time only', () => {
    const over = { ...now('app-down'), validUntil: AT - 1 };
    expect(show({ now: over }).kind).toBe('usual');
    expect(show({ now: over, at: null }).kind).toBe('incident');
  });

  it('leaves no text empty or untranslated in either language', () => {
    const all: Partial<StripFacts>[] = [
      {},
      { viewer: true },
      { policy: null },
      { notSaved: true },
      { registerDown: true, waiting: 3 },
      { backWith: 3 },
      { ageSeconds: 26 * 3600 },
      { ageSeconds: 400 * 86_400 },
      ...Object.keys(policy.pack.notices).map((id) => ({ now: now(id) })),
    ];
    for (const facts of all) {
      for (const language of ['ko', 'en'] as const) {
        const { headline, text } = show(facts, language);
        expect(headline, JSON.stringify(facts.now?.notice)).not.toMatch(/^$|^[a-z-]+\.[a-z.-]+$/);
        expect(text).not.toMatch(/^[a-z-]+\.[a-z.-]+$|\{/);
      }
    }
  });
});

describe('the by-eye card', () => {
  it('has today’s dates, a label for every row and no key in place of a text', () => {
    for (const language of ['ko', 'en'] as const) {
      const rows = eyeRows(policy, { kind: 'cafe', region: 'seoul' }, AT, language);
      expect(rows.length).toBeGreaterThan(3);
      expect(
        rows.every((row) => row.label !== '' && !/^eye\./.test(row.value + row.explain + row.label)),
      ).toBe(true);
      expect(rows.map((row) => row.value).join()).toContain('2021-07-10');
    }
  });
});
