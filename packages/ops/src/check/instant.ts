const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Seconds since 1970 (with their fraction) of an ISO 8601 date or date-time; null for anything else. Without a zone it means
 * UTC, a date alone its first moment.
 */
export function readInstant(text: string): number | null {
  const parts = ISO.exec(text.trim());
  if (!parts) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0', zone = 'Z'] = parts;
  const base = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(base)) return null;
  const sign = zone[0] === '-' ? 1 : -1;
  const offset =
    zone === 'Z' || zone === 'z'
      ? 0
      : sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0)) * 60;
  return base / 1000 + offset + Number(`0.${fraction}`);
}

/** ISO 8601 in UTC, whole seconds; null where there is no instant, or one that no calendar holds. */
export function writeInstant(seconds: number | null): string | null {
  if (seconds === null || Math.abs(seconds) > 8.64e12) return null;
  return new Date(seconds * 1000).toISOString().replace(/\.000Z$/, 'Z');
}
