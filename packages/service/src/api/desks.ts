import { join } from 'node:path';
import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { Trouble } from '@munjigi/core/trouble';
import type { Logger } from 'pino';
import { type AuthorityDesk, CanaryKeys, openAuthorityDesk, readForeign } from '../authority/index.ts';
import type { StoryClockPort } from '../clock/index.ts';
import type { Secrets, ServiceConfig } from '../config/index.ts';
import type { Database } from '../db/index.ts';
import { demonstrationOf, type IssuerDesk, openIssuerDesk, readOidcSettings } from '../issuer/index.ts';
import type { Accounts } from '../lib/accounts/index.ts';
import type { DeskName } from '../lib/desk.ts';
import {
  accountPeople,
  createRegister,
  ReceiptKeys,
  type RegisterDesk,
  readCallProviders,
} from '../register/index.ts';
import { composeCases } from './cases.ts';
import { HandoverFolder } from './handover.ts';
import { composePeers, type Peers } from './peers/index.ts';
import { composeLog, type LogComposition } from './public-log.ts';
import { troublesFor } from './troubles.ts';

/** The desks that are open on this server. */
export interface OpenDesks {
  readonly issuer: IssuerDesk | null;
  readonly register: RegisterDesk | null;
  readonly authority: AuthorityDesk | null;
  /** Line signers, port and cosigners of the public log. */
  readonly publicLog: LogComposition;
  /** Desks of other bodies on other machines. */
  readonly peers: Peers;
}

/** A service whose root comes by ceremony starts without one, and waits. */
function beforeTheCeremony(error: unknown): false {
  const { code } = error as { code?: unknown };
  if (code === 'authority.no-root' || code === 'authority.delegates-ended') return false;
  throw error;
}

const HAND_OVER_MS = 15_000;
const noEvidence = { evidenceOf: async () => [] };

export interface DeskParts {
  readonly config: ServiceConfig;
  readonly secrets: Secrets;
  readonly clock: StoryClockPort;
  readonly crypto: Crypto;
  readonly policy: Policy;
  readonly pack: unknown;
  readonly log: Logger;
  readonly databases: ReadonlyMap<DeskName, Database>;
  readonly accounts: ReadonlyMap<DeskName, Accounts>;
  readonly everyMs?: number;
  /** Told what became of every entry of a batch. */
  readonly took?: (results: readonly { readonly result: string }[], pending: number) => void;
  /** Told of what a desk wants looked at. */
  readonly alarmed?: (desk: DeskName, kind: string) => void;
  /** Told of what an owner said does not work. */
  readonly troubled?: (what: Trouble) => void;
}

/**
 * Opens the desks, each with its own database and key store. What passes between them are public documents, and they pass
 * here. The authority is opened first, since it knows which moment is played.
 */
export async function openDesks(parts: DeskParts): Promise<OpenDesks> {
  const { config, secrets, clock, crypto, policy, log, databases } = parts;
  const { exercise } = config;
  const handover = new HandoverFolder(join(config.data, 'public'));
  const peers = await composePeers({
    ...parts,
    handover,
    issuerName: policy.id,
    desks: () => desks,
    everyMs: parts.everyMs ?? HAND_OVER_MS,
  });
  const publicLog = await composeLog({
    ...parts,
    handover,
    authority: () => desks.authority,
    followed: async (desk) =>
      config.peers.authority ? ((await peers.trustOf(desk).bundle())?.parts?.log ?? null) : null,
  });
  const desks: { -readonly [K in keyof OpenDesks]: OpenDesks[K] } = {
    publicLog,
    peers,
    issuer: null,
    register: null,
    authority: null,
  };

  const cases = composeCases(parts, peers, () => desks);
  const officersOf = async (desk: DeskName) =>
    (await parts.accounts.get(desk)?.list({ role: 'officer' })) ?? [];

  const authorityDb = databases.get('authority');
  if (authorityDb) {
    let unread: readonly string[] = [];
    desks.authority = await openAuthorityDesk({
      db: authorityDb,
      keys: await secrets.keysOf('authority'),
      clock,
      crypto,
      policy,
      pack: parts.pack,
      exercise,
      mirror: join(config.data, 'mirror'),
      foreign: () => {
        const { entries, unreadable } = readForeign(join(config.data, 'foreign'));
        if (unreadable.length > 0 && unreadable.join() !== unread.join()) {
          log.warn({ desk: 'authority', count: unreadable.length }, 'foreign certificates could not be read');
        }
        unread = unreadable;
        return entries;
      },
      handover: {
        issuers: () => (desks.issuer ? desks.issuer.publicKeys() : peers.handed.issuers()),
        registerKeys: async () => {
          if (!desks.register) return peers.handed.registerKeys();
          await desks.register.refreshKeys();
          return desks.register.publicKeys();
        },
      },
      log: { bodies: publicLog.bodies, cosigners: () => publicLog.witnesses },
      officers: async () => [
        ...(await Promise.all([...parts.accounts.values()].map((one) => one.officerKeys()))).flat(),
        ...(await peers.officers()),
      ],
      cases: {
        ...(await cases.partsOf('authority')),
        register: () => desks.register?.cases ?? peers.register,
        issuer: (name) => (name === policy.id ? (desks.issuer?.cases ?? peers.issuer) : null),
        witnessed: cases.witnessed,
      },
      endpoints: config.doors,
      issuerDoors: new Map(config.issuerDoors.length > 0 ? [[policy.id, config.issuerDoors]] : []),
      onTrouble: (error) => log.error({ desk: 'authority', error }, 'could not publish'),
      canaries: new CanaryKeys(config.canaryKeys, (count) =>
        log.warn({ desk: 'authority', count }, 'lines of the file of canary keys could not be read'),
      ),
      troubles: troublesFor(() => desks, config.peers.register),
      rootByCeremony: config.rootByCeremony,
      onDelegatesEnd: (days) =>
        log.warn(
          { desk: 'authority', count: days },
          'days until the delegates of the root end: hold a ceremony',
        ),
      ...(parts.everyMs === undefined ? {} : { everyMs: parts.everyMs }),
    });
    const { origin, key } = desks.authority.log;
    await handover.write('log', [{ origin, key }]);
    if (exercise && clock.story() === null) {
      const last = await desks.authority.lastStory();
      const first =
        config.storyMs === null ? null : { storyMs: config.storyMs, realMs: clock.realMs(), rate: 1 };
      clock.follow(last ?? first);
    }
  }

  const issuerDb = databases.get('issuer');
  if (issuerDb) {
    desks.issuer = await openIssuerDesk({
      db: issuerDb,
      keys: await secrets.keysOf('issuer'),
      clock,
      crypto,
      policy,
      name: policy.id,
      exercise,
      cases: {
        ...(await cases.partsOf('issuer')),
        name: policy.id,
        publishTags: cases.publishTags,
      },
      // Whoever names a demonstration person is taken to be that person: nothing for anything but an exercise.
      ...(exercise ? demonstrationOf(config.policy, policy) : { providers: [], evidence: noEvidence }),
      ...(config.importedEvidenceOnly ? { evidence: noEvidence } : {}),
      limits: config.issueLimits,
      onKeysChanged: async (entries) => {
        await handover.write('issuer', entries);
        peers.nudge();
      },
      oidc: await readOidcSettings(config.providers),
    });
    await handover.write('issuer', await desks.issuer.publicKeys());
  }

  const registerDb = databases.get('register');
  if (registerDb) {
    const keyStore = await secrets.keysOf('register');
    const accounts = parts.accounts.get('register');
    const trust = peers.trustOf('register');
    const registerCases = await cases.partsOf('register');
    desks.register = await createRegister({
      db: registerDb,
      clock,
      crypto,
      signer: await ReceiptKeys.open(keyStore, clock),
      keyStore,
      cases: {
        ...registerCases,
        // Whoever has no passkey cannot sign, so nobody waits for them.
        officerAccounts: async () =>
          (await officersOf('register'))
            .filter(({ passkeys }) => passkeys.length > 0)
            .map(({ accountId }) => accountId),
        namesOf: async (accounts) =>
          new Map(
            (await officersOf('register'))
              .filter(({ accountId }) => accounts.includes(accountId))
              .map(({ accountId, name }) => [accountId, name]),
          ),
      },
      channels: {
        policy,
        bundle: async () => {
          const bundle = await trust.bundle();
          return bundle && trust.digest && { bundle, digest: trust.digest };
        },
        callProviders: await readCallProviders(config.callProviders),
        posters: { signer: registerCases.signer, wallet: config.walletAddress },
      },
      terms: {
        ...policy,
        ...(policy.pack.businessNumber ? { businessNumber: policy.pack.businessNumber } : {}),
      },
      ...(accounts ? { people: accountPeople(accounts, registerDb) } : {}),
      // Whoever looks at an exercise has not five minutes to wait for a count.
      ...(exercise ? { countMs: 5_000 } : {}),
      async tell({ at, gate }) {
        const signer = publicLog.lines.register;
        if (signer) await publicLog.port.append(await signer.sign('gate-revoked', at, { revocation: gate }));
      },
      alarm: ({ kind }) => {
        parts.alarmed?.('register', kind);
        log.warn({ desk: 'register', code: kind }, 'look at the register');
      },
      ...(parts.took ? { took: parts.took } : {}),
      ...(parts.troubled ? { troubled: parts.troubled } : {}),
    });
    await handover.write('register', desks.register.publicKeys());
  }

  if (desks.authority) {
    const story = clock.story();
    if (exercise && story) await desks.authority.play(story).catch(beforeTheCeremony);
    else if (!(await desks.authority.refresh().catch(beforeTheCeremony)))
      log.warn({ desk: 'authority' }, 'no root or no issuer key is here yet: nothing is published');
  }
  peers.begin();
  return desks;
}
