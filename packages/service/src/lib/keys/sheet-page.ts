import { correction, generate } from 'lean-qr';
import { toSvgSource } from 'lean-qr/extras/svg';
import { type Holder, type Sheet, sheetText } from './sheets.ts';

const BODIES = {
  ko: { issuer: '발급 기관', register: '명부 기관', authority: '방역 당국' },
  en: { issuer: 'issuer', register: 'register', authority: 'authority' },
} as const;

const WORDS = {
  ko: {
    title: '복구 용지',
    week: '이 주의 열쇠',
    holders: { 'officer-1': '담당관 1', 'officer-2': '담당관 2', custodian: '외부 보관자' },
    keep: '석 장 가운데 두 장이 있어야 그 주의 열쇠를 되살릴 수 있습니다. 한 장으로는 아무것도 열 수 없습니다.',
    apart: '다른 두 장과 다른 곳에 봉인해 두고, 사진이나 복사본을 만들지 마세요.',
    end: '보관 기간이 지나면 이 용지를 파쇄하고, 파쇄했다고 기록하세요.',
  },
  en: {
    title: 'Recovery sheet',
    week: 'Keys of the week from',
    holders: { 'officer-1': 'Officer 1', 'officer-2': 'Officer 2', custodian: 'Outside custodian' },
    keep: 'Two of the three sheets bring back the keys of that week. One alone opens nothing.',
    apart: 'Keep it sealed, apart from the other two. Make no picture and no copy of it.',
    end: 'When the week has passed retention, shred this sheet and note that you did.',
  },
} as const;

const bodyIn = (language: 'ko' | 'en', body: string): string =>
  (BODIES[language] as Readonly<Record<string, string>>)[body] ?? body;

/** In groups of five letters, so that it can be typed. */
const grouped = (text: string): string => text.replace(/.{5}/g, '$& ').trim();

/** A recovery sheet as a page to print: Korean and English, black on white, no script. */
export function sheetPage(sheet: Sheet): string {
  const text = sheetText(sheet);
  const code = generate(text, { minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M });
  const svg = toSvgSource(code, { on: 'black', padX: 4, padY: 4 });
  const part = (language: 'ko' | 'en'): string => {
    const words = WORDS[language];
    const holder: Record<Holder, string> = words.holders;
    return `<section lang="${language}"><h1>${words.title} · ${holder[sheet.holder]}</h1>
<p class="week">${bodyIn(language, sheet.body)} · ${words.week} <strong>${sheet.week}</strong></p>
<p>${words.keep}</p><p>${words.apart}</p><p>${words.end}</p></section>`;
  };
  return `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${WORDS.ko.title} · ${WORDS.en.title} · ${sheet.body} · ${sheet.week}</title>
<style>
@page { size: A5 portrait; margin: 12mm }
body { font: 11pt/1.5 Pretendard, 'Noto Sans KR', system-ui, sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 128mm; padding: 8mm }
figure { margin: 0 auto 4mm; width: 70mm } figure svg { width: 100%; height: auto; display: block }
h1 { font-size: 15pt; margin: 0 0 2mm } p { margin: 0 0 2mm } code { font: 10pt/1.6 monospace; overflow-wrap: anywhere } section + section { border-top: 1px solid #000; margin-top: 4mm; padding-top: 4mm }
</style></head><body><figure role="img" aria-label="QR">${svg}</figure><p><code>${grouped(text)}</code></p>${part('ko')}${part('en')}</body></html>
`;
}
