import { join } from 'node:path';
import type { Crypto, Signer } from '@munjigi/core/signing';
import type { OfficerEntry } from '@munjigi/core/trust';
import type { Logger } from 'pino';
import { nowSeconds, type StoryClockPort } from '../../clock/index.ts';
import type { Secrets, ServiceConfig } from '../../config/index.ts';
import { makePrivateKey, nodeSigner } from '../../crypto/index.ts';
import type { Accounts } from '../../lib/accounts/index.ts';
import type { IssuerCasePort, PublishTags, RegisterCasePort } from '../../lib/case/index.ts';
import type { DeskName, DeskServer } from '../../lib/desk.ts';
import { type KeptTrying, keepTrying } from '../../lib/keep-trying.ts';
import { type MessageHandlers, mountMessages } from '../../lib/messages/index.ts';
import { answerTo } from '../answer-error.ts';
import type { OpenDesks } from '../desks.ts';
import type { HandoverFolder } from '../handover.ts';
import { Peer } from './client.ts';
import { HandedOver, HandingOver } from './handing-over.ts';
import { PinnedTrust } from './pinned-trust.ts';
import { issuerHandlers, issuerPort, registerHandlers, registerPort, tagsPort } from './ports.ts';
import { beside, elsewhere, inFolder } from './trust-sources.ts';

const BODIES = ['issuer', 'register'] as const;

export interface PeersParts {
  readonly config: ServiceConfig;
  readonly secrets: Secrets;
  readonly clock: StoryClockPort;
  readonly crypto: Crypto;
  readonly log: Logger;
  readonly issuerName: string;
  readonly accounts: ReadonlyMap<DeskName, Accounts>;
  readonly handover: HandoverFolder;
  readonly desks: () => OpenDesks;
  readonly everyMs: number;
}

/** The desks of other bodies on other machines, and this one's as they see it. */
export interface Peers {
  /** True where a desk stands elsewhere. */
  readonly apart: boolean;
  /** The bundle as a desk of this machine believes it. */
  trustOf(desk: DeskName): PinnedTrust;
  readonly register: RegisterCasePort | null;
  readonly issuer: IssuerCasePort | null;
  readonly publishTags: PublishTags | null;
  readonly handed: HandedOver;
  /** Officers of bodies on other machines. */
  officers(): Promise<readonly OfficerEntry[]>;
  mount(server: DeskServer): void;
  /** Begins to hand over, once the desks are open. */
  begin(): void;
  /** Something that the authority must know has changed. */
  nudge(): void;
  close(): void;
}

/** Composes what passes between this machine's desks and those elsewhere. Each is asked by the line key of one body. */
export async function composePeers(parts: PeersParts): Promise<Peers> {
  const { config, secrets, clock, crypto, log, accounts, handover, desks } = parts;
  const here = config.desks;
  const signers = new Map<DeskName, Signer>();
  const trust = new Map<DeskName, PinnedTrust>();

  /** Line keys of a body: as the bundle of the asking desk names them, and as an operator carried them here. */
  const keysFor = (desk: DeskName) => async (body: DeskName) => [
    ...(trust.get(desk)?.known?.parts?.bodies?.get(body) ?? []),
    ...(await handover.read(`${body}-line`)).map(({ publicKey }) => publicKey),
  ];
  const peer = (from: DeskName, to: DeskName): Peer | null => {
    const [address, signer] = [config.peers[to], signers.get(from)];
    if (here.includes(to) || !address || !signer) return null;
    const alarm = (code: string) =>
      log.error({ desk: from, code }, `the ${to} was not understood, or does not know us`);
    return new Peer({
      from,
      to,
      signer,
      address,
      crypto,
      keysOf: keysFor(from),
      realMs: clock.realMs,
      alarm,
    });
  };

  for (const desk of here) {
    const keys = await secrets.keysOf(desk);
    signers.set(desk, nodeSigner(await keys.secret('line', makePrivateKey)));
    const authority = peer(desk, 'authority');
    let refused = '';
    trust.set(
      desk,
      new PinnedTrust({
        folder: keys.path,
        source: authority
          ? elsewhere(authority, clock.realMs)
          : here.includes('authority')
            ? beside(desks)
            : inFolder(join(config.data, 'mirror'), clock.realMs),
        crypto,
        now: () => nowSeconds(clock),
        firstRoot: authority ? config.rootDigest : null,
        endsWithTime: authority !== null,
        onRefused(error) {
          const { code = '' } = error as { code?: string };
          if (code !== refused)
            log.error({ desk, error }, 'the newest bundle is not taken: what was known stays in use');
          refused = code;
        },
      }),
    );
  }

  const handed = new HandedOver(handover, parts.issuerName, () => {
    const trouble = (error: unknown) => log.error({ desk: 'authority', error }, 'could not publish');
    void desks().authority?.refresh().catch(trouble);
  });
  const [register, issuer] = [peer('authority', 'register'), peer('authority', 'issuer')];
  const toAuthority = BODIES.flatMap((body) => {
    const authority = peer(body, 'authority');
    return authority ? [{ body, authority, over: handingOver(parts, body, authority) }] : [];
  });
  let trying: KeptTrying | null = null;

  const handlers: Readonly<Record<DeskName, () => MessageHandlers>> = {
    register: () => registerHandlers(() => there(desks().register?.cases)),
    issuer: () => issuerHandlers(() => there(desks().issuer?.cases)),
    authority: () => ({
      notice: async ({ day, tags }) => {
        await there(desks().authority).publishNotified(day, tags.map(bytesOf));
        return {};
      },
      'handed-over': (content, from) => handed.take(content, from),
      roots: async ({ after }) => ({
        roots: (await there(desks().authority).rootsAfter(after)).map((root) =>
          Buffer.from(root).toString('base64url'),
        ),
      }),
    }),
  };

  const noticeTo = toAuthority.find(({ body }) => body === 'issuer')?.authority;
  return {
    apart: register !== null || issuer !== null || toAuthority.length > 0,
    trustOf: (desk) => trust.get(desk)!,
    register: register && registerPort(register),
    issuer: issuer && issuerPort(issuer),
    publishTags: noticeTo ? tagsPort(noticeTo) : null,
    handed,
    officers: async () =>
      (
        await Promise.all(
          BODIES.filter((body) => !here.includes(body)).map((body) => handed.officersOf(body)),
        )
      ).flat(),
    mount(server) {
      for (const desk of here)
        mountMessages(server, {
          name: desk,
          signer: signers.get(desk)!,
          crypto,
          keysOf: keysFor(desk),
          realMs: clock.realMs,
          handlers: handlers[desk](),
          codeOf: (error) => {
            const { code, status } = answerTo(error);
            if (status >= 500) log.warn({ desk, code, error });
            return code;
          },
          alarm: (code) => log.warn({ desk, code }, 'a message was not heard'),
        });
    },
    begin() {
      if (toAuthority.length === 0) return;
      trying = keepTrying({
        async work() {
          for (const { body, over } of toAuthority) {
            await accounts.get(body)?.tellOfficers();
            await over.send();
          }
          return true;
        },
        firstMs: 0,
        everyMs: parts.everyMs,
        onTrouble: (error) => log.warn({ error }, 'the authority could not be told: it is tried again'),
      });
    },
    nudge: () => trying?.nudge(),
    close: () => trying?.close(),
  };
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));

function there<T>(desk: T | null | undefined): T {
  if (!desk) throw new Error('The desk is not open yet.');
  return desk;
}

const handingOver = ({ desks, accounts, clock }: PeersParts, body: 'issuer' | 'register', authority: Peer) =>
  new HandingOver(
    authority,
    async () => {
      const { issuer, register } = desks();
      if (body === 'register') await register?.refreshKeys();
      return {
        issuers: body === 'issuer' ? await there(issuer).publicKeys() : [],
        registerKeys: body === 'register' ? there(register).publicKeys() : [],
        officers: (await accounts.get(body)?.officerKeys()) ?? [],
      };
    },
    clock.realMs,
  );
