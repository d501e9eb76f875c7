import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from '../packages/service/src/lib/csv.ts';
import { csvCell, writeTable } from '../packages/service/src/lib/csv-write.ts';

describe('a cell of a table for a spreadsheet', () => {
  it.each([
    '=1+1',
    '+82 10',
    '-3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =HYPERLINK("http://x")',
    '＝1',
    '＠x',
    '+cmd|/c calc',
  ])('that begins like %j is disarmed', (text) => {
    const cell = csvCell(text);
    expect(cell.replace(/^"/, '')[0]).toBe("'");
  });

  it('that is harmless stays as it is', () => {
    for (const text of ['', '김하늘', '010-1234-5678', "it's", '3-12', 'a=b'])
      expect(csvCell(text)).toBe(text);
    expect(csvCell('a,"b"\nc')).toBe('"a,""b""\nc"');
  });

  it('never opens a formula and never breaks out of its cell, whatever it says', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), ([a, b]) => {
        const rows = readTable('list.csv', writeTable(['a', 'b'], [[`x${a}`, `x${b}`]]), ['a', 'b']);
        expect(rows).toHaveLength(1);
        expect(rows[0]!.cell('a')).toBe(`x${a}`.trim());
        expect(csvCell(a!)).not.toMatch(/^"?\s*[=+\-@＝＋－＠]/);
      }),
    );
  });
});
