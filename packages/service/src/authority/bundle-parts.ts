import { COSIGNATURES_WANTED, compactHead } from '@munjigi/core/log';
import type { Bundle, BundleParts, OfficerEntry } from '@munjigi/core/trust';
import type { KnownBodies, LogKeeper } from './log/index.ts';

/** What a bundle says of the public log and of who may act, beside its older fields. */
export type LateFields = Pick<Bundle, 'logHead'> & { readonly parts: BundleParts };

/** Reads the newest head that enough bodies signed, the line keys of all bodies, and the officers. */
export async function lateFields(
  log: LogKeeper,
  bodies: KnownBodies,
  officers: () => Promise<readonly OfficerEntry[]>,
  doors: NonNullable<BundleParts['doors']> = new Map(),
): Promise<LateFields> {
  const head = await log.store.cosignedHead(COSIGNATURES_WANTED);
  return {
    logHead: head && compactHead(head),
    parts: {
      bodies: await bodies.all(),
      officers: await officers(),
      ...(doors.size > 0 ? { doors } : {}),
      log: {
        origin: log.origin,
        key: log.key,
        head: head?.head ?? null,
        cosignatures: (head?.cosignatures ?? []).map(({ cosignature }) => cosignature),
      },
    },
  };
}

/**
 * A bundle without its head of the log. A new line is no reason for every device to fetch a bundle: `now` carries the newest
 * head, and the bundle takes it along when it is published for another reason.
 */
export const withoutHead = (bundle: Bundle): Bundle => ({
  ...bundle,
  logHead: null,
  ...(bundle.parts?.log
    ? { parts: { ...bundle.parts, log: { ...bundle.parts.log, head: null, cosignatures: [] } } }
    : {}),
});
