import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isDate } from '@munjigi/core/rules';
import { readTable, TableError } from '../lib/csv.ts';
import type { Identity, IdentityProvider } from './identity.ts';

/**
 * The people of a demonstration, from a table with the columns `id, name, birthDate, tag` and, where they differ from the
 * first letter of the name and from now, `familyName` and `issuedAt` (an instant with its zone); `nameEn` and `tagEn` for
 * English readers. Whoever names one of them
 * is taken to be that person: for exercises only. Throws `TableError`.
 */
export function demonstrationProvider(
  path: string,
  text: string = readFileSync(path, 'utf8'),
): IdentityProvider {
  const file = basename(path);
  const people = new Map<string, Identity>();
  for (const { line, cell } of readTable(file, text, ['id', 'name', 'birthDate'])) {
    const wrong = (rule: string) => new TableError(file, line, rule);
    const person = cell('id');
    if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(person))
      throw wrong('id is a word of small letters, digits and hyphens.');
    if (people.has(person)) throw wrong('this id stands in an earlier line.');
    const name = cell('name');
    if (name === '') throw wrong('name is empty.');
    const birthDate = cell('birthDate');
    if (!isDate(birthDate)) throw wrong('birthDate is a day that exists, YYYY-MM-DD.');
    const issued = cell('issuedAt');
    const asOf = issued === '' ? null : Date.parse(issued) / 1000;
    if (asOf !== null && !Number.isInteger(asOf))
      throw wrong('issuedAt is an instant with its zone, or empty.');
    people.set(person, {
      person,
      name,
      familyName: cell('familyName') || [...name][0]!,
      birthDate,
      tag: cell('tag'),
      nameEn: cell('nameEn'),
      tagEn: cell('tagEn'),
      asOf,
    });
  }
  const find = async (person: string) => people.get(person) ?? null;
  return {
    name: 'demonstration',
    identify: (assertion) => find(assertion.person ?? ''),
    find,
    list: () => [...people.values()],
  };
}
