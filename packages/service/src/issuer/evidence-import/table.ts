import { createHash } from 'node:crypto';
import type { Policy } from '@munjigi/core/rules';
import { readTable } from '../../lib/csv.ts';
import { EVIDENCE_COLUMNS, readEvidenceRow } from '../csv-evidence.ts';
import { sameness } from '../evidence.ts';
import { notInFuture, type ReadFile, type ReadPiece, type ReportLine, WrongLine } from './report.ts';

/**
 * Evidence from a table. Beside the columns of `readEvidenceRow` it may have `id`, the source's own name for the row, and
 * `status`, where `withdrawn` takes a row back that came before under the same id (or, without ids, with the same words).
 * @param at seconds; evidence of the future is wrong
 * Throws `TableError` where the header lacks a column or the quoting does not end.
 */
export function readEvidenceTable(text: string, policy: Policy, at: number): ReadFile {
  const pieces: ReadPiece[] = [];
  const told: ReportLine[] = [];
  const wrongAt = (line: number, field: string, rule: string) =>
    told.push({ line, what: 'row', outcome: 'wrong', field, rule });
  const onShort = (line: number, rule: string) => wrongAt(line, 'row', rule);
  for (const row of readTable('table', text, EVIDENCE_COLUMNS, onShort)) {
    try {
      const { person, piece } = readEvidenceRow(row, policy);
      notInFuture(piece.at === undefined ? 'date' : 'at', piece, at);
      const status = row.cell('status');
      if (status !== '' && status !== 'withdrawn') throw new WrongLine('status', 'is withdrawn, or empty.');
      const id = row.cell('id');
      const source = `table:${createHash('sha256')
        .update(id === '' ? sameness(piece) : `id ${id}`)
        .digest('base64url')}`;
      pieces.push({ line: row.line, what: 'row', person, source, piece: status === '' ? piece : null });
    } catch (error) {
      if (!(error instanceof WrongLine)) throw error;
      wrongAt(row.line, error.field, error.rule);
    }
  }
  return { pieces, told };
}
