import type { CborValue } from '../encoding/index.ts';

type Fields = ReadonlyMap<number | string, CborValue>;

/** What one certificate attests: `v` a vaccination, `t` a test, `r` a recovery (the names that the EU gives them). */
export type EventKind = 'v' | 't' | 'r';

/** The one event of a certificate, with its kind. */
export interface Event {
  readonly kind: EventKind;
  readonly fields: Fields;
}

const EVENTS: readonly EventKind[] = ['v', 't', 'r'];
const DATE = /^\d{4}-\d{2}-\d{2}/;
const BIRTH = /^(?:(?:19|20)\d\d(?:-\d\d){0,2}(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?)?$/;
const VERSION = /^\d+\.\d+\.\d+$/;

const isText = (value: CborValue | undefined): value is string => typeof value === 'string';
const filled = (value: CborValue | undefined) => isText(value) && value.trim() !== '';
const isDate = (value: CborValue | undefined) => isText(value) && DATE.test(value.trim());
const isCount = (value: CborValue | undefined) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1;

const REQUIRED: Readonly<
  Record<EventKind, Readonly<Record<string, (value: CborValue | undefined) => boolean>>>
> = {
  v: {
    tg: filled,
    vp: filled,
    mp: filled,
    ma: filled,
    dn: isCount,
    sd: isCount,
    dt: isDate,
    co: filled,
    is: filled,
    ci: filled,
  },
  t: { tg: filled, tt: filled, sc: isDate, tr: filled, co: filled, is: filled, ci: filled },
  r: { tg: filled, fr: isDate, co: filled, is: filled, df: isDate, du: isDate, ci: filled },
};

/**
 * The one event of a certificate; null where there is none, or more than one. Arrays that are null or empty are as good as
 * absent: issuers write them.
 */
export function eventOf(certificate: Fields): Event | null {
  let found: Event | null = null;
  for (const kind of EVENTS) {
    const list = certificate.get(kind);
    if (!Array.isArray(list)) continue;
    for (const fields of list as CborValue[]) {
      if (found !== null || !(fields instanceof Map)) return null;
      found = { kind, fields: fields as Fields };
    }
  }
  return found;
}

/** The kind of event that a certificate claims, for the key usage; null where it claims none or several. */
export function kindOf(certificate: Fields): EventKind | null {
  const claimed = EVENTS.filter((kind) => {
    const list = certificate.get(kind);
    return Array.isArray(list) && list.length > 0;
  });
  return claimed.length === 1 ? claimed[0]! : null;
}

/**
 * True when a certificate follows the EU schema 1.3, as far as a door can lean on it: version, name in the machine's letters,
 * date of birth, and exactly one event with its fields. Tolerated as issuers write it: null arrays, 1.0 for 1, a time after a
 * date, stray spaces.
 */
export function followsSchema(certificate: Fields): boolean {
  const version = certificate.get('ver');
  const name = certificate.get('nam');
  const birth = certificate.get('dob');
  if (!isText(version) || !VERSION.test(version.trim()) || !(name instanceof Map)) return false;
  const names = name as Fields;
  if (!filled(names.get('fnt')) && !filled(names.get('gnt'))) return false;
  if (!isText(birth) || !BIRTH.test(birth.trim())) return false;
  const event = eventOf(certificate);
  if (!event) return false;
  const rules = REQUIRED[event.kind];
  for (const field in rules) if (!rules[field]!(event.fields.get(field))) return false;
  return true;
}
