import type { Language } from '@munjigi/core/rules';
import { html } from './html.ts';
import { say } from './texts.ts';

/** The picture while news comes: nothing to be seen. */
export const NOT_SILENT =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 0.001" width="0" height="0"></svg>\n';

/** The picture in its place once no newer page comes: for how long that has been so, in the page's language. */
export function silentImage(minutes: number, language: Language): string {
  const words = say(language, 'silent', { minutes });
  const lines = words.split(/(?<=\.)\s+/);
  const { source } =
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 64" role="img" aria-label="${words}"><rect width="400" height="64" fill="#a5351d"/><g fill="#fff" font-size="16" font-weight="650" font-family="Pretendard, 'Noto Sans CJK KR', 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif">${lines.map((line, i) => html`<text x="24" y="${27 + i * 22}">${line}</text>`)}</g></svg>
`;
  return source;
}
