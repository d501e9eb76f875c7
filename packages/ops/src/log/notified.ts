import { isMunjigiError } from '@munjigi/core/errors';
import { openNotified } from '@munjigi/core/log';
import type { Crypto } from '@munjigi/core/signing';
import type { LogSource } from './source.ts';
import type { LogTrust } from './trust.ts';

/**
 * Holds the file of a day against the log: signed by the authority, for that day, with as many real tags as the lines
 * `resolved` of that day count. The code of the broken rule, or null.
 * @param isOver true where the log has gone on to a later day; before that, tags may still be on their way
 */
export async function checkNotified(
  source: LogSource,
  trust: LogTrust,
  { day, count, isOver }: { readonly day: string; readonly count: number; readonly isOver: boolean },
  crypto: Crypto,
): Promise<string | null> {
  const bytes = await source.notified(day);
  if (!bytes) return isOver && count > 0 ? 'missing' : null;
  try {
    const file = await openNotified(bytes, trust.root, crypto);
    if (file.day !== day) return 'day';
    return file.count > count || (isOver && file.count < count) ? 'count' : null;
  } catch (error) {
    if (isMunjigiError(error)) return error.code;
    throw error;
  }
}
