import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { Bundle, ForeignEntry, OfficerEntry } from '@munjigi/core/trust';
import { openClock, openRoot } from '@munjigi/core/trust';
import { nowSeconds, type Story, type StoryClockPort } from '../clock/index.ts';
import { type KeyFolder, makePrivateKey, nodeSigner } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import { everyMinute } from '../lib/case/index.ts';
import type { Desk } from '../lib/desk.ts';
import { lateFields } from './bundle-parts.ts';
import { type AuthorityCaseOptions, AuthorityCases, mountAuthorityCases } from './cases/index.ts';
import { DayKeys } from './day-keys.ts';
import { type DocumentName, Documents } from './documents.ts';
import { CanaryKeys, openIncidents } from './incidents/index.ts';
import { type CosignPort, headMirror, KnownBodies, LogKeeper, mountLog } from './log/index.ts';
import { Notices } from './notices.ts';
import { NotifiedFiles } from './notified.ts';
import { type Handover, Publisher } from './publisher.ts';
import { RootKeeper } from './root.ts';
import { mountAuthority } from './routes.ts';
import { StatusKeeper } from './status/index.ts';
import { mountTroubles, type TroublesSaid } from './troubles.ts';

export { dayKeyId } from '../lib/keys/index.ts';
export { Documents } from './documents.ts';
export { readForeign } from './foreign.ts';
export { CanaryKeys, readCanaryKeys } from './incidents/index.ts';
export { type CosignPort, KnownBodies, LogKeeper, LogStore } from './log/index.ts';
export type { Handover } from './publisher.ts';
export { endAuthorityDays } from './retention.ts';
export { makeDelegates, RootKeeper } from './root.ts';
export { NOT_SILENT, silentImage, silentOf } from './status/index.ts';

const DAY = 86_400;
/** What canaries saw is looked at so often: two of their rounds and this are ten seconds at most. */
const LOOK_MS = 2_000;
const TOLD_MS = 15_000;

export interface AuthorityOptions {
  /** Migrated, this desk's own. */
  readonly db: Database;
  readonly keys: KeyFolder;
  readonly clock: StoryClockPort;
  readonly crypto: Crypto;
  readonly policy: Policy;
  /** The pack as the bundle carries it. */
  readonly pack: unknown;
  readonly exercise: boolean;
  /** Folder that the signed documents are written to. */
  readonly mirror: string;
  readonly foreign: () => readonly ForeignEntry[];
  readonly handover: Handover;
  readonly endpoints: Bundle['endpoints'];
  /** Front doors of issuers, by name. */
  readonly issuerDoors?: ReadonlyMap<string, readonly string[]>;
  readonly log: {
    /** Line keys that the bodies handed over, this one's too. */
    readonly bodies: () => Promise<ReadonlyMap<string, Uint8Array>>;
    readonly cosigners: () => readonly CosignPort[];
  };
  /** The authority's part in lawful traces; without it there are none here. */
  readonly cases?: AuthorityCaseOptions;
  /** Officers of every body, as the bundle names them; none where accounts are kept by hand. */
  readonly officers?: () => Promise<readonly OfficerEntry[]>;
  /** Told of what could not be published; the next try comes by itself. */
  readonly onTrouble: (error: unknown) => void;
  /** True where the root is made by ceremony alone: no share of it ever stands on this machine. */
  readonly rootByCeremony?: boolean;
  /** Told, at most once a day, in how many days the last delegate ends that this machine cannot renew. */
  readonly onDelegatesEnd?: (days: number) => void;
  /** Keys of the canaries that may speak here; none where it is left out. */
  readonly canaries?: CanaryKeys;
  /** What owners say does not work, from the register; nothing where it is left out. */
  readonly troubles?: TroublesSaid;
  /** Milliseconds between two looks whether something is due, and whether something is broken. */
  readonly everyMs?: number;
}

export interface AuthorityDesk extends Desk {
  readonly name: 'authority';
  readonly cases: AuthorityCases | null;
  /** The public log, which this desk keeps. */
  readonly log: LogKeeper;
  /** Takes tags of passes that an issuer resolved on a day into that day's file; see `NotifiedFiles.publish`. */
  publishNotified(day: string, tags: readonly Uint8Array[]): Promise<void>;
  /** Plays a moment of a story, in an exercise. */
  play(story: Story): Promise<void>;
  /** The story that was last published, or null. */
  lastStory(): Promise<Story | null>;
  /** Looks once whether something is broken, or works again, and says so; it does by itself every two seconds. */
  look(): Promise<void>;
  /** Publishes what is due; false where no issuer has handed over a key yet. */
  refresh(): Promise<boolean>;
  document(name: DocumentName): Uint8Array | null;
  /** When the newest of its kind was signed (seconds), or null. */
  issuedAt(name: DocumentName): number | null;
  /** The roots after a version, in order. */
  rootsAfter(version: number): Promise<readonly Uint8Array[]>;
}

/** Opens the authority desk. Nothing is published before `refresh`, so that the other desks can be opened first. */
export async function openAuthorityDesk(options: AuthorityOptions): Promise<AuthorityDesk> {
  const { db, keys, clock, crypto, policy, exercise, onTrouble } = options;
  const documents = await Documents.open(db, options.mirror);
  const dayKeys = new DayKeys(db, await keys.folder('days'), policy);
  const bodies = new KnownBodies(db, options.log.bodies, clock);
  const log = new LogKeeper({
    db,
    signer: nodeSigner(await keys.secret('log', makePrivateKey)),
    origin: `munjigi ${policy.id}`,
    bodies,
    cosigners: options.log.cosigners,
    clock,
    crypto,
    onTrouble,
  });
  const root = new RootKeeper(documents, keys, crypto, options.rootByCeremony);
  const notified = new NotifiedFiles({ db, root, lines: log.store, clock, policy, mirror: options.mirror });
  const notices = new Notices(db, policy);
  const publisher = new Publisher({
    documents,
    root,
    dayKeys,
    notices,
    policy,
    pack: options.pack,
    foreign: options.foreign,
    handover: options.handover,
    endpoints: options.endpoints,
    late: () => lateFields(log, bodies, options.officers ?? (async () => []), options.issuerDoors),
    clock,
    crypto,
  });
  const incidents = openIncidents({
    db,
    notices,
    publisher,
    documents,
    policy,
    exercise,
    clock,
    crypto,
    canaries: options.canaries ?? new CanaryKeys(null),
  });
  const status = new StatusKeeper({
    db,
    documents,
    root,
    policy,
    exercise,
    clock,
    crypto,
    mirror: options.mirror,
    states: () => incidents.watch.states(),
    incidents: () => incidents.list(),
  });
  const cases = options.cases
    ? new AuthorityCases(options.cases, db, await keys.folder('cases'), (keyId) => dayKeys.privateKey(keyId))
    : null;
  const stopTending = everyMinute(cases);
  const mirrorHead = headMirror(log.store, options.mirror);
  let warnedAt = Number.NEGATIVE_INFINITY;
  const refresh = async (): Promise<boolean> => {
    await documents.follow();
    await publisher.playAlong();
    // What some body has not signed yet is asked for again; then the mirror gets the newest that enough have signed.
    await log.collect();
    await mirrorHead();
    await notified.expire();
    const at = nowSeconds(clock);
    const days = await root.endsInDays(at);
    if (days !== null && Math.abs(at - warnedAt) >= DAY) {
      warnedAt = at;
      options.onDelegatesEnd?.(days);
    }
    return publisher.refresh();
  };
  const timer = setInterval(() => void refresh().catch(onTrouble), options.everyMs ?? 15_000).unref();
  const lookAndWrite = async (): Promise<void> => {
    await incidents.look();
    await status.write();
  };
  let looking: Promise<void> | null = null;
  const look = (): Promise<void> => {
    looking ??= lookAndWrite().finally(() => {
      looking = null;
    });
    return looking;
  };
  /** Has the pages say at once what a person said. What could not be written is tried again with the next look. */
  const told = async (): Promise<void> => {
    await looking?.catch(() => {});
    await look().catch(onTrouble);
  };
  let troubledAt = Number.NEGATIVE_INFINITY;
  const lookAgain = (): void => {
    look().catch((error: unknown) => {
      // What keeps going wrong is told four times a minute, and tried thirty times.
      if (clock.realMs() - troubledAt < TOLD_MS) return;
      troubledAt = clock.realMs();
      onTrouble(error);
    });
  };
  const looks = setInterval(lookAgain, options.everyMs ?? LOOK_MS).unref();

  return {
    name: 'authority',
    cases,
    log,
    mount(server) {
      mountAuthority(server, { documents, publisher, byPerson: incidents.byPerson, clock, exercise, told });
      incidents.mount(server);
      mountTroubles(server, options.troubles ?? (async () => null));
      mountLog(server, log, (day) => notified.file(day));
      if (cases) mountAuthorityCases(server, cases);
    },
    publishNotified: (day, tags) => notified.publish(day, tags),
    play: async (story) => {
      await publisher.play(story);
    },
    async lastStory() {
      const [root, bytes] = [documents.latest('root'), documents.latest('clock')];
      if (!root || !bytes) return null;
      const said = await openClock(bytes.bytes, await openRoot(root.bytes, crypto), crypto).catch(() => null);
      return said && { storyMs: said.storyMs, realMs: said.realMs, rate: said.rate };
    },
    look,
    refresh,
    document: (name) => documents.latest(name)?.bytes ?? null,
    issuedAt: (name) => documents.latest(name)?.issuedAt ?? null,
    rootsAfter: (version) => documents.after('root', version),
    async close() {
      clearInterval(timer);
      clearInterval(looks);
      await looking?.catch(() => {});
      stopTending();
    },
  };
}
