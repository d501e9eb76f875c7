/** What spreadsheets take for the start of a formula, with the wide forms that some of them take for the same. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** One cell (RFC 4180). A cell that a spreadsheet would read as a formula is disarmed by an apostrophe before it. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A table with a header, lines ended by CR LF, after a byte order mark so that spreadsheets read it as UTF-8. */
export const writeTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  `\uFEFF${[columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;
