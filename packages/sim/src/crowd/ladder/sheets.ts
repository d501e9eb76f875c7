import type { Calendar } from '@munjigi/core/rules';
import { pause } from '../pause.ts';
import type { LadderTerms, WayEntry } from './terms.ts';

const AGAIN_SECONDS = 1;
const PATIENCE_MS = 10_000;
/** From this status on it is worth trying again. */
const TOO_MANY = 429;

interface Line {
  readonly line: number;
  /** Local time, HH:MM. */
  readonly time: string;
  readonly number: string;
  readonly enteredAt: number;
  readonly savedAt: number;
  answered: boolean;
}

/** What the register said of a line. */
interface TypedLine {
  readonly line: number;
  readonly result: string;
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

  /** Types every sheet, each until it is taken. Throws with the register's word where it never is. */
  async type(): Promise<void> {
    for (const sheet of this.#sheets)
      for (const { line, result } of await this.#taken(sheet))
        if (result === 'stored' || result === 'already-stored') sheet.lines[line - 1]!.answered = true;
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

  async #taken(sheet: Sheet): Promise<readonly TypedLine[]> {
    for (;;) {
      const answer = await this.#typed(sheet).catch(() => null);
      if (answer?.ok) return ((await answer.json()) as { lines: TypedLine[] }).lines;
      if (answer && answer.status < TOO_MANY)
        throw new Error(`A sheet was not taken: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
      await pause(AGAIN_SECONDS);
    }
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
