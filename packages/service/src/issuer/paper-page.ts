import { correction, generate } from 'lean-qr';
import { toSvgSource } from 'lean-qr/extras/svg';

const WORDS = {
  ko: {
    title: '종이 입장권',
    last: '마지막 날',
    to: '이 날 자정까지',
    hint: '신분증과 맞춰 볼 것: 성의 첫 자음과 태어난 날',
    none: '신분증을 함께 보여 주세요.',
    how: '입구에서 이 코드를 보여 주세요. 휴대전화가 없어도 됩니다. 구겨지지 않게 보관하세요.',
    once: '이 종이의 코드는 늘 같습니다. 다른 사람에게 사진으로 보내지 마세요.',
  },
  en: {
    title: 'Paper entry pass',
    last: 'Last day',
    to: 'until midnight of this day',
    hint: 'Compare with an identity card: first letter of the family name and day of birth',
    none: 'Please show an identity card with it.',
    how: 'Show this code at the door. No phone is needed. Keep it flat.',
    once: 'The code on this sheet is always the same. Do not send a picture of it to anyone.',
  },
} as const;

/** What a printable pass shows. `lastDay` is a local date; `hint` is as people read it ("ㄱ · 12"), or null. */
export interface PaperPass {
  readonly text: string;
  readonly lastDay: string;
  readonly hint: string | null;
}

/** A date in words: "2022년 2월 2일 수요일", "Wednesday, 2 February 2022". */
export function dateInWords(date: string, language: 'ko' | 'en'): string {
  const format = new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
    dateStyle: 'full',
    timeZone: 'UTC',
  });
  return format.format(new Date(`${date}T00:00:00Z`));
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);

/** The whole page: one sheet, black on white, no script, no name. A4 or smaller; the code is drawn 7 cm wide. */
export function paperPage({ text, lastDay, hint }: PaperPass): string {
  const code = generate(text, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L });
  const svg = toSvgSource(code, { on: 'black', padX: 4, padY: 4 });
  const part = (language: 'ko' | 'en'): string => {
    const words = WORDS[language];
    return `<section lang="${language}"><h1>${words.title}</h1>
<p class="last"><span>${words.last}</span> <strong>${escaped(dateInWords(lastDay, language))}</strong> <span>${words.to}</span></p>
<p class="hint">${hint === null ? words.none : `${words.hint}: <strong>${escaped(hint)}</strong>`}</p>
<p>${words.how}</p><p>${words.once}</p></section>`;
  };
  return `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${WORDS.ko.title} · ${WORDS.en.title}</title>
<style>
@page { size: A5 portrait; margin: 12mm }
body { font: 12pt/1.5 Pretendard, 'Noto Sans KR', system-ui, sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 128mm; padding: 8mm }
figure { margin: 0 auto 6mm; width: 70mm } figure svg { width: 100%; height: auto; display: block }
h1 { font-size: 17pt; margin: 0 0 2mm } p { margin: 0 0 2mm } .last strong { font-size: 15pt } section + section { border-top: 1px solid #000; margin-top: 5mm; padding-top: 5mm }
</style></head><body><figure role="img" aria-label="QR">${svg}</figure>${part('ko')}${part('en')}</body></html>
`;
}
