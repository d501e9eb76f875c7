import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { fromHex } from '@munjigi/core/encoding';
import { localOrigins, originsProblem } from '../lib/accounts/origins.ts';
import type { DeskName } from '../lib/desk.ts';

/** Everything the service is told from outside, checked, before anything is opened. */
export interface ServiceConfig {
  readonly desks: readonly DeskName[];
  /** Folder of embedded databases, keys, mirror and foreign certificates. */
  readonly data: string;
  /** Folder of the policy pack. */
  readonly policy: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Address of the PostgreSQL database of a desk; a desk without one has an embedded database. */
  readonly databases: Readonly<Partial<Record<DeskName, string>>>;
  /** The register's database past a pooler, where `databases` leads to one that lends connections by transaction; else null. */
  readonly registerDirect: string | null;
  /** Where desks stand that are not open here, such as https://register.example. */
  readonly peers: Readonly<Partial<Record<DeskName, string>>>;
  /** An exercise: a story clock may be set, and passes issued as of an earlier moment. */
  readonly exercise: boolean;
  /** Instant of the story, milliseconds, where no story has been set yet; null for the machine's time. */
  readonly storyMs: number | null;
  /** File with `{storyMs, realMs, rate}` that the clock follows at start, or null. */
  readonly clockFile: string | null;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** True where a proxy on this machine stands before the service and names the caller. */
  readonly behindProxy: boolean;
  /** Addresses and networks of proxies on other machines that name the callers too. */
  readonly proxies: readonly string[];
  /** Enrolments that one network may ask for in a minute. */
  readonly enrolmentsPerMinute: number;
  /** Where the console of each body stands: its passkeys belong to the host. The first is the one that is told. */
  readonly origins: Readonly<Record<DeskName, readonly string[]>>;
  /** Front doors of the issuer that the bundle names for wallets; none where wallets ask where they came from. */
  readonly issuerDoors: readonly string[];
  /** How many first issues, renewals and paper passes this process makes at a time. */
  readonly issueLimits: { readonly first: number; readonly renewal: number; readonly paper: number };
  /** File of identity providers (OpenID Connect); none where there is no such file. */
  readonly providers: string;
  /** File of telephone providers that tell of calls; none where there is no such file. */
  readonly callProviders: string;
  /** Address of visitors' wallets, which posters lead to. */
  readonly walletAddress: string;
  /** True where the root is made by ceremony alone. */
  readonly rootByCeremony: boolean;
  /** SHA-256 of the root that desks apart from the authority begin with; null takes the authority's signed word for it. */
  readonly rootDigest: Uint8Array | null;
  /** Seconds in which a server that was asked to end says so and works on: balancers look that often. */
  readonly drainSeconds: number;
  /** Ports of this machine for Prometheus and for agent checks of a balancer; null where none is opened. */
  readonly metricsPort: number | null;
  readonly agentPort: number | null;
  /** What devices are told in the bundle: front doors of the register, and mirrors of the signed files. */
  readonly doors: { readonly register: readonly string[]; readonly mirrors: readonly string[] };
  /** File with a line for each canary that may tell what it saw: its name and its key; null where there is none. */
  readonly canaryKeys: string | null;
  /** True leaves out the evidence of the pack's demonstration: only what was imported counts. */
  readonly importedEvidenceOnly: boolean;
}

/** A setting that cannot be used. The message is one sentence for the operator. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** Settings as words: from flags (`--port 8787`), and beneath them from the environment (`MUNJIGI_PORT=8787`). */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

/** Seconds in which a balancer has looked three times (deploy/haproxy), and a moment. */
const THREE_CHECKS = 8;

/** An address, or a network of at most 256 (IPv4) or a /64 (IPv6): a wider one would let strangers name callers. */
function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && (family === 4 ? +bits >= 24 && +bits <= 32 : +bits >= 64 && +bits <= 128);
}

const DESKS: readonly DeskName[] = ['issuer', 'register', 'authority'];
const LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/**
 * Reads and checks the settings. Flags win over the environment. Throws `SettingError`.
 * @param defaultPolicy folder of the pack that is used where none is named
 */
export function readSettings(flags: Flags, env: NodeJS.ProcessEnv, defaultPolicy: string): ServiceConfig {
  const word = (name: string): string | undefined => {
    const flag = flags[name];
    if (flag === true) throw new SettingError(`--${name} needs a value.`);
    return typeof flag === 'string'
      ? flag
      : env[`MUNJIGI_${name.toUpperCase().replaceAll('-', '_')}`] || undefined;
  };
  const yes = (name: string): boolean => {
    const flag = flags[name] ?? env[`MUNJIGI_${name.toUpperCase().replaceAll('-', '_')}`];
    return flag === true || flag === 'true' || flag === '1';
  };
  const whole = (name: string, fallback: number, most: number): number => {
    const text = word(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > most)
      throw new SettingError(`--${name} is a whole number from 0 to ${most}.`);
    return value;
  };

  const desks = (word('desks') ?? DESKS.join(',')).split(',').map((name) => name.trim());
  const unknown = desks.find((name) => !DESKS.includes(name as DeskName));
  if (unknown !== undefined || desks.length === 0)
    throw new SettingError(`--desks names one or more of ${DESKS.join(', ')}.`);

  const addressOf = (name: string): string | undefined => {
    const url = word(name);
    if (url !== undefined && !/^postgres(ql)?:\/\//.test(url))
      throw new SettingError(`--${name} is an address that starts with postgres://.`);
    return url;
  };
  const databases: Partial<Record<DeskName, string>> = {};
  for (const desk of DESKS) {
    const url = addressOf(`database-${desk}`);
    if (url !== undefined) databases[desk] = url;
  }
  const registerDirect = addressOf('database-register-direct') ?? null;
  if (registerDirect !== null && databases.register === undefined)
    throw new SettingError(
      '--database-register-direct is the way past a pooler; --database-register names the pooler.',
    );

  const port = whole('port', 8788, 65_535);
  const originsOf = (desk: DeskName): readonly string[] => {
    const text = word(`origin-${desk}`);
    if (text === undefined) return localOrigins(desk, port);
    const origins = text.split(',').map((origin) => origin.trim());
    const problem = originsProblem(origins);
    if (problem) throw new SettingError(`--origin-${desk} ${problem}`);
    return origins;
  };

  const peers: Partial<Record<DeskName, string>> = {};
  for (const desk of DESKS) {
    const address = word(`peer-${desk}`);
    if (address === undefined) continue;
    if (!/^https?:\/\/[^\s/?#]+\/?$/.test(address))
      throw new SettingError(`--peer-${desk} is an address such as https://${desk}.example.`);
    if (/^http:/.test(address) && !isThisMachine(new URL(address).hostname))
      throw new SettingError(
        `--peer-${desk} is https, except on this machine: names of people travel there.`,
      );
    peers[desk] = address;
  }
  const portOf = (name: string): number | null => (word(name) === undefined ? null : whole(name, 0, 65_535));
  const doorsOf = (name: string, usual: string): readonly string[] => {
    const doors = (word(name) ?? usual).split(',').map((door) => door.trim());
    if (doors.some((door) => !/^(https?:\/\/[^\s/?#]+)?(\/[^\s?#]*)?$/.test(door) || door === ''))
      throw new SettingError(`--${name} lists addresses such as https://a.example${usual}, or paths.`);
    return doors;
  };
  /** Where nothing is said, wallets come from where the issuer's console stands. */
  const walletOf = (): string => {
    const text = word('wallet-address');
    if (text === undefined) return `${originsOf('issuer')[0]!.replace(/:\*$/, '')}/wallet/`;
    if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(text) || text.length > 200)
      throw new SettingError('--wallet-address is an address such as https://wallet.example.kr/wallet/.');
    if (/^http:/.test(text) && !isThisMachine(new URL(text).hostname))
      throw new SettingError('--wallet-address is https, except on this machine.');
    return text;
  };
  const proxies =
    word('proxies')
      ?.split(',')
      .map((proxy) => proxy.trim()) ?? [];
  if (!proxies.every(isNetwork))
    throw new SettingError('--proxies lists addresses or networks such as 10.0.0.10 or 10.0.0.0/28.');
  const digest = word('root-digest');
  if (digest !== undefined && !/^[0-9a-f]{64}$/.test(digest))
    throw new SettingError('--root-digest is the SHA-256 of a root, 64 small hexadecimal digits.');

  const exercise = yes('exercise');
  const behindProxy = yes('behind-proxy') || proxies.length > 0;
  const story = word('story');
  const storyMs = story === undefined ? null : Date.parse(story);
  if (storyMs !== null && Number.isNaN(storyMs))
    throw new SettingError('--story is an instant such as 2022-01-06T13:58:00+09:00.');
  if (storyMs !== null && !exercise)
    throw new SettingError('--story plays a moment of the past, so it needs --exercise.');

  const logLevel = (word('log') ?? 'info') as (typeof LEVELS)[number];
  if (!LEVELS.includes(logLevel)) throw new SettingError(`--log is one of ${LEVELS.join(', ')}.`);
  const clockFile = word('clock-file');
  const canaryKeys = word('canary-keys');
  const data = resolve(word('data') ?? 'data');
  return {
    desks: DESKS.filter((name) => desks.includes(name)),
    data,
    policy: resolve(word('policy') ?? defaultPolicy),
    host: word('host') ?? '127.0.0.1',
    port,
    databases,
    registerDirect,
    peers,
    exercise,
    storyMs,
    clockFile: clockFile === undefined ? null : resolve(clockFile),
    logLevel,
    behindProxy,
    proxies,
    enrolmentsPerMinute: whole('enrolments-per-minute', exercise ? 3000 : 300, 1_000_000),
    origins: {
      issuer: originsOf('issuer'),
      register: originsOf('register'),
      authority: originsOf('authority'),
    },
    issuerDoors: word('doors-issuer') === undefined ? [] : doorsOf('doors-issuer', '/api/issuer'),
    providers: resolve(word('providers') ?? join(data, 'providers.json')),
    callProviders: resolve(word('call-providers') ?? join(data, 'call-providers.json')),
    walletAddress: walletOf(),
    issueLimits: {
      first: whole('limit-first', 4, 1000),
      renewal: whole('limit-renewal', 4, 1000),
      paper: whole('limit-paper', 2, 1000),
    },
    rootDigest: digest === undefined ? null : fromHex(digest),
    rootByCeremony: yes('root-by-ceremony'),
    drainSeconds: whole('drain-seconds', behindProxy ? THREE_CHECKS : 0, 600),
    metricsPort: portOf('metrics-port'),
    agentPort: portOf('agent-port'),
    doors: { register: doorsOf('doors-register', '/api/register'), mirrors: doorsOf('mirrors', '/mirror') },
    canaryKeys: canaryKeys === undefined ? null : resolve(canaryKeys),
    importedEvidenceOnly: yes('imported-evidence-only'),
  };
}
