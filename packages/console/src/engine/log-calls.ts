import { fromBase64, toHex } from '@munjigi/core/encoding';
import { readLine } from '@munjigi/core/log';
import type { Console } from './console.ts';
import { DeskError } from './desk.ts';

/** A line as the log hands it over, with the receipt that it gives for it. */
export interface GivenLine {
  readonly line: string;
  readonly receipt: string | null;
}

const PAGE = 200;

const page = async (app: Console, from: number, limit: number): Promise<readonly string[]> =>
  (await app.publicLog<{ lines: string[] }>(`lines?from=${from}&limit=${limit}`)).lines;

const withReceipt = async (app: Console, line: string, index: number, size: number): Promise<GivenLine> => {
  const { receipt } = await app.publicLog<{ receipt: string }>(`proof?index=${index}&size=${size}`);
  return { line, receipt };
};

/** How many lines the log holds under its newest head; a log that has no head yet holds none. */
const sizeOf = async (app: Console): Promise<number> => {
  try {
    return (await app.publicLog<{ size: number }>('head')).size;
  } catch (error) {
    if (error instanceof DeskError && error.code === 'log.no-line') return 0;
    throw error;
  }
};

/** The newest lines of the public log, the newest first. */
export async function readLog(
  app: Console,
  count: number,
): Promise<{ readonly size: number; readonly lines: readonly GivenLine[] }> {
  const size = await sizeOf(app);
  const from = Math.max(0, size - count);
  const lines = size === 0 ? [] : await page(app, from, count);
  const shown = lines.slice(0, size - from).map((line, i) => withReceipt(app, line, from + i, size));
  return { size, lines: (await Promise.all(shown)).reverse() };
}

/** The lines of one case, oldest first: the log is read backwards until before the case was opened. */
export async function readCaseLines(
  app: Console,
  hash: string,
  openedAt: number,
): Promise<readonly GivenLine[]> {
  const size = await sizeOf(app);
  const found: Promise<GivenLine>[] = [];
  for (let end = size; end > 0; end -= PAGE) {
    const from = Math.max(0, end - PAGE);
    const lines = (await page(app, from, end - from)).slice(0, end - from);
    const said = lines.map(saidBy);
    const mine = said.flatMap((one, i) => (one?.hash === hash ? [i] : []));
    found.unshift(...mine.map((i) => withReceipt(app, lines[i] ?? '', from + i, size)));
    const first = said[0];
    if (first && first.at < openedAt - 3600) break;
  }
  return Promise.all(found);
}

/** Which case a line is about and when it was written; null for one that cannot be read. Nothing is verified. */
function saidBy(text: string): { readonly hash: string | null; readonly at: number } | null {
  try {
    const { fields, at } = readLine(fromBase64(text));
    return { hash: fields.case instanceof Uint8Array ? toHex(fields.case) : null, at };
  } catch {
    return null;
  }
}
