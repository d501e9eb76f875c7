import { equalBytes, utf8Encode } from '@munjigi/core/encoding';
import { spkiFromPoint, webCrypto } from '@munjigi/core/signing';
import { DeviceDatabase } from './database.ts';
import { type DeviceKey, deviceSigner, makeDeviceKey } from './device-key.ts';

/** May this device be trusted to remember? `install-me`: yes, but the browser may clear it; put it on the home screen. */
export type StorageFitness = 'fit' | 'install-me' | 'unfit';

export interface StorageFacts {
  readonly fitness: StorageFitness;
  /** True where the browser promised to keep the storage. */
  readonly persisted: boolean;
  readonly installed: boolean;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}

const PROBE = { name: 'munjigi-self-test', version: 1, stores: [{ name: 'probe' }] };

async function remembers(): Promise<boolean> {
  const probe = new DeviceDatabase(PROBE);
  try {
    const key = await makeDeviceKey();
    await probe.write(['probe'], (t) => t.objectStore('probe').put(key, 'key'));
    await probe.close();
    // Private windows and locked-down phones fail here: they take the key and give nothing back, or refuse it.
    const kept = (await probe.read(['probe'], (t) => t.objectStore('probe').get('key'))) as
      | DeviceKey
      | undefined;
    if (!kept || !equalBytes(kept.publicKey, key.publicKey)) return false;
    const data = utf8Encode('munjigi');
    const signature = await deviceSigner(kept).sign(data);
    const platform = webCrypto(crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);
    return await platform.verify('ES256', spkiFromPoint(key.publicKey), data, signature);
  } finally {
    await probe.destroy();
  }
}

/** True where the app was started from the home screen or as an installed app. */
export const isInstalled = (): boolean =>
  ['standalone', 'fullscreen', 'minimal-ui'].some((mode) => matchMedia(`(display-mode: ${mode})`).matches) ||
  (navigator as { standalone?: boolean }).standalone === true;

/** Writes, reads back and signs with a stored key, and asks the browser to keep it all. Never throws. */
export async function storageSelfTest(): Promise<StorageFacts> {
  const installed = isInstalled();
  // A gate and a wallet in one browser share the probe: without turns one would delete it under the other.
  const inTurn = navigator.locks ? navigator.locks.request(PROBE.name, remembers) : remembers();
  const works = await Promise.resolve(inTurn).catch(() => false);
  const persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  const room = await navigator.storage?.estimate?.().catch(() => undefined);
  return {
    fitness: works ? (persisted || installed ? 'fit' : 'install-me') : 'unfit',
    persisted,
    installed,
    usedBytes: room?.usage ?? null,
    quotaBytes: room?.quota ?? null,
  };
}
