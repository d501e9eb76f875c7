import type { Policy } from '@munjigi/core/rules';
import { readFhir } from './fhir.ts';
import type { EvidenceMapping } from './mapping.ts';
import { type ReportLine, summaryOf } from './report.ts';
import type { EvidenceStore } from './store.ts';
import { readEvidenceTable } from './table.ts';

export { checkMapping, type EvidenceMapping, readMapping } from './mapping.ts';
export type { ReportLine } from './report.ts';
export { EvidenceStore } from './store.ts';
export { readEvidenceTable, readFhir };

export interface EvidenceFile {
  readonly text: string;
  readonly format: 'fhir' | 'csv';
  /** Needed for FHIR. */
  readonly mapping: EvidenceMapping | null;
  readonly provider: string;
}

export interface ImportReport {
  readonly lines: readonly ReportLine[];
  readonly sums: Record<ReportLine['outcome'], number>;
}

/**
 * Imports a file of evidence: what is right is stored, what is wrong is told line by line and left out.
 * @param at seconds
 * Throws `TableError` for a table whose header or quoting is wrong.
 */
export async function importEvidence(
  { text, format, mapping, provider }: EvidenceFile,
  policy: Policy,
  store: EvidenceStore,
  at: number,
  dryRun = false,
): Promise<ImportReport> {
  if (format === 'fhir' && !mapping) throw new Error('FHIR is read by the mapping of a pack.');
  const { pieces, told } =
    format === 'fhir' ? readFhir(text, mapping!, policy, at) : readEvidenceTable(text, policy, at);
  const lines = [...told, ...(await store.take(pieces, provider, at, dryRun))].sort(
    (a, b) => a.line - b.line,
  );
  return { lines, sums: summaryOf(lines) };
}

/** What a file is, by its first character: JSON is FHIR, anything else a table. */
export const formatOf = (text: string): 'fhir' | 'csv' => (/^\uFEFF?\s*[{[]/.test(text) ? 'fhir' : 'csv');
