import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { parseArgs } from 'node:util';
import { isMunjigiError } from '@munjigi/core/errors';
import {
  createService,
  DatabaseRefused,
  DatabaseUnavailable,
  readSettings,
  readStory,
  type Service,
  SettingError,
  type Story,
  TableError,
} from '@munjigi/service';
import { parseArguments } from '../lib/arguments.ts';

const DEFAULT_POLICY = fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url));
const GRACE_MS = 10_000;

const USAGE = `munjigi serve [options]

Runs the service: any of its three desks, each with a database and a key store of its own.

  --desks LIST              issuer,register,authority (all)
  --data FOLDER             embedded databases, keys, mirror and foreign certificates (./data)
  --policy FOLDER           the policy pack (policies/kr-2022)
  --host ADDRESS            where to listen (127.0.0.1)
  --port N                  0 for any free port (8788)
  --database-issuer URL     a PostgreSQL database in place of the embedded one;
  --database-register URL     so for each desk
  --database-authority URL
  --database-register-direct URL
                            the register's PostgreSQL itself, where --database-register is a PgBouncer in
                            transaction mode: retention holds a connection (deploy/pgbouncer)
  --peer-authority URL      where a desk stands that is not open here: its messages, documents and
  --peer-register URL         public log go there (deploy/three-bodies); https, except on this machine
  --peer-issuer URL
  --root-digest HEX         SHA-256 of the root that a desk apart from the authority begins with
  --exercise                an exercise: story clock, demonstration people, the old way beside
  --story INSTANT           the moment the story begins with, such as 2022-01-06T13:58:00+09:00
  --clock-file FILE         {"storyMs", "realMs", "rate"} that the clock follows at start
  --behind-proxy            a proxy on this machine names the callers
  --proxies LIST            so do these on other machines: 10.0.0.10,10.0.0.16/28
  --enrolments-per-minute N for each network
  --origin-issuer LIST      where the console of each body stands (http://issuer.localhost:PORT);
  --origin-register LIST      its passkeys belong to that host
  --origin-authority LIST
  --doors-issuer LIST       front doors of the issuer that the bundle names for wallets
  --providers FILE          identity providers by OpenID Connect (DATA/providers.json)
  --wallet-address URL      visitors' wallets, which posters lead to (/wallet/ where the issuer's console stands)
  --call-providers FILE     telephone providers that tell of guests' calls (DATA/call-providers.json)
  --limit-first N  --limit-renewal N  --limit-paper N
                            first issues, renewals and paper passes at a time (4, 4, 2)
  --drain-seconds N         how long it says that it leaves, and works on, before it ends: as long as a
                            balancer needs to look three times (0; 8 with --behind-proxy)
  --metrics-port N          Prometheus reads GET /metrics there
  --agent-port N            HAProxy's agent checks are answered there
  --doors-register LIST     what gates are told in the bundle: front doors of the register (/api/register),
  --mirrors LIST              and mirrors of the signed files (/mirror)
  --root-by-ceremony        no share of the root is made here: see munjigi bundle ceremony
  --canary-keys FILE        canaries that may tell what they saw: a line each, name and key
                            (as munjigi canary enrol prints them); read anew when it changes
  --imported-evidence-only  leaves out the evidence of the pack's demonstration
  --log LEVEL               silent, error, warn, info or debug (info), on standard error

Each option may also stand in the environment: MUNJIGI_PORT, MUNJIGI_DATABASE_REGISTER, …
Prints one line of JSON on standard output when it listens. SIGTERM finishes what runs and ends.
`;

const TEXT = { type: 'string' } as const;
const YES = { type: 'boolean' } as const;
const OPTIONS = {
  desks: TEXT,
  data: TEXT,
  policy: TEXT,
  host: TEXT,
  port: TEXT,
  'database-issuer': TEXT,
  'database-register': TEXT,
  'database-authority': TEXT,
  'database-register-direct': TEXT,
  'peer-issuer': TEXT,
  'peer-register': TEXT,
  'peer-authority': TEXT,
  'root-digest': TEXT,
  exercise: YES,
  story: TEXT,
  'clock-file': TEXT,
  'behind-proxy': YES,
  proxies: TEXT,
  'enrolments-per-minute': TEXT,
  'origin-issuer': TEXT,
  'origin-register': TEXT,
  'origin-authority': TEXT,
  'doors-issuer': TEXT,
  providers: TEXT,
  'canary-keys': TEXT,
  'call-providers': TEXT,
  'wallet-address': TEXT,
  'imported-evidence-only': YES,
  'root-by-ceremony': YES,
  'limit-first': TEXT,
  'limit-renewal': TEXT,
  'limit-paper': TEXT,
  'drain-seconds': TEXT,
  'metrics-port': TEXT,
  'agent-port': TEXT,
  'doors-register': TEXT,
  mirrors: TEXT,
  log: TEXT,
  help: YES,
} as const;

/** What an operator is told of a start that failed: one sentence where the cause is theirs to mend. */
export function sentenceOf(error: unknown): string | null {
  const known =
    error instanceof SettingError ||
    error instanceof TableError ||
    error instanceof DatabaseRefused ||
    error instanceof DatabaseUnavailable ||
    isMunjigiError(error);
  if (known) return error.message;
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE')
    return `Port ${String(port)} is in use: end what listens there, or name another with --port.`;
  if (code === 'EACCES') return 'The data folder or the port may not be used by this user.';
  return null;
}

/**
 * `munjigi serve`: starts the service and keeps it until a signal, or a parent's `{stop: true}`, ends it. A parent may send
 * `{storyMs, realMs, rate}` over its channel at any time. Resolves to the exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  let flags: ReturnType<typeof parseArgs<{ args: string[]; options: typeof OPTIONS }>>['values'];
  try {
    flags = parseArguments({ args, options: OPTIONS }).values;
  } catch (error) {
    process.stderr.write(`munjigi serve: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (flags.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const channel = listenToParent();
  let service: Service | null = null;
  try {
    const config = readSettings(flags, process.env, DEFAULT_POLICY);
    const known = channel.story();
    service = await createService(config, { story: known });
    if (channel.ended()) {
      await service.close(0);
      return 0;
    }
    await channel.attach(service, known);
    const { host, port, metricsPort } = await service.listen();
    process.stdout.write(
      `${JSON.stringify({ listening: { host, port, metricsPort, desks: config.desks, data: config.data, mirror: join(config.data, 'mirror'), pid: process.pid } })}\n`,
    );
    await channel.end;
    await service.close(GRACE_MS);
    return 0;
  } catch (error) {
    await service?.close(0);
    const sentence = sentenceOf(error);
    if (sentence === null) throw error;
    process.stderr.write(`munjigi serve: ${sentence}\n`);
    return error instanceof SettingError ? 2 : 1;
  } finally {
    channel.close();
  }
}

/** Signals and a parent's messages, listened to from the first moment on. A second signal ends the process at once. */
function listenToParent() {
  let latest: Story | null = null;
  let service: Service | null = null;
  let signals = 0;
  let asked = false;
  let finish: () => void = () => {};
  const end = new Promise<void>((done) => {
    finish = done;
  });
  const wish = () => {
    asked = true;
    finish();
  };
  const onSignal = () => {
    signals += 1;
    if (signals > 1) process.exit(1);
    wish();
  };
  const onMessage = (message: unknown) => {
    if ((message as { stop?: unknown } | null)?.stop === true) return wish();
    const story = readStory(message);
    if (!story) return;
    latest = story;
    void service?.play(story).catch(() => {});
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal).on('message', onMessage).on('disconnect', wish);
  return {
    end,
    story: () => latest,
    ended: () => asked,
    /** From now on the service is told of moments; one that came while it was being opened is told at once. */
    async attach(running: Service, known: Story | null) {
      service = running;
      if (latest !== known && latest !== null) await running.play(latest);
    },
    close() {
      process
        .off('SIGTERM', onSignal)
        .off('SIGINT', onSignal)
        .off('message', onMessage)
        .off('disconnect', wish);
      if (process.connected) process.disconnect?.();
    },
  };
}
