import { readFileSync, statSync } from 'node:fs';
import { fromBase64 } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { CanaryKey } from '@munjigi/core/incident';
import { isOnP256 } from '@munjigi/core/signing';

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

function readLine(line: string): CanaryKey | null {
  const [name, key, ...rest] = line.trim().split(/\s+/);
  if (!name || !key || rest.length > 0 || !NAME.test(name)) return null;
  try {
    const publicKey = fromBase64(key);
    return isOnP256(publicKey) ? { name, publicKey } : null;
  } catch (error) {
    if (isMunjigiError(error)) return null;
    throw error;
  }
}

/**
 * Reads the list of canaries that may speak: a line each, its name and its key (65-byte point, base64url, as `munjigi canary
 * enrol` prints it); lines that begin with # say nothing. Lines that cannot be read are counted, and let nobody in.
 */
export function readCanaryKeys(text: string): {
  readonly keys: readonly CanaryKey[];
  readonly unreadable: number;
} {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const keys = lines.map(readLine).filter((key) => key !== null);
  return { keys, unreadable: lines.length - keys.length };
}

/** The list in a file of the operator's, read anew whenever it was changed. Without a file there is no canary. */
export class CanaryKeys {
  #keys: readonly CanaryKey[] = [];
  #readAt = Number.NaN;

  /** @param onUnreadable told how many lines could not be read, once for each version of the file */
  constructor(
    private readonly file: string | null,
    private readonly onUnreadable: (count: number) => void = () => {},
  ) {}

  all(): readonly CanaryKey[] {
    if (this.file === null) return [];
    const { mtimeMs } = statSync(this.file, { throwIfNoEntry: false }) ?? { mtimeMs: -1 };
    if (mtimeMs !== this.#readAt) {
      this.#readAt = mtimeMs;
      const { keys, unreadable } = readCanaryKeys(mtimeMs < 0 ? '' : readFileSync(this.file, 'utf8'));
      this.#keys = keys;
      if (unreadable > 0) this.onUnreadable(unreadable);
    }
    return this.#keys;
  }
}
