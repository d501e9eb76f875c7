import { type LineSigner, lineSigner, type PublicLog } from '@munjigi/core/log';
import type { Crypto, Signer } from '@munjigi/core/signing';
import type { Logger } from 'pino';
import type { AuthorityDesk, CosignPort } from '../authority/index.ts';
import type { Secrets, ServiceConfig } from '../config/index.ts';
import { ApiError } from '../contracts/index.ts';
import { makePrivateKey, nodeSigner } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import { Cosigner, type LogIdentity, mountCosigner } from '../lib/cosigning/index.ts';
import type { DeskName, DeskServer } from '../lib/desk.ts';
import type { HandoverFolder } from './handover.ts';
import { httpCosigner, httpLog } from './log-peers.ts';

export interface LogParts {
  readonly config: Pick<ServiceConfig, 'peers'>;
  readonly secrets: Secrets;
  readonly databases: ReadonlyMap<DeskName, Database>;
  readonly handover: HandoverFolder;
  readonly crypto: Crypto;
  readonly log: Logger;
  /** The log as the bundle names it that a desk here follows from another machine, or null. */
  readonly followed: (desk: DeskName) => Promise<LogIdentity | null>;
  /** The authority desk, once it is open here. */
  readonly authority: () => AuthorityDesk | null;
}

/** The public log as the desks of this process have it. */
export interface LogComposition {
  /** Signs the lines of each desk that is open here. */
  readonly lines: Readonly<Partial<Record<DeskName, LineSigner>>>;
  /** Where lines go: to the authority here, or to the one named as a peer. */
  readonly port: PublicLog;
  /** Bodies of this process that sign heads. */
  readonly cosigners: readonly Cosigner[];
  /** The same, and those on other machines. */
  readonly witnesses: readonly CosignPort[];
  /** Line keys of every body that handed one over. */
  bodies(): Promise<ReadonlyMap<string, Uint8Array>>;
  mount(server: DeskServer): void;
}

const WITNESSES = ['register', 'issuer'] as const;

/**
 * Opens what the desks need of the public log: a line key for each body (`line` in its key store), and a cosigner for the
 * register and the issuer. A desk elsewhere hands its line key over as a file, like its other public documents.
 */
export async function composeLog(parts: LogParts): Promise<LogComposition> {
  const { config, secrets, databases, handover, crypto, log } = parts;
  const signers = new Map<DeskName, Signer>();
  for (const desk of databases.keys()) {
    const keys = await secrets.keysOf(desk);
    signers.set(desk, nodeSigner(await keys.secret('line', makePrivateKey)));
  }
  for (const [desk, { publicKey }] of signers)
    await handover.write(`${desk}-line`, [{ body: desk, publicKey }]);

  const identity = async (body: DeskName): Promise<LogIdentity | null> =>
    parts.authority()?.log ?? (await parts.followed(body)) ?? (await handover.read('log'))[0] ?? null;
  const cosigners = new Map<'register' | 'issuer', Cosigner>();
  for (const body of WITNESSES) {
    const [db, signer] = [databases.get(body), signers.get(body)];
    if (!db || !signer) continue;
    const alarm = (code: string) =>
      log.error({ desk: body, code }, 'the public log tells two stories: look at it');
    cosigners.set(body, new Cosigner({ db, body, signer, crypto, alarm, log: () => identity(body) }));
  }

  return {
    lines: Object.fromEntries([...signers].map(([desk, signer]) => [desk, lineSigner(desk, signer)])),
    port: {
      append(line) {
        const authority = parts.authority();
        if (authority) return authority.log.append(line);
        return config.peers.authority
          ? httpLog(config.peers.authority).append(line)
          : Promise.reject(new ApiError('log.away'));
      },
    },
    cosigners: [...cosigners.values()],
    witnesses: WITNESSES.flatMap((body): CosignPort[] => {
      const [here, elsewhere] = [cosigners.get(body), config.peers[body]];
      return here ? [here] : elsewhere ? [httpCosigner(body, elsewhere)] : [];
    }),
    async bodies() {
      const all = new Map<string, Uint8Array>();
      for (const desk of ['authority', ...WITNESSES] as const)
        for (const { body, publicKey } of await handover.read(`${desk}-line`)) all.set(body, publicKey);
      return all;
    },
    mount(server) {
      for (const [desk, cosigner] of cosigners) mountCosigner(server, desk, cosigner);
    },
  };
}
