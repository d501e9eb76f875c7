import type { Signer } from '@munjigi/core/signing';
import { type Clock, nowSeconds } from '../clock/index.ts';
import { type KeyFolder, makePrivateKey, nodeSigner } from '../crypto/index.ts';
import { RotationRefused } from '../lib/keys/index.ts';

interface ReceiptKey {
  readonly name: string;
  /** Seconds; from when it signs. */
  readonly from: number;
  readonly signer: Signer;
}

const FIRST = 'receipt';
const NAME = /^receipt(?:-(\d{1,12}))?$/;

/**
 * The keys that sign receipts, two at most: one that signs, and one that signs next or signed last. A new one stands in the
 * bundle before it signs, so that no gate gets a receipt by a key that it does not know.
 */
export class ReceiptKeys {
  private keys: readonly ReceiptKey[] = [];
  private readAt: string | null = null;

  private constructor(
    private readonly store: KeyFolder,
    private readonly clock: Clock,
  ) {}

  /** Opens them; the first is made where there is none. */
  static async open(store: KeyFolder, clock: Clock): Promise<ReceiptKeys> {
    const keys = new ReceiptKeys(store, clock);
    if (!(await store.names()).some((name) => NAME.test(name))) await store.secret(FIRST, makePrivateKey);
    await keys.refresh();
    return keys;
  }

  /** Reads them again where a command has changed them. Cheap otherwise. */
  async refresh(): Promise<void> {
    const generation = this.store.generation();
    if (generation === this.readAt) return;
    this.keys = await read(this.store);
    this.readAt = generation;
  }

  /** The key that signs now. */
  get serving(): Signer {
    const now = nowSeconds(this.clock);
    return (this.keys.filter(({ from }) => from <= now).at(-1) ?? this.keys[0])!.signer;
  }

  /** Every key whose receipts are known again, and that the bundle names. */
  get known(): readonly Signer[] {
    return this.keys.map(({ signer }) => signer);
  }
}

async function read(store: KeyFolder): Promise<ReceiptKey[]> {
  const keys: ReceiptKey[] = [];
  for (const name of await store.names()) {
    const found = NAME.exec(name);
    const secret = found && (await store.find(name));
    if (found && secret) keys.push({ name, from: Number(found[1] ?? 0), signer: nodeSigner(secret) });
  }
  return keys.sort((a, b) => a.from - b.from);
}

/**
 * Makes the next receipt key, which signs from an instant on (seconds); the one before the last is destroyed.
 * Throws `RotationRefused` while the last change is not over.
 */
export async function rotateReceiptKey(
  store: KeyFolder,
  at: number,
  from: number,
): Promise<{ readonly from: number }> {
  const keys = await read(store);
  const last = keys.at(-1);
  if (last && last.from > at)
    throw new RotationRefused(
      `The next receipt key is there already, and signs from ${new Date(last.from * 1000).toISOString()} on.`,
    );
  await store.secret(`receipt-${from}`, makePrivateKey);
  for (const { name } of keys.slice(0, -1)) await store.destroy(name);
  await store.renew();
  return { from };
}
