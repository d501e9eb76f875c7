import { checkVerdict, inspect } from '@munjigi/core/gate';
import type { Crypto } from '@munjigi/core/signing';
import { compileTrust, openBundle, openRoot, type Trust } from '@munjigi/core/trust';
import { type Clock, nowSeconds } from '../clock/index.ts';
import { demonstrationOperations as operations, route } from '../contracts/index.ts';
import type { Database } from '../db/index.ts';
import type { DeskServer } from '../lib/desk.ts';

/**
 * THE THING THAT FAILED, kept for exercises only: a thin client asks the server for every scan, and the server verifies and
 * saves in one call while the guest waits. When the server is away, so is the answer. No gate of this product works so.
 */
export interface OldWayParts {
  /** Any database of the exercise; the old way keeps its rows in a schema of its own. */
  readonly db: Database;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly document: (name: 'root' | 'bundle') => Uint8Array | null;
}

const TABLE = `CREATE SCHEMA IF NOT EXISTS old_way;
CREATE TABLE IF NOT EXISTS old_way.visit (visit_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint NOT NULL);`;

export async function mountOldWay(
  server: DeskServer,
  { db, clock, crypto, document }: OldWayParts,
): Promise<void> {
  await db.script(TABLE);
  let known: { bundle: Uint8Array; trust: Trust } | null = null;

  const trust = async (): Promise<Trust | null> => {
    const [root, bundle] = [document('root'), document('bundle')];
    if (!root || !bundle) return null;
    if (known?.bundle !== bundle) {
      const opened = await openBundle(bundle, await openRoot(root, crypto), crypto);
      known = { bundle, trust: compileTrust(opened.bundle) };
    }
    return known.trust;
  };

  server.route({
    ...route(operations.oldWay),
    handler: async ({ body }) => {
      const at = nowSeconds(clock);
      const current = await trust();
      if (!current) return { verdict: 'cannot-tell' as const, reason: 'issuer-unknown', saved: false };
      const { verdict, reason } = checkVerdict(await inspect(body.code, current, crypto), current, at);
      if (verdict !== 'admit') return { verdict, reason, saved: false };
      await db.query('INSERT INTO old_way.visit (at) VALUES ($1)', [at]);
      return { verdict, reason, saved: true };
    },
  });
}
