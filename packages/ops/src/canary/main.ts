import { toBase64url } from '@munjigi/core/encoding';
import { SettingError } from '@munjigi/service';
import { publicPoint } from '@munjigi/service/crypto';
import { runCommand, say, UsageError } from '../lib/desk-data.ts';
import { addMarker, PHASES } from '../lib/markers.ts';
import { operatorCall } from '../lib/operator-call.ts';
import { needed, serviceCommand } from '../lib/service-command.ts';
import { canaryKey, enrolCanary } from './enrol.ts';
import { readHeartbeat } from './heartbeat.ts';
import { CanaryMetrics } from './metrics.ts';
import { type CanaryFlags, readFlags, readWanted, USAGE, within } from './options.ts';
import { runCanary } from './run.ts';

const warn = (sentence: string): void => void process.stderr.write(`munjigi canary: ${sentence}\n`);

async function enrol(flags: CanaryFlags): Promise<unknown> {
  const wanted = readWanted(flags);
  const service = needed(flags.service, 'service');
  const register = await operatorCall(service, flags.data ?? './data', process.env);
  const issuer = flags.issuer
    ? await operatorCall(flags.issuer, flags['issuer-data'] ?? './data', {
        MUNJIGI_OPERATOR_TOKEN: process.env.MUNJIGI_ISSUER_OPERATOR_TOKEN,
      })
    : register;
  const { name, venue, doors, mirrors } = await enrolCanary(
    wanted,
    { register, issuer },
    { deadlineMs: 10_000 },
  );
  const key = toBase64url(publicPoint(await canaryKey(wanted.folder)));
  return { canary: name, venueId: venue.venueId, key, doors: doors.length, mirrors: mirrors.length };
}

/** The dead-man's question: is the last round young enough? Resolves to the exit code. */
async function alive(flags: CanaryFlags): Promise<number> {
  const seconds = within(flags.within, 'within', 30, 86_400);
  const last = await readHeartbeat(flags.folder ?? './canary');
  const age = last && Math.max(0, Math.round((Date.now() - last.atMs) / 1000));
  say({ alive: age !== null && age <= seconds, ageSeconds: age, sequence: last?.sequence ?? null });
  if (age !== null && age <= seconds) return 0;
  warn(
    age === null ? 'It has never looked.' : `Its last round ended ${age} seconds ago: it has fallen silent.`,
  );
  return 1;
}

async function mark(flags: CanaryFlags): Promise<unknown> {
  const phase = PHASES.find((one) => one === flags.phase);
  if (!phase) throw new UsageError(`--phase is ${PHASES.join(', ')}.`);
  const [change, back] = [needed(flags.change, 'change'), needed(flags.back, 'back')];
  if (change.length > 80 || back.length > 80) throw new UsageError('--change and --back are short.');
  const marker = { at: Math.floor(Date.now() / 1000), change, phase, back };
  await addMarker(needed(flags.markers, 'markers'), marker);
  return marker;
}

async function run(flags: CanaryFlags): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const metrics = flags['metrics-port'] === undefined ? null : new CanaryMetrics(flags.markers ?? null);
  const port = within(flags['metrics-port'], 'metrics-port', 1, 65_535);
  const listening = await metrics?.listen(flags['metrics-host'] ?? '127.0.0.1', port).catch(() => {
    throw new SettingError(`Nothing can listen at port ${port}: name another with --metrics-port.`);
  });
  try {
    const works = await runCanary({
      folder: flags.folder ?? './canary',
      everyMs: within(flags.every, 'every', 5, 3600) * 1000,
      slowMs: within(flags.slow, 'slow', 1_000, 60_000),
      reach: { deadlineMs: within(flags.deadline, 'deadline', 2_000, 60_000) },
      once: flags.once === true,
      metrics,
      tell: say,
      say: warn,
      signal: stop.signal,
    });
    return flags.once && !works ? 1 : 0;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    listening?.server.closeAllConnections();
    listening?.server.close();
  }
}

/** `munjigi canary`: resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  return runCommand('canary', USAGE, async () => {
    const { command, flags } = readFlags(args);
    switch (command) {
      case 'enrol':
        return serviceCommand('canary', USAGE, () => enrol(flags));
      case 'mark':
        return serviceCommand('canary', USAGE, () => mark(flags));
      case 'alive':
        return alive(flags);
      default:
        return run(flags);
    }
  });
}
