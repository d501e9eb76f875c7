/** A table that could not be read: which file, which line, which rule. Never the values. */
export class TableError extends Error {
  override readonly name = 'TableError';

  constructor(
    readonly file: string,
    readonly line: number,
    readonly rule: string,
  ) {
    super(`${file}, line ${line}: ${rule}`);
  }
}

export interface TableRow {
  /** Line on which the row starts, from 1; the header is line 1. */
  readonly line: number;
  /** The cell of a column, trimmed; '' where it is empty or the column is absent. */
  cell(column: string): string;
}

/**
 * A text with commas and quotes (RFC 4180) as rows by header. Throws `TableError` naming the line; a row of another length
 * is told to `onShort` instead, where there is one, and left out.
 */
export function readTable(
  file: string,
  text: string,
  needed: readonly string[],
  onShort?: (line: number, rule: string) => void,
): TableRow[] {
  const [header, ...rows] = splitRows(file, text.replace(/^\uFEFF/, ''));
  if (!header) throw new TableError(file, 1, 'the first line names the columns.');
  const columns = header.cells.map((name) => name.trim());
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new TableError(file, 1, `a column is missing: ${missing.join(', ')}.`);
  return rows.flatMap(({ line, cells }) => {
    if (cells.length !== columns.length) {
      const rule = `has ${cells.length} cells where the header has ${columns.length}.`;
      if (!onShort) throw new TableError(file, line, rule);
      onShort(line, rule);
      return [];
    }
    return [{ line, cell: (column: string) => (cells[columns.indexOf(column)] ?? '').trim() }];
  });
}

function splitRows(file: string, text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let line = 1;
  let start = 1;
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one !== '') && !cells[0]!.startsWith('#')) rows.push({ line: start, cells });
    cells = [];
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\n') line += 1;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ',') {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      endRow();
      start = line;
    } else if (char !== '\r') cell += char;
  }
  if (quoted) throw new TableError(file, start, 'a quoted cell does not end.');
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}
