import type { Result } from './result.ts';

type Language = 'ko' | 'en';

const VERDICTS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  admit: { ko: '● 유효', en: '● admit' },
  refuse: { ko: '◆ 거절', en: '◆ refuse' },
  'cannot-tell': { ko: '? 판단 불가', en: '? cannot tell' },
};

/** One sentence a reason, about the code and never about the person. */
const REASONS: Readonly<Record<string, readonly [ko: string, en: string]>> = {
  ok: ['진짜이고 유효한 코드입니다.', 'A true and valid code.'],
  ended: ['유효 기간이 지난 코드입니다.', 'The code has ended.'],
  'not-yet': ['아직 유효 기간이 시작되지 않았습니다.', 'The code is not valid yet.'],
  'test-ended': ['검사 결과의 유효 시간이 지났습니다.', 'The result in the code has ended.'],
  'old-drawing': [
    '방금 띄운 코드가 아닙니다. 코드를 다시 여세요.',
    'The code was not drawn just now: reopen it.',
  ],
  signature: ['서명이 맞지 않습니다.', 'The signature does not match.'],
  withdrawn: ['발급이 취소된 코드입니다.', 'The code was withdrawn by its issuer.'],
  specimen: ['견본 코드입니다.', 'A specimen.'],
  'issuer-unknown': ['발급 기관을 확인할 수 없습니다.', 'Its issuer is not known here.'],
  'not-a-pass': ['아는 종류의 증명 코드가 아닙니다.', 'No pass of a kind that is read here.'],
  unreadable: ['사진에서 코드를 찾지 못했습니다.', 'No code was found in the picture.'],
  'two-codes': ['코드가 둘 이상 보입니다.', 'The picture shows more than one code.'],
  decode: ['코드의 글자가 깨졌습니다.', 'The characters of the code are broken.'],
  inflate: ['압축이 깨진 코드입니다.', 'The code does not unpack.'],
  structure: ['구조가 맞지 않는 코드입니다.', 'The code does not follow its layout.'],
  schema: ['내용이 규격과 맞지 않습니다.', 'The content does not follow its schema.'],
  'key-usage': ['이 종류의 증명에 서명할 수 없는 키입니다.', 'Its key may not sign this kind of pass.'],
  'clock-visitor': ['휴대전화 시계가 맞지 않습니다.', "The phone's clock is off."],
};

const STEP_SIGNS: Readonly<Record<string, string>> = {
  ok: '✓',
  failed: '✗',
  unknown: '?',
  'not-reached': '·',
};

/** The language of the terminal: Korean where its locale says so, else English. */
export const languageOf = (environment: Readonly<Record<string, string | undefined>>): Language =>
  /^ko/i.test(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '') ? 'ko' : 'en';

/** A few lines for people. `say` gives the pack's own sentence where a policy was given. */
export function report(result: Result, language: Language, say?: (reason: string) => string | null): string {
  const sentence = say?.(result.reason) ?? REASONS[result.reason]?.[language === 'ko' ? 0 : 1] ?? '';
  const steps = Object.entries(result.steps)
    .filter(([, state]) => state !== 'not-reached')
    .map(([step, state]) => `${STEP_SIGNS[state]} ${step}`)
    .join('  ');
  const facts = [
    result.format ?? (language === 'ko' ? '알 수 없는 형식' : 'unknown format'),
    result.algorithm,
    result.keyId && `key ${result.keyId}`,
    result.notBefore && `from ${result.notBefore}`,
    result.notAfter && `until ${result.notAfter}`,
  ].filter(Boolean);
  return `${String(result.id)}\n  ${VERDICTS[result.verdict]?.[language] ?? result.verdict} (${result.reason}) ${sentence}\n  ${facts.join(' · ')}\n  ${steps}\n`;
}
