import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Evidence, isDate, type Policy } from '@munjigi/core/rules';
import { readTable, TableError, type TableRow } from '../lib/csv.ts';
import { WrongLine } from './evidence-import/report.ts';

/** The columns of a table of evidence that must be there. */
export const EVIDENCE_COLUMNS = ['person', 'kind'] as const;

/**
 * One row of a table with the columns `person, kind, date, at, sequence, detail`: a kind of the pack, told by its local
 * date or by an instant with its zone (2022-01-05T10:00:00+09:00), whichever the pack says. Throws `WrongLine`.
 */
export function readEvidenceRow({ cell }: TableRow, policy: Policy): { person: string; piece: Evidence } {
  const person = cell('person');
  if (person === '') throw new WrongLine('person', 'is empty.');
  if (person.length > 200) throw new WrongLine('person', 'has at most 200 characters.');
  const name = cell('kind');
  const kinds = policy.pack.evidence;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (!kind) throw new WrongLine('kind', `is one of ${Object.keys(kinds).join(', ')}.`);
  const date = cell('date');
  const instant = cell('at');
  if ((kind.by === 'date' || date !== '') && !isDate(date))
    throw new WrongLine('date', 'is a day that exists, YYYY-MM-DD.');
  if ((kind.by === 'at' || instant !== '') && !/T.*(Z|[+-]\d{2}:\d{2})$/.test(instant))
    throw new WrongLine('at', 'is an instant with its zone, such as 2022-01-05T10:00:00+09:00.');
  const at = instant === '' ? Number.NaN : Date.parse(instant) / 1000;
  if (instant !== '' && !Number.isInteger(at))
    throw new WrongLine('at', 'is an instant that exists, in whole seconds.');
  const sequence = cell('sequence');
  if (!/^\d{0,2}$/.test(sequence)) throw new WrongLine('sequence', 'is a whole number below 100, or empty.');
  const detail = cell('detail');
  if (detail !== '' && kind.details && !kind.details.includes(detail))
    throw new WrongLine('detail', `is one of ${kind.details.join(', ')}, or empty.`);
  const piece = {
    kind: name,
    ...(date === '' ? {} : { date }),
    ...(instant === '' ? {} : { at }),
    ...(sequence === '' ? {} : { sequence: Number(sequence) }),
    ...(detail === '' ? {} : { detail }),
  };
  return { person, piece };
}

/** Evidence from a table that is right in every line, held in memory: for a demonstration. Throws `TableError`. */
export function csvEvidence(
  path: string,
  policy: Policy,
  text: string = readFileSync(path, 'utf8'),
): { evidenceOf(person: string): Promise<readonly Evidence[]> } {
  const file = basename(path);
  const byPerson = new Map<string, Evidence[]>();
  for (const row of readTable(file, text, EVIDENCE_COLUMNS)) {
    try {
      const { person, piece } = readEvidenceRow(row, policy);
      byPerson.set(person, [...(byPerson.get(person) ?? []), piece]);
    } catch (error) {
      if (error instanceof WrongLine) throw new TableError(file, row.line, `${error.field} ${error.rule}`);
      throw error;
    }
  }
  return { evidenceOf: async (person) => byPerson.get(person) ?? [] };
}
