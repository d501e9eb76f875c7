import { DatabaseRefused, lockFolder } from '@munjigi/service/db';
import { runCommand, say } from '../lib/desk-data.ts';
import { Balancers } from './balancers.ts';
import { BrokenOff } from './failing.ts';
import { type Hands, mark, save } from './hands.ts';
import { hourRefuses } from './hours.ts';
import { openLooking } from './looking.ts';
import { type Asked, readAsked, type Settings, USAGE } from './options.ts';
import { type MaintenanceRecord, newestRecord, newRecord } from './record.ts';
import { abandon, goRound, inOneSentence, lastLine, thingsRefuse } from './round.ts';
import { isStillRunning } from './work.ts';

const tell = (sentence: string): void => void process.stderr.write(`munjigi maintenance: ${sentence}\n`);

/** Only tests say otherwise. */
export interface Around {
  readonly now?: () => number;
  readonly input?: NodeJS.ReadableStream;
}

/** `munjigi maintenance`: resolves to the exit code. */
export function main(
  args: readonly string[],
  { now = Date.now, input = process.stdin }: Around = {},
): Promise<number> {
  return runCommand('maintenance', USAGE, async () => {
    const asked = readAsked(args, process.env);
    if (asked === null) {
      process.stdout.write(USAGE);
      return 0;
    }
    const stop = new AbortController();
    const onSignal = (): void => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort();
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
    try {
      return await locked(asked, { now, input, signal: stop.signal });
    } finally {
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    }
  });
}

type Parts = Pick<Hands, 'now' | 'input' | 'signal'>;

async function locked(asked: Asked, parts: Parts): Promise<number> {
  const { folder } = asked;
  if (asked.settings && asked.way === 'dry-run') return dryRun(asked, asked.settings, parts);
  const lock = await lockFolder(folder).catch(() => {
    throw new DatabaseRefused('database.locked', 'Another maintenance is under way: one at a time.');
  });
  try {
    const newest = await newestRecord(folder);
    const unfinished = newest?.ended === null ? newest : null;
    if (asked.settings) {
      if (unfinished) return refuse(`${standing(unfinished)} ${HOW_ON}`);
      return await fresh(asked, asked.settings, (newest?.number ?? 0) + 1, parts);
    }
    if (!unfinished) return refuse('No maintenance was broken off: there is nothing to go on with.');
    return await goOn(asked, unfinished, parts);
  } finally {
    await lock.release();
  }
}

const HOW_ON = 'Go on with munjigi maintenance --resume, or take it back with munjigi maintenance --abandon.';

function standing({ number, nodes }: MaintenanceRecord): string {
  const node = nodes.find(({ state }) => state === 'under-way');
  return node
    ? `Maintenance ${number} was broken off: ${node.name} is under way (${node.step}), and may be out.`
    : `Maintenance ${number} was broken off between two nodes.`;
}

function refuse(sentence: string): number {
  say({ ended: 'refused', why: sentence });
  tell(sentence);
  return 1;
}

const forceOf = (asked: Asked): string =>
  asked.despite === null ? ' If it must be now, say why with --despite-the-hour.' : '';

async function dryRun(asked: Asked, settings: Settings, { now, signal }: Parts): Promise<number> {
  const looking = await openLooking(settings.canary);
  try {
    const balancers = new Balancers(settings.sockets, settings.backend);
    for (const name of settings.nodes) looking.addressOf(name);
    const hour = hourRefuses(settings, now());
    const things = await thingsRefuse(settings.nodes[0]!, { balancers, looking, signal });
    const mayBegin = (hour === null || asked.despite !== null) && things === null;
    say({ dryRun: true, mayBegin, hour, things, despite: asked.despite, plan: settings });
    for (const name of settings.nodes)
      tell(
        `${name} (${looking.addressOf(name)}): drain ≤ ${settings.drainSeconds} s, ${settings.work ?? 'work by hand'}, ready ≤ ${settings.readySeconds} s, verify, back, watch ${settings.watchSeconds} s; taken back by ${settings.undo ?? 'its former state alone'}.`,
      );
    for (const sentence of [hour, things]) if (sentence !== null) tell(sentence);
    return mayBegin ? 0 : 1;
  } finally {
    await looking.close();
  }
}

async function fresh(asked: Asked, settings: Settings, number: number, parts: Parts): Promise<number> {
  const hour = hourRefuses(settings, parts.now());
  if (hour !== null && asked.despite === null) return refuse(`${hour}${forceOf(asked)}`);
  // A reason that was not needed is not told as if it had been.
  const despite = hour === null ? null : asked.despite;
  const record = newRecord(number, settings, Math.floor(parts.now() / 1000), despite);
  return withHands(asked, record, parts, async (hands) => {
    for (const name of settings.nodes) hands.looking.addressOf(name);
    const things = await thingsRefuse(settings.nodes[0]!, hands);
    if (things !== null) return refuse(things);
    if (parts.signal.aborted) return refuse('It was ended before anything was begun.');
    await save(hands);
    await mark(hands, 'began');
    return report(record, await goRound(hands, true));
  });
}

async function goOn(asked: Asked, record: MaintenanceRecord, parts: Parts): Promise<number> {
  if (record.running && isStillRunning(record.running))
    return refuse(
      `The work of the run that was broken off still runs (process ${record.running.pid}): wait for it, or end it.`,
    );
  if (asked.way === 'abandon')
    return withHands(asked, record, parts, async (hands) => {
      await abandon(hands);
      report(record, 'abandoned');
      return record.nodes.some(({ state }) => state === 'out') ? 1 : 0;
    });
  const hour = hourRefuses(record.settings, parts.now());
  const node = record.nodes.find(({ state }) => state === 'under-way');
  // What is behind the work is finished at any hour: leaving a node out is no better.
  if (hour !== null && asked.despite === null && (node?.step === 'drain' || node?.step === 'work'))
    return refuse(`${hour} Take it back with --abandon, or say why with --despite-the-hour.`);
  record.despite ??= hour === null ? null : asked.despite;
  return withHands(asked, record, parts, async (hands) => report(record, await goRound(hands, false)));
}

function report(record: MaintenanceRecord, why: string | null): number {
  say(lastLine(record, why));
  tell(`${inOneSentence(record)}${record.ended === 'stopped' ? ` It stopped: ${why}` : ''}`);
  return record.ended === 'done' ? 0 : 1;
}

async function withHands(
  { folder }: Asked,
  record: MaintenanceRecord,
  parts: Parts,
  work: (hands: Hands) => Promise<number>,
): Promise<number> {
  const { settings } = record;
  const looking = await openLooking(settings.canary);
  try {
    const balancers = new Balancers(settings.sockets, settings.backend);
    return await work({ ...parts, folder, record, balancers, looking, tell: say, say: tell });
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    say(lastLine(record, 'broken off'));
    tell(`${standing(record)} ${HOW_ON}`);
    return 1;
  } finally {
    await looking.close();
  }
}
