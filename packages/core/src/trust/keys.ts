import type { FormatName } from '../gate/types.ts';
import type { PassGrid, Trust, TrustedKey } from './types.ts';

/** Identifiers (lower-case hex) of withdrawn passes, by format. A format without a list answers `unknown`. */
export type WithdrawnLists = Readonly<Partial<Record<FormatName, readonly string[]>>>;

/** Keys that came by hand, or out of a bundle, as something a verifier can ask. */
export function trustFromKeys(
  keys: readonly TrustedKey[],
  grid: PassGrid | null,
  withdrawn: WithdrawnLists = {},
  issuedAt: number | null = null,
): Trust {
  const table = new Map<string, TrustedKey[]>();
  for (const key of keys) {
    const name = `${key.format} ${key.keyId}`;
    const row = table.get(name);
    if (row) row.push(key);
    else table.set(name, [key]);
  }
  const lists = new Map(Object.entries(withdrawn).map(([format, list]) => [format, new Set(list)]));
  const none: readonly TrustedKey[] = [];
  return {
    keys: (format, keyId) => table.get(`${format} ${keyId}`) ?? none,
    revocation(format, identifiers) {
      const list = lists.get(format);
      if (!list) return 'unknown';
      return identifiers.some((identifier) => list.has(identifier)) ? 'failed' : 'ok';
    },
    grid,
    issuedAt,
  };
}
