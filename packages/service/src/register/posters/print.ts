import type { Language, Policy } from '@munjigi/core/rules';
import { correction, generate } from 'lean-qr';
import { type PrintedDocument, printedDocument, type TextStyle } from '../../lib/pdf/index.ts';

const LEFT = 20;
const RIGHT = 190;
const MIDDLE = 105;
/** Width of the code and where it begins, in millimetres: a phone reads it from a step away. */
const CODE = 116;
const CODE_TOP = 66;
const STEPS = ['scan', 'tap', 'show'] as const;

export interface PrintedPoster {
  readonly venueId: number;
  readonly name: string;
  readonly posterNo: number;
  readonly madeMs: number;
  /** What a camera opens that reads the code. */
  readonly link: string;
}

/** A poster as it is printed: one page, Korean first, English beneath. */
export async function printPoster(policy: Policy, poster: PrintedPoster): Promise<Uint8Array> {
  const title = `${policy.text('ko', 'poster.title')} · ${poster.name}`;
  const document = await printedDocument(title, 'ko', poster.madeMs);
  const page = document.page();
  const say = (language: Language, key: string, parameters: Record<string, string | number> = {}) =>
    policy.text(language, `poster.${key}`, { days: policy.retentionDays, ...parameters });

  const middle = (text: string, y: number, style: TextStyle) =>
    page.text(text, MIDDLE, y, { ...style, align: 'middle' });
  middle(poster.name, 30, { size: sizeFor(page, poster.name, 30), weight: 'strong' });
  middle(say('ko', 'title'), 46, { size: sizeFor(page, say('ko', 'title'), 26), weight: 'strong' });
  middle(say('en', 'title'), 56, { size: 14 });
  drawCode(page, poster.link);

  let y = CODE_TOP + CODE + 14;
  for (const [i, step] of STEPS.entries()) {
    page.text(String(i + 1), LEFT, y + 1.5, { size: 22, weight: 'strong' });
    page.text(say('ko', step), LEFT + 11, y - 1, { size: 14.5, weight: 'strong' });
    page.text(say('en', step), LEFT + 11, y + 5, { size: 10.5 });
    y += 16;
  }
  y += 1;
  page.line(LEFT, y - 6, RIGHT, y - 6, 0.3);
  y = page.paragraph(say('ko', 'privacy'), LEFT, y, RIGHT - LEFT, { size: 10, leading: 5 });
  page.paragraph(say('en', 'privacy'), LEFT, y, RIGHT - LEFT, { size: 8.5, leading: 4.2 });

  const day = policy.calendar.dateOf(poster.madeMs / 1000);
  const numbers = { number: poster.posterNo, venue: poster.venueId, day };
  page.text(say('ko', 'number', numbers), LEFT, 286, { size: 9 });
  page.text(say('en', 'number', numbers), RIGHT, 286, { size: 9, align: 'end' });
  return document.toBytes();
}

/** The size at which a text fits between the margins, at most `most` points. */
function sizeFor(page: PrintedDocument, text: string, most: number): number {
  const width = page.widthOf(text, { size: most, weight: 'strong' });
  return Math.min(most, Math.floor(((RIGHT - LEFT) / width) * most * 10) / 10);
}

function drawCode(page: PrintedDocument, link: string): void {
  const code = generate(link, { minCorrectionLevel: correction.M });
  const module = CODE / code.size;
  const left = MIDDLE - CODE / 2;
  const boxes = [];
  for (let row = 0; row < code.size; row++)
    for (let from = 0; from < code.size; from++) {
      if (!code.get(from, row)) continue;
      let to = from + 1;
      while (to < code.size && code.get(to, row)) to += 1;
      boxes.push({
        x: left + from * module,
        y: CODE_TOP + row * module,
        width: (to - from) * module,
        height: module,
      });
      from = to;
    }
  page.fill(boxes);
}
