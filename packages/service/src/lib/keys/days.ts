import { addDays } from '@munjigi/core/rules';
import { mondayOf } from '@munjigi/core/trust';

/** The week of a local date, named by its Monday (YYYY-MM-DD). */
export const weekOf = mondayOf;

/** The last day of a week that its Monday names. */
export const weekEnd = (monday: string): string => addDays(monday, 6);

const EPOCH = '2020-01-01';
const FIRST_MONDAY = '2020-01-06';
const SPARE_FROM = 16_384;

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** The small number that entries name a key by: days since 2020 for a day, weeks since then for a spare. */
export const dayKeyId = (day: string, spare: boolean): number => {
  const number = daysBetween(EPOCH, day) + 1;
  return spare ? SPARE_FROM + Math.floor(number / 7) : number;
};

/** The day that a key of the authority is for, and whether it is a week's spare: what its number says. */
export function dayOfKeyId(keyId: number): { readonly day: string; readonly spare: boolean } {
  return keyId >= SPARE_FROM
    ? { day: addDays(FIRST_MONDAY, 7 * (keyId - SPARE_FROM)), spare: true }
    : { day: addDays(EPOCH, keyId - 1), spare: false };
}

/** A key that ends with a day, as its name in the store tells. */
export interface NamedDay {
  /** The day or the Monday that it is for. */
  readonly day: string;
  readonly spare: boolean;
  /** The local day with which it ends, retention aside. */
  readonly lastDay: string;
}

const NAMES = /^(?:day-(\d{1,5})|(?:day|layer)-(\d{4}-\d{2}-\d{2}))$/;

/** What a key's name says: `day-736` (authority), `layer-2022-01-06` (register), `day-2022-01-06` (issuer); null for another. */
export function namedDay(name: string): NamedDay | null {
  const found = NAMES.exec(name);
  if (!found) return null;
  if (found[2] !== undefined) return { day: found[2], spare: false, lastDay: found[2] };
  const { day, spare } = dayOfKeyId(Number(found[1]));
  return { day, spare, lastDay: spare ? weekEnd(day) : day };
}
