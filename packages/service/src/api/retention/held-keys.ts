import type { KeyFolder } from '../../crypto/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import { daysOf, namedDay } from '../../lib/keys/index.ts';

/** A key that a store still holds, and the last day that it is for. */
export interface HeldKey {
  readonly name: string;
  readonly lastDay: string;
  readonly key: Uint8Array;
}

/** Everything that the three key stores still hold for opening. */
export interface HeldKeys {
  /** The authority's private halves. */
  readonly pairs: readonly HeldKey[];
  /** The register's own layer. */
  readonly layers: readonly HeldKey[];
  /** The issuer's mapping keys. */
  readonly mappings: readonly HeldKey[];
}

const FIELD = { authority: 'pairs', register: 'layers', issuer: 'mappings' } as const;

/** Reads what the stores hold, wherever in them it stands: a copy under another name in the folder of days is held as well. */
export async function heldKeys(stores: ReadonlyMap<DeskName, KeyFolder>): Promise<HeldKeys> {
  const held: { -readonly [K in keyof HeldKeys]: HeldKey[] } = { pairs: [], layers: [], mappings: [] };
  for (const [desk, keys] of stores) {
    const days = await daysOf(keys);
    for (const name of await days.names()) {
      const key = await days.find(name);
      if (key?.length !== 32) continue;
      held[FIELD[desk]].push({ name, lastDay: namedDay(name)?.lastDay ?? '', key });
    }
  }
  return held;
}
