import { fromBase64 } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Bodies, type Line, openLine, openLogReceipt } from '@munjigi/core/log';
import type { Crypto } from '@munjigi/core/signing';

/** What this page found out about a line by itself. */
export interface CheckedLine {
  /** Null where the line cannot be read at all. */
  readonly line: Line | null;
  readonly index: number | null;
  /** `good`; `waiting` for a receipt; or the rule that is broken. */
  readonly verdict: 'good' | 'waiting' | 'no-key' | 'receipt' | 'signature' | 'body' | 'structure';
}

export interface LogKeys {
  readonly log: Uint8Array | null;
  readonly bodies: Bodies;
}

/**
 * Verifies a line and its receipt with the browser's own means: the line under the key of the body that it names, the receipt
 * under the key of the log. Nobody's word is taken for it.
 */
export async function checkLine(
  given: { readonly line: string; readonly receipt: string | null },
  keys: LogKeys,
  crypto: Crypto,
): Promise<CheckedLine> {
  let line: Line;
  const bytes = fromBase64(given.line);
  try {
    line = await openLine(bytes, keys.bodies, crypto);
  } catch (error) {
    if (!isMunjigiError(error)) throw error;
    const verdict =
      error.code === 'signing.unknown-key'
        ? 'body'
        : error.code === 'signing.signature'
          ? 'signature'
          : 'structure';
    return { line: null, index: null, verdict };
  }
  if (given.receipt === null) return { line, index: null, verdict: 'waiting' };
  if (keys.log === null) return { line, index: null, verdict: 'no-key' };
  try {
    const { index } = await openLogReceipt(fromBase64(given.receipt), bytes, keys.log, crypto);
    return { line, index, verdict: 'good' };
  } catch (error) {
    if (!isMunjigiError(error)) throw error;
    return { line, index: null, verdict: 'receipt' };
  }
}
