import { isMunjigiError } from '@munjigi/core/errors';
import {
  acceptHead,
  type CosignedHead,
  compareHeads,
  encodeCosigned,
  type LogHead,
  readCompactHead,
  readCosigned,
} from '@munjigi/core/log';
import type { Crypto } from '@munjigi/core/signing';
import type { Bundle, Now } from '@munjigi/core/trust';

/** What a device must tell of the public log: somebody is shown another story. It stays until a new root settles it. */
export type LogAlarm = 'fork' | 'rollback';

/** What a device keeps of the public log, beside its rules. */
export interface KeptLog {
  /** The newest head it took, with the signatures of other bodies; null for none yet. */
  readonly head: Uint8Array | null;
  readonly alarm: LogAlarm | null;
  /** The root under which both were found. */
  readonly rootVersion: number;
}

/** The same, verified. */
export interface LogSight {
  readonly head: LogHead | null;
  readonly alarm: LogAlarm | null;
}

const quietly = async <T>(work: () => T | Promise<T>): Promise<T | null> => {
  try {
    return await work();
  } catch (error) {
    if (isMunjigiError(error)) return null;
    throw error;
  }
};

const accepted = (cosigned: CosignedHead, { parts }: Bundle, crypto: Crypto): Promise<LogHead | null> => {
  const { log, bodies } = parts ?? {};
  return log && bodies
    ? quietly(() => acceptHead(cosigned, { origin: log.origin, key: log.key, bodies }, crypto))
    : Promise.resolve(null);
};

/** Reads back what the device keeps, under the bundle in use. */
export async function sightOf(
  kept: KeptLog | null | undefined,
  bundle: Bundle,
  crypto: Crypto,
): Promise<LogSight> {
  const cosigned = kept?.head ? await quietly(() => readCosigned(kept.head!)) : null;
  return { head: cosigned && (await accepted(cosigned, bundle, crypto)), alarm: kept?.alarm ?? null };
}

/**
 * Looks at every head that came with the documents. A head is taken only with the signatures of two bodies beside the log's;
 * each, taken or only signed into `now` or bundle, is held against the newest that was taken. No proof is needed for what
 * this finds: the same size with another root, or less than there was. An alarm stops nothing at the door.
 * @param fetchHead asks a mirror for the cosigned head, where `now` speaks of a newer one
 */
export async function watchLog(
  kept: KeptLog | null | undefined,
  { bundle, now }: { readonly bundle: Bundle; readonly now: Now | null },
  fetchHead: () => Promise<Uint8Array | null>,
  crypto: Crypto,
): Promise<{ readonly kept: KeptLog | null; readonly sight: LogSight }> {
  const { rootVersion, parts } = bundle;
  const before = kept && kept.rootVersion >= rootVersion ? kept : null;
  let { head, alarm } = await sightOf(before, bundle, crypto);
  if (!parts?.log) return { kept: before, sight: { head, alarm } };
  let bytes = head ? before!.head : null;

  const take = async (cosigned: CosignedHead | null) => {
    const next = cosigned && (await accepted(cosigned, bundle, crypto));
    if (!next) return;
    const order = head ? compareHeads(head, next) : 'newer';
    if (order === 'newer') {
      head = next;
      bytes = encodeCosigned(cosigned);
    } else if (order === 'fork' || order === 'rollback') alarm ??= order;
  };
  const { log } = parts;
  if (log.head) await take({ head: log.head, cosignatures: log.cosignatures });
  const said = [now?.logHead, bundle.logHead].flatMap((short) => short ?? []);
  const heads = (await Promise.all(said.map((short) => quietly(() => readCompactHead(short))))).flatMap(
    (one) => one ?? [],
  );
  if (heads.some((one) => one.size > (head?.size ?? 0))) {
    const fetched = await fetchHead();
    if (fetched) await take(await quietly(() => readCosigned(fetched)));
  }
  for (const one of heads) {
    const order = head ? compareHeads(head, one) : 'newer';
    if (order === 'fork' || order === 'rollback') alarm ??= order;
  }
  return { kept: { head: bytes, alarm, rootVersion }, sight: { head, alarm } };
}
