import { toHex } from '@munjigi/core/encoding';
import type { GateIdentity, RulesInUse, StorageFacts } from '@munjigi/offline';
import type { DeviceFacts } from '../model.ts';

/** What the device page shows: facts only, as they are now. */
export async function deviceFacts(
  identity: GateIdentity | null,
  rules: RulesInUse,
  kept: StorageFacts,
): Promise<DeviceFacts> {
  const { fitness: _, ...storage } = kept;
  const room = await navigator.storage?.estimate?.().catch(() => undefined);
  const use = rules.inUse;
  const offset = rules.clock.offsetMs();
  return {
    gateKey: identity ? toHex(identity.thumbprint).slice(0, 8) : null,
    gateNo: identity?.gateNo ?? null,
    rules: use && {
      number: use.bundle.sequence,
      confirmedAtMs: (use.now?.issuedAt ?? use.bundle.issuedAt) * 1000,
    },
    clockOffsetMs: offset === null ? null : Math.round(offset),
    ...(use && (use.log.head || use.log.alarm)
      ? { log: { lines: use.log.head?.size ?? 0, isSplit: use.log.alarm !== null } }
      : {}),
    ...storage,
    usedBytes: room?.usage ?? storage.usedBytes,
    quotaBytes: room?.quota ?? storage.quotaBytes,
  };
}
