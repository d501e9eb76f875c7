import type { Language, Policy } from '@munjigi/core/rules';
import { type PrintedDocument, printedDocument, type TextStyle } from '../../lib/pdf/index.ts';
import { destroyAfter, type Sheet } from './store.ts';

const LEFT = 16;
const RIGHT = 194;
/** Where the table begins and how far down a page reaches, in millimetres. */
const TABLE = 80;
const BOTTOM = 276;
/** Left edges of the columns. */
const COLUMNS = { line: LEFT, time: 34, contact: 58, check: 160 } as const;
const SMALL = { size: 8.5 } as const;
const LANGUAGES: readonly Language[] = ['ko', 'en'];

interface Printed {
  readonly venueId: number;
  readonly name: string;
}

/** Register sheets as they are printed, one page each: Korean first, English beneath. Nobody's number is on them yet. */
export async function printSheets(
  policy: Policy,
  venue: Printed,
  sheets: readonly Sheet[],
): Promise<Uint8Array> {
  const title = `${policy.text('ko', 'sheet.title')} · ${venue.name}`;
  const document = await printedDocument(title, 'ko', Math.max(...sheets.map(({ printedMs }) => printedMs)));
  for (const sheet of sheets) drawSheet(document.page(), policy, venue, sheet);
  return document.toBytes();
}

function drawSheet(page: PrintedDocument, policy: Policy, venue: Printed, sheet: Sheet): void {
  const { sheetNo, lines, day } = sheet;
  const say = (language: Language, key: string, parameters: Record<string, string | number> = {}) =>
    policy.text(language, `sheet.${key}`, { days: policy.retentionDays, ...parameters });
  const both = (key: string, x: number, y: number, style: TextStyle): void => {
    page.text(say('ko', key), x, y, { ...style, weight: 'strong' });
    page.text(say('en', key), x, y + 4, { ...style, ...SMALL });
  };

  // What the sheet is, and by which number it is spoken of.
  page.text(fitting(page, venue.name, 120, { size: 18, weight: 'strong' }), LEFT, 25, {
    size: 18,
    weight: 'strong',
  });
  page.text(`${say('ko', 'title')} · ${say('en', 'title')}`, LEFT, 32, { size: 11 });
  page.box(152, 15, RIGHT - 152, 20, 0.5);
  page.text(`${say('ko', 'number')} ${say('en', 'number')}`, 155, 20.5, SMALL);
  page.text(String(sheetNo), RIGHT - 4, 32, { size: 34, weight: 'strong', align: 'end' });
  page.text(say('ko', 'venue', { venue: venue.venueId }), 155, 32, SMALL);

  const on = (language: Language) =>
    day === null ? say(language, 'day-blank') : say(language, 'day', { day });
  page.text(on('ko'), LEFT, 43, { size: 12, weight: 'strong' });
  page.text(on('en'), RIGHT, 43, { size: 10, align: 'end' });

  let y = 50;
  for (const language of LANGUAGES) {
    const style = language === 'ko' ? { size: 10, leading: 5 } : { ...SMALL, leading: 4.2 };
    y = page.paragraph(say(language, 'privacy'), LEFT, y, RIGHT - LEFT, style);
  }

  for (const [key, x] of Object.entries(COLUMNS))
    both(key, x + (key === 'line' ? 0 : 2), TABLE - 7, { size: 10 });
  page.line(LEFT, TABLE, RIGHT, TABLE, 0.5);
  const height = (BOTTOM - TABLE) / lines;
  for (let line = 1; line <= lines; line++) {
    const base = TABLE + line * height;
    page.text(`${sheetNo}-${line}`, COLUMNS.line, base - height / 2 + 1.4, { size: 10 });
    // Two dots to write the minutes behind.
    page.text(':', (COLUMNS.time + COLUMNS.contact) / 2, base - height / 2 + 1.4, {
      size: 12,
      align: 'middle',
    });
    page.box((COLUMNS.check + RIGHT) / 2 - 2.2, base - height / 2 - 2.2, 4.4, 4.4, 0.2);
    page.line(LEFT, base, RIGHT, base, line % 5 === 0 ? 0.35 : 0.15);
  }
  for (const x of [COLUMNS.time, COLUMNS.contact, COLUMNS.check]) page.line(x, TABLE - 11, x, BOTTOM, 0.15);

  const until = day === null ? null : destroyAfter(day, policy.retentionDays);
  for (const [i, language] of LANGUAGES.entries()) {
    const words = until === null ? say(language, 'shred-blank') : say(language, 'shred', { until });
    page.text(words, LEFT, BOTTOM + 6 + 4.5 * i, i === 0 ? { size: 9.5, weight: 'strong' } : SMALL);
  }
  page.text(say('ko', 'shredded'), RIGHT, BOTTOM + 6, { size: 9.5, align: 'end' });
  page.text(say('en', 'shredded'), RIGHT, BOTTOM + 10.5, { ...SMALL, align: 'end' });
}

/** A name that is longer than its place loses its end. */
function fitting(page: PrintedDocument, text: string, width: number, style: TextStyle): string {
  if (page.widthOf(text, style) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && page.widthOf(`${characters.join('')}…`, style) > width) characters.pop();
  return `${characters.join('')}…`;
}
