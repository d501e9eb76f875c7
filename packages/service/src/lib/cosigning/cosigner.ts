import { equalBytes } from '@munjigi/core/encoding';
import {
  compareHeads,
  cosignHead,
  EMPTY_ROOT,
  type LogHead,
  openHead,
  verifyConsistency,
} from '@munjigi/core/log';
import type { Crypto, Signer } from '@munjigi/core/signing';
import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';

/** Which log is followed: its name and its key (65-byte point). */
export interface LogIdentity {
  readonly origin: string;
  readonly key: Uint8Array;
}

/**
 * Something that an operator of the body must look at. `log-fork`: two trees of one size. `log-rollback`: a smaller tree at
 * a later time. `log-unproved`: a head that the log did sign came without a proof that it grew out of ours.
 */
export type LogAlarm = 'log-fork' | 'log-rollback' | 'log-unproved';

export interface CosignRequest {
  /** The head as the log signed it. */
  readonly head: Uint8Array;
  /** Size of the head that the proof starts from. */
  readonly from: number;
  readonly path: readonly Uint8Array[];
}

export interface CosignAnswer {
  /** Size of the newest head signed here; 0 for none. */
  readonly size: number;
  /** Null where a proof from `size` is needed. */
  readonly cosignature: Uint8Array | null;
}

export interface CosignerOptions {
  /** The desk's own, migrated. */
  readonly db: Database;
  readonly body: string;
  /** The body's line key. */
  readonly signer: Signer;
  readonly log: () => Promise<LogIdentity | null>;
  readonly crypto: Crypto;
  readonly alarm: (kind: LogAlarm) => void;
}

type Row = Omit<LogHead, 'origin'>;

interface Kept {
  readonly root: Uint8Array;
  readonly cosignature: Uint8Array;
}

/**
 * A second pair of eyes on the public log: signs a head only after it was shown to grow out of the last one signed here.
 * Anyone may ask, since a signature over a true history harms nobody.
 */
export class Cosigner {
  readonly body: string;

  constructor(private readonly options: CosignerOptions) {
    this.body = options.body;
  }

  /**
   * Signs a head, or says from where a proof is needed. Throws `log.unknown` where the log is not known here, `log.fork`,
   * `log.rollback` or `log.unproved`, each with an alarm, and the errors of `openHead`.
   */
  async cosign({ head: bytes, from, path }: CosignRequest): Promise<CosignAnswer> {
    const { db, crypto, alarm, log } = this.options;
    const identity = await log();
    if (!identity) throw new ApiError('log.unknown');
    const head = await openHead(bytes, identity.key, crypto);
    if (head.origin !== identity.origin) throw new ApiError('log.unknown');
    const refuse = (kind: LogAlarm): never => {
      alarm(kind);
      throw new ApiError(`log.${kind.slice(4) as 'fork' | 'rollback' | 'unproved'}`);
    };

    return db.tx(async (session) => {
      const last = await this.last(session, head.origin);
      const order = last.size === 0 ? (head.size === 0 ? 'same' : 'newer') : compareHeads(last, head);
      if (order === 'fork' || order === 'rollback') return refuse(`log-${order}`);
      const kept = await this.kept(session, head);
      if (kept && !equalBytes(kept.root, head.root)) return refuse('log-fork');
      // An old head that was never signed here is nobody's lie by itself: it is not signed now either.
      if (order === 'older' || (order === 'same' && last.size > 0))
        return { size: last.size, cosignature: kept?.cosignature ?? null };
      if (from !== last.size) return { size: last.size, cosignature: null };
      if (!verifyConsistency(last, head, path)) return refuse('log-unproved');
      const cosignature = await cosignHead(head, this.options.signer);
      await session.query(
        'INSERT INTO cosigned_head (origin, size, root, cosignature) VALUES ($1, $2, $3, $4)',
        [head.origin, head.size, head.root, cosignature],
      );
      await session.query('UPDATE cosigned_log SET size = $2, root = $3, at = $4 WHERE origin = $1', [
        head.origin,
        head.size,
        head.root,
        head.at,
      ]);
      return { size: head.size, cosignature };
    });
  }

  /** True where this body signed a tree of that size with that root: what a receipt is held against. */
  async knows(origin: string, tree: { readonly size: number; readonly root: Uint8Array }): Promise<boolean> {
    const { rows } = await this.options.db.query<{ root: Uint8Array }>(
      'SELECT root FROM cosigned_head WHERE origin = $1 AND size = $2',
      [origin, tree.size],
    );
    return rows[0] !== undefined && equalBytes(rows[0].root, tree.root);
  }

  private async last(session: Session, origin: string): Promise<Row> {
    await session.query(
      'INSERT INTO cosigned_log (origin, size, root, at) VALUES ($1, 0, $2, 0) ON CONFLICT DO NOTHING',
      [origin, EMPTY_ROOT],
    );
    const { rows } = await session.query<Row>(
      'SELECT size, root, at FROM cosigned_log WHERE origin = $1 FOR UPDATE',
      [origin],
    );
    return rows[0]!;
  }

  private async kept(session: Session, { origin, size }: LogHead): Promise<Kept | null> {
    const { rows } = await session.query<Kept>(
      'SELECT root, cosignature FROM cosigned_head WHERE origin = $1 AND size = $2',
      [origin, size],
    );
    return rows[0] ?? null;
  }
}
