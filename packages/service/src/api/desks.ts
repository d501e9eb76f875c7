import { join } from 'node:path';
import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { Logger } from 'pino';
import { type AuthorityDesk, openAuthorityDesk, readForeign } from '../authority/index.ts';
import type { StoryClockPort } from '../clock/index.ts';
import type { Secrets, ServiceConfig } from '../config/index.ts';
import type { Database } from '../db/index.ts';
import { demonstrationOf, type IssuerDesk, openIssuerDesk } from '../issuer/index.ts';
import type { DeskName } from '../lib/desk.ts';
import { createRegister, ReceiptKeys, type RegisterDesk } from '../register/index.ts';
import { HandoverFolder } from './handover.ts';
import { composeLog, type LogComposition } from './public-log.ts';

/** The desks that are open on this server. */
export interface OpenDesks {
  readonly issuer: IssuerDesk | null;
  readonly register: RegisterDesk | null;
  readonly authority: AuthorityDesk | null;
  /** Line signers, port and cosigners of the public log. */
  readonly publicLog: LogComposition;
}

export interface DeskParts {
  readonly config: ServiceConfig;
  readonly secrets: Secrets;
  readonly clock: StoryClockPort;
  readonly crypto: Crypto;
  readonly policy: Policy;
  readonly pack: unknown;
  readonly log: Logger;
  readonly databases: ReadonlyMap<DeskName, Database>;
  readonly everyMs?: number;
}

/**
 * Opens the desks, each with its own database and key store. What passes between them are public documents, and they pass
 * here. The authority is opened first, since it knows which moment is played.
 */
export async function openDesks(parts: DeskParts): Promise<OpenDesks> {
  const { config, secrets, clock, crypto, policy, log, databases } = parts;
  const { exercise } = config;
  const handover = new HandoverFolder(join(config.data, 'public'));
  const publicLog = await composeLog({ ...parts, handover, authority: () => desks.authority });
  const desks: { -readonly [K in keyof OpenDesks]: OpenDesks[K] } = {
    publicLog,
    issuer: null,
    register: null,
    authority: null,
  };

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
        issuers: () => (desks.issuer ? desks.issuer.publicKeys() : handover.read('issuer')),
        registerKeys: async () => {
          if (!desks.register) return handover.read('register');
          await desks.register.refreshKeys();
          return desks.register.publicKeys();
        },
      },
      log: { bodies: publicLog.bodies, cosigners: () => publicLog.witnesses },
      endpoints: { register: ['/api/register'], mirrors: ['/mirror'] },
      onTrouble: (error) => log.error({ desk: 'authority', error }, 'could not publish'),
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
      // Whoever names a demonstration person is taken to be that person: nothing for anything but an exercise.
      ...(exercise
        ? demonstrationOf(config.policy, policy)
        : { providers: [], evidence: { evidenceOf: async () => [] } }),
    });
    await handover.write('issuer', await desks.issuer.publicKeys());
  }

  const registerDb = databases.get('register');
  if (registerDb) {
    const keyStore = await secrets.keysOf('register');
    desks.register = await createRegister({
      db: registerDb,
      clock,
      crypto,
      signer: await ReceiptKeys.open(keyStore, clock),
      keyStore,
      terms: policy,
      alarm: ({ kind }) => log.warn({ desk: 'register', code: kind }, 'look at the register'),
    });
    await handover.write('register', desks.register.publicKeys());
  }

  if (desks.authority) {
    const story = clock.story();
    if (exercise && story) await desks.authority.play(story);
    else if (!(await desks.authority.refresh()))
      log.warn({ desk: 'authority' }, 'no issuer has handed over its keys yet');
  }
  return desks;
}
