import type { Calendar } from '@munjigi/core/rules';
import { pause } from './pause.ts';
import type { LadderTerms, WayEntry } from './terms.ts';

const AGAIN_SECONDS = 1;
const PATIENCE_MS = 10_000;

interface Line {
  readonly line: number;
  /** Local time, HH:MM. */
  readonly time: string;
  readonly number: string;
  readonly enteredAt: number;
  readonly savedAt: number;
  answered: boolean;
}

interface Sheet {
  readonly sheetNo: number;
  readonly day: string;
  readonly lines: Line[];
}

/** Sheets at the door: guests write a line each, and somebody types them when the register answers again. */
export class PaperSheets {
  readonly #sheets: Sheet[] = [];

  constructor(
    private readonly terms: LadderTerms,
    private readonly random: () => number,
  ) {}

  /** Somebody writes a line; `at` in seconds. Nobody writes where the last sheet is full. */
  write(at: number, calendar: Calendar): void {
    const day = calendar.dateOf(at);
    const sheet = this.#sheetOf(day);
    if (!sheet) return;
    const minute = Math.floor((at - calendar.startOf(day)) / 60);
    sheet.lines.push({
      line: sheet.lines.length + 1,
      time: [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':'),
      number: `010${String(Math.floor(this.random() * 1e8)).padStart(8, '0')}`,
      enteredAt: calendar.startOf(day) + minute * 60,
      savedAt: Date.now(),
      answered: false,
    });
  }

  /** Types every sheet, again and again until it is taken. Throws with the register's word where a line is not. */
  async type(): Promise<void> {
    for (const sheet of this.#sheets) {
      let answer: Response | null = null;
      while (!answer?.ok) {
        if (answer) await pause(AGAIN_SECONDS);
        answer = await this.#typed(sheet).catch(() => null);
        if (answer === null) await pause(AGAIN_SECONDS);
        else if (answer.status < 429) break;
      }
      const said = await answer!.text();
      if (!answer!.ok) throw new Error(`A sheet was not taken: ${answer!.status} ${said.slice(0, 200)}`);
      const { lines } = JSON.parse(said) as { readonly lines: readonly { line: number; result: string }[] };
      for (const { line, result } of lines)
        if (result === 'stored' || result === 'already-stored') sheet.lines[line - 1]!.answered = true;
    }
  }

  entries(): readonly WayEntry[] {
    return this.#sheets.flatMap(({ lines }) =>
      lines.map(({ enteredAt, savedAt, answered }) => ({ enteredAt, savedAt, answered })),
    );
  }

  #sheetOf(day: string): Sheet | null {
    const { numbers, lines } = this.terms.sheets;
    const last = this.#sheets.at(-1);
    if (last && last.day === day && last.lines.length < lines) return last;
    const sheetNo = numbers[this.#sheets.length];
    if (sheetNo === undefined) return null;
    const next = { sheetNo, day, lines: [] };
    this.#sheets.push(next);
    return next;
  }

  #typed({ sheetNo, day, lines }: Sheet): Promise<Response> {
    const { venueId, register, sheets } = this.terms;
    return fetch(`${register}/venues/${venueId}/sheets/${sheetNo}/lines`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${sheets.token}` },
      body: JSON.stringify({
        day,
        lines: lines.map(({ line, time, number }) => ({
          line,
          time,
          kind: 'phone',
          value: number,
          check: 'not-made',
        })),
        done: true,
      }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  }
}
