import { sha256, utf8Encode } from '@munjigi/core/encoding';
import { type LineSigner, leafHash, lineSigner, signHead, treeOfLeaves, treeRoot } from '@munjigi/core/log';
import type { Signer } from '@munjigi/core/signing';
import { makePrivateKey, nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { type Database, migrate } from '@munjigi/service/db';
import { KnownBodies, LogKeeper } from '../../packages/service/src/authority/log/index.ts';
import { Cosigner } from '../../packages/service/src/lib/cosigning/index.ts';

export const crypto = nodeCrypto();
export const ORIGIN = 'munjigi test';
export const LOG_AT = 1_641_445_080;
export const hashOf = (text: string): Uint8Array => sha256(utf8Encode(text));

/** A log with two bodies that sign its heads, on databases that are handed in. */
export interface LogStand {
  readonly logKey: Signer;
  readonly keys: Readonly<Record<'authority' | 'register' | 'issuer', Signer>>;
  readonly lines: Readonly<Record<'authority' | 'register' | 'issuer', LineSigner>>;
  readonly alarms: string[];
  readonly troubles: unknown[];
  readonly cosigners: readonly [register: Cosigner, issuer: Cosigner];
  /** Seconds; what every part of the stand takes for the time. */
  at: number;
  /** A keeper on the database: a second one is a second process of the desk. */
  keeper(db: Database): LogKeeper;
  /** A line that nobody logged yet. */
  line(): Promise<Uint8Array>;
}

/** Where a witness keeps what it signed; the handle may be another one after the database was opened again. */
interface Holder {
  readonly db: Database;
}

export function logStand(witness: readonly [register: Holder, issuer: Holder]): LogStand {
  const signer = () => nodeSigner(makePrivateKey());
  const logKey = signer();
  const keys = { authority: signer(), register: signer(), issuer: signer() };
  const alarms: string[] = [];
  const troubles: unknown[] = [];
  const cosigner = (body: 'register' | 'issuer', holder: Holder) =>
    new Cosigner({
      get db() {
        return holder.db;
      },
      body,
      signer: keys[body],
      log: async () => ({ origin: ORIGIN, key: logKey.publicKey }),
      crypto,
      alarm: (kind) => alarms.push(`${body} ${kind}`),
    });
  const bodies = new Map(Object.entries(keys).map(([body, { publicKey }]) => [body, publicKey]));
  let made = 0;
  const stand: LogStand = {
    logKey,
    keys,
    lines: {
      authority: lineSigner('authority', keys.authority),
      register: lineSigner('register', keys.register),
      issuer: lineSigner('issuer', keys.issuer),
    },
    alarms,
    troubles,
    cosigners: [cosigner('register', witness[0]), cosigner('issuer', witness[1])],
    at: LOG_AT,
    keeper(db) {
      const clock = { nowMs: () => stand.at * 1000 };
      return new LogKeeper({
        db,
        signer: logKey,
        origin: ORIGIN,
        bodies: new KnownBodies(db, async () => bodies, clock),
        cosigners: () => stand.cosigners,
        clock,
        crypto,
        onTrouble: (error) => troubles.push(error),
      });
    },
    line: () => stand.lines.authority.sign('case-opened', stand.at, { case: hashOf(`case ${++made}`) }),
  };
  return stand;
}

/** A head over other lines than the log's, signed with the log's own key: what a dishonest keeper shows. */
export const forgedHead = (
  { logKey }: Pick<LogStand, 'logKey'>,
  size: number,
  at: number,
  origin = ORIGIN,
): Promise<Uint8Array> => {
  const tree = treeOfLeaves(Array.from({ length: size }, (_, i) => leafHash(utf8Encode(`forged ${i}`))));
  return signHead({ origin, size, root: treeRoot(size, tree), at }, logKey);
};

export const migrated = async (db: Database, desk: string): Promise<Database> => {
  await migrate(db, desk, 0);
  return db;
};
