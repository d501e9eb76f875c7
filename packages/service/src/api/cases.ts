import { BODIES, type Body } from '@munjigi/core/case';
import { openLogReceipt } from '@munjigi/core/log';
import type { Crypto } from '@munjigi/core/signing';
import type { AuthorityDesk } from '../authority/index.ts';
import { ApiError } from '../contracts/index.ts';
import { makePrivateKey, nodeSigner } from '../crypto/index.ts';
import { rpIdOf } from '../lib/accounts/index.ts';
import type { CaseAlarm, CaseParts, CaseTrust, LoggedLine, PublishTags } from '../lib/case/index.ts';
import type { DeskName } from '../lib/desk.ts';
import type { DeskParts, OpenDesks } from './desks.ts';
import type { Peers } from './peers/index.ts';

/** What each desk gets for its part in cases; see `CaseParts`. Documents pass between the desks here, and each checks them. */
export interface CaseComposition {
  partsOf(desk: DeskName): Promise<CaseParts & { readonly signer: ReturnType<typeof nodeSigner> }>;
  readonly publishTags: PublishTags;
  /** A receipt of the line under the newest head that every witness here has signed. */
  witnessed(logged: LoggedLine): Promise<LoggedLine>;
}

const WITNESS_TRIES = 5;

const isBody = (body: string): body is Body => (BODIES as readonly string[]).includes(body);

export function composeCases(parts: DeskParts, peers: Peers, desks: () => OpenDesks): CaseComposition {
  const { config, secrets, clock, crypto, policy, log: logger } = parts;

  const trust = (desk: DeskName) => async (): Promise<CaseTrust | null> => {
    const bundle = await peers.trustOf(desk).bundle();
    if (!bundle) return null;
    const { bodies, officers, log } = bundle.parts ?? {};
    if (!bodies || !officers || !log) return null;
    return {
      rootVersion: bundle.rootVersion,
      sequence: bundle.sequence,
      officers: officers.flatMap((one) => (isBody(one.body) ? [{ ...one, body: one.body }] : [])),
      bodies,
      logKey: log.key,
      issuers: bundle.issuers,
    };
  };

  /** The log that receipts are of: the one here, or the one that the bundle names. */
  const originOf = (desk: DeskName): string =>
    desks().authority?.log.origin ?? peers.trustOf(desk).known?.parts?.log?.origin ?? '';

  return {
    async partsOf(desk) {
      const keys = await secrets.keysOf(desk);
      const witness = desks().publicLog.cosigners.find(({ body }) => body === desk);
      return {
        clock,
        crypto,
        policy,
        consoles: Object.fromEntries(
          Object.entries(config.origins).map(([body, origins]) => [body, { origins, rpId: rpIdOf(origins) }]),
        ),
        trust: trust(desk),
        apart: peers.apart,
        log: desks().publicLog.port,
        line: desks().publicLog.lines[desk]!,
        signer: nodeSigner(await keys.secret('line', makePrivateKey)),
        // Only the issuer is shown receipts that were fetched for it; the others hold those of their own lines.
        ...(witness && desk === 'issuer' ? { knowsTree: (tree) => witness.knows(originOf(desk), tree) } : {}),
        alarm: (code: CaseAlarm) => logger.warn({ desk, code }, 'look at the cases'),
      };
    },
    async publishTags(day, tags) {
      const { authority } = desks();
      if (!authority && peers.publishTags) return peers.publishTags(day, tags);
      if (!authority) throw new ApiError('case.desk-away');
      await authority.publishNotified(day, tags);
    },
    async witnessed(logged) {
      const { authority, publicLog } = desks();
      if (!authority) return logged;
      return witnessedReceipt(authority, publicLog.witnesses.length, logged, crypto);
    },
  };
}

async function witnessedReceipt(
  { log }: AuthorityDesk,
  witnesses: number,
  { line, receipt }: LoggedLine,
  crypto: Crypto,
): Promise<LoggedLine> {
  const { index } = await openLogReceipt(receipt, line, log.key, crypto);
  for (let i = 0; i < WITNESS_TRIES; i++) {
    await log.collect();
    const head = await log.store.head();
    if (head && head.size > index && head.cosignatures.length >= witnesses)
      return { line, receipt: (await log.proof(index, head.size)).receipt };
  }
  return { line, receipt };
}
