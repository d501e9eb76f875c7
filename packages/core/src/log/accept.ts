import { equalBytes } from '../encoding/index.ts';
import { isMunjigiError, MunjigiError } from '../errors.ts';
import type { Crypto } from '../signing/index.ts';
import { type CosignedHead, type LogHead, openCosignature, openHead } from './head.ts';
import { type Bodies, KEEPER } from './lines.ts';

/** How many bodies beside the log must have signed a head before a device takes it. */
export const COSIGNATURES_WANTED = 2;

/** What is trusted about a log: its name, its key (65-byte point), and the line keys of the bodies. */
export interface LogTrust {
  readonly origin: string;
  readonly key: Uint8Array;
  readonly bodies: Bodies;
}

/**
 * The bodies that signed exactly this head, without the one that keeps the log. A cosignature that does not verify, or is
 * over another head, counts for nothing.
 */
export async function cosignersOf(
  head: LogHead,
  cosignatures: readonly Uint8Array[],
  bodies: Bodies,
  crypto: Crypto,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const [body, keys] of bodies) {
    if (body === KEEPER) continue;
    for (const cosignature of cosignatures) {
      try {
        const said = await openCosignature(cosignature, keys, crypto);
        if (isSameHead(said, head)) found.add(body);
      } catch (error) {
        if (!isMunjigiError(error)) throw error;
      }
    }
  }
  return [...found];
}

/** True where two heads say the same of the same log at the same moment. */
export const isSameHead = (a: LogHead, b: LogHead): boolean =>
  a.origin === b.origin && a.size === b.size && a.at === b.at && equalBytes(a.root, b.root);

/**
 * A head that gates and wallets take: signed by the log, and by two other bodies beside it, each of which checked that
 * nothing was taken out or put in before. Throws the errors of `openHead`, `log.structure` for another log's head, or
 * `log.cosignatures`.
 */
export async function acceptHead(
  { head: bytes, cosignatures }: CosignedHead,
  { origin, key, bodies }: LogTrust,
  crypto: Crypto,
  wanted: number = COSIGNATURES_WANTED,
): Promise<LogHead> {
  const head = await openHead(bytes, key, crypto);
  if (head.origin !== origin)
    throw new MunjigiError('log.structure', 'This head belongs to another log: ask the one that is trusted.');
  const cosigners = await cosignersOf(head, cosignatures, bodies, crypto);
  if (cosigners.length < wanted)
    throw new MunjigiError(
      'log.cosignatures',
      `A head of the log counts once ${wanted} other bodies have signed it: ask again later.`,
    );
  return head;
}

/** How a head stands to the newest one that was taken before. */
export type HeadOrder = 'same' | 'newer' | 'older' | 'fork' | 'rollback';

/**
 * Compares two heads of one log without a proof: one size with two roots is a fork, a smaller tree at a later time is a
 * rollback; either shows that somebody is told another story. `older` is an old head seen again, which harms nobody.
 */
export function compareHeads(known: Omit<LogHead, 'origin'>, next: Omit<LogHead, 'origin'>): HeadOrder {
  if (next.size === known.size) return equalBytes(next.root, known.root) ? 'same' : 'fork';
  if (next.size < known.size) return next.at > known.at ? 'rollback' : 'older';
  return next.at < known.at ? 'rollback' : 'newer';
}
