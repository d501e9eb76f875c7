import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Evidence, isDate, type Policy } from '@munjigi/core/rules';
import { readTable, TableError } from '../lib/csv.ts';
import type { EvidenceSource } from './evidence.ts';

/**
 * Evidence from a table with the columns `person, kind, date, at, sequence, detail`: a kind of the pack, told by its local
 * date or by an instant with its zone (2022-01-05T10:00:00+09:00), whichever the pack says. Throws `TableError`.
 */
export function csvEvidence(
  path: string,
  policy: Policy,
  text: string = readFileSync(path, 'utf8'),
): EvidenceSource {
  const file = basename(path);
  const byPerson = new Map<string, Evidence[]>();
  for (const { line, cell } of readTable(file, text, ['person', 'kind'])) {
    const wrong = (rule: string) => new TableError(file, line, rule);
    const person = cell('person');
    if (person === '') throw wrong('person is empty.');
    const name = cell('kind');
    const kind = Object.hasOwn(policy.pack.evidence, name) ? policy.pack.evidence[name] : undefined;
    if (!kind) throw wrong(`kind is one of ${Object.keys(policy.pack.evidence).join(', ')}.`);
    const date = cell('date');
    const instant = cell('at');
    if (kind.by === 'date' && !isDate(date)) throw wrong('date is a day that exists, YYYY-MM-DD.');
    if (kind.by === 'at' && !/T.*(Z|[+-]\d{2}:\d{2})$/.test(instant))
      throw wrong('at is an instant with its zone, such as 2022-01-05T10:00:00+09:00.');
    const at = instant === '' ? Number.NaN : Date.parse(instant) / 1000;
    if (instant !== '' && !Number.isInteger(at))
      throw wrong('at is an instant that exists, in whole seconds.');
    const sequence = cell('sequence');
    if (!/^\d{0,2}$/.test(sequence)) throw wrong('sequence is a whole number below 100, or empty.');
    const detail = cell('detail');
    if (detail !== '' && kind.details && !kind.details.includes(detail))
      throw wrong(`detail is one of ${kind.details.join(', ')}, or empty.`);
    const list = byPerson.get(person) ?? [];
    list.push({
      kind: name,
      ...(date === '' ? {} : { date }),
      ...(instant === '' ? {} : { at }),
      ...(sequence === '' ? {} : { sequence: Number(sequence) }),
      ...(detail === '' ? {} : { detail }),
    });
    byPerson.set(person, list);
  }
  return { evidenceOf: async (person) => byPerson.get(person) ?? [] };
}
