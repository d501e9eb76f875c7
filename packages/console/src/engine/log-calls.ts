import type { Console } from './console.ts';

/** The newest lines of the public log, the newest first, each with the receipt that the log gives for it. */
export async function readLog(app: Console, count: number): Promise<LogPage> {
  const { size } = await app.get<{ size: number }>('log/head');
  const from = Math.max(0, size - count);
  const { lines } = await app.get<{ lines: string[] }>(`log/lines?from=${from}&limit=${count}`);
  const shown = await Promise.all(
    lines.slice(0, size - from).map(async (line, i) => {
      const { receipt } = await app.get<{ receipt: string }>(`log/proof?index=${from + i}&size=${size}`);
      return { line, receipt, index: from + i };
    }),
  );
  return { size, lines: shown.reverse() };
}

export interface LogPage {
  readonly size: number;
  readonly lines: readonly { readonly line: string; readonly receipt: string; readonly index: number }[];
}
