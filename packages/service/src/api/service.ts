import { mkdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { compilePolicy } from '@munjigi/core/rules';
import type { Logger } from 'pino';
import { type Story, serviceClock } from '../clock/index.ts';
import { openSecrets, type ServiceConfig } from '../config/index.ts';
import { readPackFolder } from '../config/pack-folder.ts';
import { nodeCrypto } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import { type Accounts, mountAccounts } from '../lib/accounts/index.ts';
import type { Desk, DeskName, DeskServer } from '../lib/desk.ts';
import { openAccounts } from './accounts.ts';
import { Admission, listenToAgents, weightOf } from './admission/index.ts';
import { endAgain } from './after-restore.ts';
import { openDeskDatabase, watchDatabases } from './databases.ts';
import { type OpenDesks, openDesks } from './desks.ts';
import { mountHealth } from './health.ts';
import { rateLimit } from './limits.ts';
import { openLog } from './log.ts';
import { keptBy, listenToMetrics, Metrics } from './metrics/index.ts';
import { tellOfOfficer } from './officers.ts';
import { mountOldWay } from './old-way.ts';
import { dropDays, openDaily, type RetentionRun } from './retention/index.ts';
import { buildServer } from './server.ts';

/** An exercise plays a street of doors and their guests on one machine. */
/**
 * Connections that the system keeps ready for a process that is busy. Where they find no room the system is silent, and their callers
 * try again after one, three and seven seconds: an upload that would have been refused in milliseconds then waits for seconds.
 */
const CALLERS_AT_THE_PORT = 4_096;

const EXERCISE_FACTOR = 10;

/** What a caller may put in place of the service's own parts. */
export interface ServiceOverrides {
  readonly log?: Logger;
  /** The machine's clock, milliseconds. */
  readonly machine?: () => number;
  /** Opens a desk's database, migrated. */
  readonly openDatabase?: (desk: DeskName) => Promise<Database>;
  /** Milliseconds between two looks at what is due to be published. */
  readonly everyMs?: number;
  /** The moment that is played, where the starter knows it already. */
  readonly story?: Story | null;
}

/** The service, ready to listen. */
export interface Service {
  readonly server: DeskServer;
  readonly desks: OpenDesks;
  readonly operatorToken: string;
  /** Accounts of each desk that is open here. */
  readonly accounts: ReadonlyMap<DeskName, Accounts>;
  /** Listens; answers where, `metricsPort` null where nothing is told to Prometheus. */
  listen(): Promise<{ host: string; port: number; metricsPort: number | null }>;
  /** Follows a moment of a story, and tells devices. Does nothing where the service runs no exercise. */
  play(story: Story): Promise<void>;
  /** Looks at the databases now, as the watch does in the background. */
  look(): Promise<void>;
  /** Ends now, at the desks that are open here, what is past retention; they do it by themselves when a day has ended. */
  endDays(): Promise<RetentionRun>;
  /** Takes no new work, finishes what runs (at most `graceMs`), closes the databases. Once only. */
  close(graceMs?: number): Promise<void>;
}

/** A moment as a clock file or a message tells it, or null where it is none. */
export function readStory(value: unknown): Story | null {
  if (typeof value !== 'object' || value === null) return null;
  const { storyMs, realMs, rate } = value as Record<string, unknown>;
  if (
    ![storyMs, realMs, rate].every(
      (number) => typeof number === 'number' && Number.isFinite(number) && number >= 0,
    )
  )
    return null;
  return { storyMs: storyMs as number, realMs: realMs as number, rate: rate as number };
}

async function storyOf(file: string | null): Promise<Story | null> {
  if (file === null) return null;
  try {
    return readStory(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** In an exercise every device is told that it is one. */
const markedPack = (pack: unknown, exercise: boolean): unknown =>
  exercise && typeof pack === 'object' && pack !== null ? { ...pack, exercise: true } : pack;

/**
 * Composes the service: settings, then secrets, then databases, then desks, then the frame around them. Throws a
 * `SettingError`, `TableError`, `MunjigiError` or `DatabaseRefused` whose message is a sentence for the operator.
 */
export async function createService(
  config: ServiceConfig,
  overrides: ServiceOverrides = {},
): Promise<Service> {
  const log = overrides.log ?? openLog(config.logLevel);
  const pack = markedPack(readPackFolder(config.policy), config.exercise);
  const policy = compilePolicy(pack);
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const secrets = await openSecrets(config.data);
  const clock = serviceClock(overrides.machine);
  if (config.exercise) clock.follow(overrides.story ?? (await storyOf(config.clockFile)));
  const crypto = nodeCrypto();

  const databases = new Map<DeskName, Database>();
  const closeDatabases = () => Promise.all([...databases.values()].map((db) => db.close()));
  let draining = false;
  let leaving = false;
  try {
    for (const desk of config.desks) {
      databases.set(
        desk,
        await (overrides.openDatabase?.(desk) ?? openDeskDatabase(config, desk, clock.nowMs())),
      );
    }
    let opened: OpenDesks | null = null;
    const admission = new Admission({
      backlogSeconds: (work) => (work === 'upload' ? (opened?.register?.drainSeconds() ?? 0) : 0),
      onRefused: (work, why) => metrics.refused(work, why),
    });
    const metrics: Metrics = new Metrics({
      admission,
      databases: () => new Map([...databases.keys()].map((desk, i) => [desk, watch.stateOf(i) === 'up'])),
      leaving: () => leaving,
      issuedAt: (document) => opened?.authority?.issuedAt(document) ?? null,
      logSize: async () => (await opened?.authority?.log.store.size()) ?? null,
      kept: keptBy({ secrets, policy, clock, databases, desks: () => opened }),
    });
    const onOfficer = tellOfOfficer(() => opened, clock);
    const accounts = openAccounts({ config, databases, clock, realMs: clock.realMs, log, onOfficer });
    const desks = await openDesks({
      config,
      accounts,
      secrets,
      clock,
      crypto,
      policy,
      pack,
      log,
      databases,
      took: (results, pending) => metrics.took(results, pending),
      alarmed: (desk, kind) => metrics.alarmed(desk, kind),
      troubled: (what) => metrics.troubled(what),
      ...(overrides.everyMs === undefined ? {} : { everyMs: overrides.everyMs }),
    });
    opened = desks;
    const open = [desks.issuer, desks.register, desks.authority].filter(
      (desk): desk is NonNullable<typeof desk> => desk !== null,
    );
    const again = await endAgain({ ...desks, accounts });
    if (again.officerKeys + again.gates > 0)
      log.warn(
        { count: again.officerKeys + again.gates },
        'a database was put back: what has ended stays so',
      );
    // Whoever is told of officers is open by now.
    for (const one of accounts.values()) await one.tellOfficers();
    const daily = openDaily({
      databases,
      secrets,
      policy,
      clock,
      log: desks.publicLog.port,
      dropDays,
      byItself: !config.exercise,
      onTrouble: (error) => log.error({ error }, 'could not end what is past retention'),
    });
    const watch = watchDatabases([...databases].map(([desk, db]) => ({ db, url: config.databases[desk] })));
    const server = buildServer({
      log,
      operatorToken: secrets.operatorToken,
      accounts,
      behindProxy: config.behindProxy,
      proxies: config.proxies,
      enrolments: rateLimit(config.enrolmentsPerMinute),
      limitFactor: config.exercise ? EXERCISE_FACTOR : 1,
      httpsOnly: config.desks.every((desk) => config.origins[desk].every((one) => one.startsWith('https:'))),
      nowMs: clock.realMs,
      leaving: () => leaving,
      draining: () => draining,
      admission,
      metrics,
    });
    const weight = () => weightOf(admission.accepted, leaving);
    mountHealth(server, { desks: config.desks, leaving: () => leaving, watch, weight });
    for (const one of accounts.values()) mountAccounts(server, one);
    for (const desk of open) await (desk as Desk).mount(server);
    desks.publicLog.mount(server);
    desks.peers.mount(server);
    const registerDb = databases.get('register');
    const { authority } = desks;
    if (config.exercise && registerDb && authority) {
      await mountOldWay(server, { db: registerDb, clock, crypto, document: authority.document });
    }

    const beside: { close(): unknown }[] = [];
    let closing: Promise<void> | null = null;
    const close = async (graceMs: number): Promise<void> => {
      leaving = true;
      // Balancers hear it first and send nobody here any more; whoever still comes is served.
      if (graceMs > 0 && config.drainSeconds > 0 && server.server.listening)
        await new Promise((done) => setTimeout(done, config.drainSeconds * 1000));
      draining = true;
      const late = new Promise<void>((done) => setTimeout(done, graceMs).unref());
      await Promise.race([server.close(), late]);
      server.server.closeAllConnections();
      watch.close();
      for (const one of beside) one.close();
      desks.peers.close();
      await daily.close();
      for (const desk of open) await desk.close();
      await closeDatabases();
    };
    return {
      server,
      desks,
      operatorToken: secrets.operatorToken,
      accounts,
      async listen() {
        await server.listen({ host: config.host, port: config.port, backlog: CALLERS_AT_THE_PORT });
        const address = server.server.address() as AddressInfo;
        const { host, metricsPort, agentPort } = config;
        let told: number | null = null;
        if (metricsPort !== null) {
          const listener = await listenToMetrics({ host, port: metricsPort }, metrics.registry);
          beside.push(listener);
          told = (listener.address() as AddressInfo).port;
        }
        if (agentPort !== null) beside.push(await listenToAgents({ host, port: agentPort }, weight));
        return { host: config.host, port: address.port, metricsPort: told };
      },
      async play(story) {
        if (!config.exercise) return;
        clock.follow(story);
        await authority?.play(story);
      },
      look: watch.look,
      endDays: daily.run,
      close: (graceMs = 10_000) => {
        closing ??= close(graceMs);
        return closing;
      },
    };
  } catch (error) {
    await closeDatabases();
    throw error;
  }
}
