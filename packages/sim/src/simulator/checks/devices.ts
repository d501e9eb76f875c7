import { type GateStore, openGateStore } from '@munjigi/offline';
import type { World } from '../world/world.ts';

/** Where the chains of a device stand, read as a page would that only looks. */
async function behind(store: GateStore): Promise<string | null> {
  for (const chain of await store.chains()) {
    const head = (await chain.head())?.counter ?? 0;
    const receipt = (await chain.newestReceipt())?.counter ?? 0;
    if (head > receipt) return `holds ${head} entries and receipts for ${receipt}`;
  }
  return null;
}

/** The first device that still waits for a receipt, and for how much; null where none does. Runs in the hand of the world. */
export async function notReceipted(world: World): Promise<string | null> {
  for (const { name, device } of world.gates) {
    const store = openGateStore('munjigi-gate', device.disk.factoryFor(world.hand));
    const what = await behind(store);
    if (what) return `${name} ${what}`;
  }
  return null;
}
