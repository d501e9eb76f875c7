import { isMunjigiError } from '@munjigi/core/errors';
import { openNotified } from '@munjigi/core/log';
import type { Crypto } from '@munjigi/core/signing';
import type { LogSource } from './source.ts';
import type { LogTrust } from './trust.ts';

/** A day on which passes were looked up: how many the log counts, and how many its file tells. */
export interface ToldDay {
  readonly day: string;
  readonly logged: number;
  /** Null where there is no file. */
  readonly told: number | null;
}

/**
 * Holds the file of a day against the log: signed by the authority, for that day, never with more real tags than the lines
 * `resolved` count. It may tell fewer: a pass that two cases of one day asked for has one tag. The code of the broken rule, or
 * null.
 * @param isOver true where the log has gone on to a later day; before that, tags may still be on their way
 */
export async function checkNotified(
  source: LogSource,
  trust: LogTrust,
  { day, logged, isOver }: { readonly day: string; readonly logged: number; readonly isOver: boolean },
  crypto: Crypto,
): Promise<ToldDay & { readonly code: string | null }> {
  const answer = (told: number | null, code: string | null) => ({ day, logged, told, code });
  const bytes = await source.notified(day);
  if (!bytes) return answer(null, isOver && logged > 0 ? 'missing' : null);
  try {
    const file = await openNotified(bytes, trust.root, crypto);
    if (file.day !== day) return answer(file.count, 'day');
    const isShort = isOver && logged > 0 && file.count === 0;
    return answer(file.count, file.count > logged || isShort ? 'count' : null);
  } catch (error) {
    if (isMunjigiError(error)) return answer(null, error.code);
    throw error;
  }
}
