import { type Calendar, isDate } from './calendar.ts';
import type { Language, Pack, Parameters } from './pack.ts';

const SLOT = /\{([\w-]+)(?::([\w-]+))?((?:\|[^{}|=]*=[^{}|]*)*)\}/g;

/**
 * Fills a template of the pack: `{name}` as it is, `{name:form}` as a date or time by the pack's own `format.<form>` text,
 * `{name|a=…|b=…|*=…|=…}` the words for that value, for any other, for none. A missing value leaves nothing.
 */
export function fill(
  template: string,
  parameters: Parameters,
  form: (form: string, value: string | number) => string,
): string {
  return template.replace(SLOT, (_, name: string, shape: string | undefined, choices: string) => {
    const value = parameters[name];
    if (choices) {
      const all = choices.split('|');
      const said = (key: string) => all.find((choice) => choice.startsWith(`${key}=`));
      const found = said(String(value ?? '')) ?? (value === undefined ? undefined : said('*'));
      return found === undefined ? '' : found.slice(found.indexOf('=') + 1);
    }
    if (value === undefined) return '';
    return shape === undefined ? String(value) : form(shape, value);
  });
}

/** A date or local instant (YYYY-MM-DD or YYYY-MM-DDThh:mm) in seconds; NaN for any other text. */
function instantOf(value: string, calendar: Calendar): number {
  const [date, time] = value.split('T');
  if (!isDate(date)) return Number.NaN;
  const [hours, minutes] = (time ?? '00:00').split(':').map(Number);
  return calendar.startOf(date) + (hours ?? 0) * 3600 + (minutes ?? 0) * 60;
}

/** Writes texts of a pack in one of its languages. */
export function textWriter(pack: Pack, calendar: Calendar) {
  const of = (language: Language, key: string): string | undefined => {
    const own = pack.texts[language];
    return own !== undefined && Object.hasOwn(own, key) ? own[key] : undefined;
  };

  const form =
    (language: Language) =>
    (name: string, value: string | number): string => {
      if (name === 'iso') return typeof value === 'number' ? calendar.dateOf(value) : value;
      if (name === 'count')
        return typeof value === 'number' ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : value;
      const last = name === 'last-day';
      const start = typeof value === 'number' ? value : instantOf(value, calendar);
      if (!Number.isFinite(start)) return String(value);
      const fields = calendar.fieldsOf(last ? start - 1 : start);
      const months = (of(language, 'format.months') ?? '').split(' ');
      const weekdays = (of(language, 'format.weekdays') ?? '').split(' ');
      return fill(
        of(language, `format.${last ? 'date' : name}`) ?? '{iso}',
        {
          year: fields.year,
          month: fields.month,
          day: fields.day,
          hour: fields.hour,
          HH: String(fields.hour).padStart(2, '0'),
          mm: String(fields.minute).padStart(2, '0'),
          minute: fields.minute,
          MM: String(fields.month).padStart(2, '0'),
          DD: String(fields.day).padStart(2, '0'),
          monthName: months[fields.month - 1] ?? '',
          weekday: weekdays[fields.weekday] ?? '',
          iso: calendar.dateOf(last ? start - 1 : start),
        },
        (_, inner) => String(inner),
      );
    };
  const forms: Record<Language, ReturnType<typeof form>> = { ko: form('ko'), en: form('en') };

  return {
    has: (language: Language, key: string): boolean => of(language, key) !== undefined,
    /** The text under a key; a key that nobody wrote comes back as itself, so that a screen is never empty. */
    write(language: Language, key: string, parameters: Parameters = {}): string {
      const template = of(language, key);
      return template === undefined ? key : fill(template, parameters, forms[language]);
    },
  };
}
