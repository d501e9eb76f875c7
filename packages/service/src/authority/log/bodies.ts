import { toHex } from '@munjigi/core/encoding';
import type { Bodies } from '@munjigi/core/log';
import { type Clock, nowSeconds } from '../../clock/index.ts';
import type { Database } from '../../db/index.ts';

/** Most line keys of one body that the bundle carries. */
const KEYS_SHOWN = 4;

/** The line keys of all bodies: a new one is added when its body hands it over, and none is ever forgotten. */
export class KnownBodies {
  private told = '';

  constructor(
    private readonly db: Database,
    private readonly handedOver: () => Promise<ReadonlyMap<string, Uint8Array>>,
    private readonly clock: Clock,
  ) {}

  /** Every key by body, the newest first. */
  async all(): Promise<Bodies> {
    const now = await this.handedOver();
    const told = [...now].map(([body, key]) => body + toHex(key)).join();
    if (told !== this.told) {
      for (const [body, key] of now)
        await this.db.query(
          'INSERT INTO log_body (body, public_key, known_since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [body, key, nowSeconds(this.clock)],
        );
      this.told = told;
    }
    const { rows } = await this.db.query<{ body: string; public_key: Uint8Array }>(
      'SELECT body, public_key FROM log_body ORDER BY body, known_since DESC, public_key',
    );
    const bodies = new Map<string, Uint8Array[]>();
    for (const { body, public_key: key } of rows) {
      const keys = bodies.get(body);
      if (!keys) bodies.set(body, [key]);
      else if (keys.length < KEYS_SHOWN) keys.push(key);
    }
    return bodies;
  }
}
