import { join } from 'node:path';
import type { Observation } from '@munjigi/core/incident';
import { nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { DatabaseRefused, lockFolder } from '@munjigi/service/db';
import type { Reach } from './call.ts';
import { canaryKey } from './enrol.ts';
import { readHeartbeat, writeHeartbeat } from './heartbeat.ts';
import { type Look, lookAt, lookThrough } from './look.ts';
import type { CanaryMetrics } from './metrics.ts';
import { changed, oneRound, pause, type Round, waitBefore } from './rounds.ts';
import { type CanarySettings, type Door, readCanary } from './settings.ts';
import { lookAtSignIn } from './sign-in.ts';
import { Telling } from './telling.ts';
import { CanaryTrust } from './trust.ts';

export interface RunParts {
  readonly folder: string;
  readonly everyMs: number;
  readonly slowMs: number;
  readonly reach: Reach;
  readonly once: boolean;
  readonly metrics: CanaryMetrics | null;
  /** Told of every round, besides the authorities of the settings. */
  readonly tell: (observation: Observation) => void;
  /** Told in words of what changed. */
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Looks round after round until the signal, or once. Resolves to false where a step of the last round failed.
 * Throws `DatabaseRefused` where another canary looks from this folder.
 */
export async function runCanary(parts: RunParts): Promise<boolean> {
  const settings = await readCanary(parts.folder);
  const lock = await lockFolder(parts.folder).catch(() => {
    throw new DatabaseRefused(
      'database.locked',
      'Another canary looks from this folder. End that one, or enrol one in a folder of its own.',
    );
  });
  try {
    return await goOn(parts, settings);
  } finally {
    await lock.release();
  }
}

async function goOn(parts: RunParts, settings: CanarySettings): Promise<boolean> {
  const { folder, everyMs, slowMs, once, metrics, signal, say } = parts;
  const trust = await CanaryTrust.open(join(folder, 'trust'), nodeCrypto());
  const looks = await openLooks({ folder, settings, trust, reach: parts.reach });
  const signer = nodeSigner(await canaryKey(folder));
  const authorities = settings.authorities.map(
    (address) => new Telling(address, signer, parts.reach, metrics),
  );
  let sequence = (await readHeartbeat(folder))?.sequence ?? 0;
  let before: Observation | null = null;
  let hurried = false;
  for (;;) {
    const began = performance.now();
    const at = trust.seconds();
    const round = await oneRound(looks, slowMs);
    sequence += 1;
    const observation: Observation = { canary: settings.name, sequence, at, seen: round.seen };
    const faults = [...round.faults, ...(await beat(folder, sequence, round))];
    for (const { message } of faults) say(`It could not look: ${message}`);
    metrics?.round(round.ways, observation, faults.length > 0 ? null : Date.now());
    parts.tell(observation);
    const told = Promise.all(authorities.map((authority) => authority.tell(observation))).catch(
      (error: Error) => say(`It could not tell: ${error.message}`),
    );
    const news = changed(round, before);
    for (const one of news) say(inWords(one, round));
    const works = faults.length === 0 && round.seen.every(({ state }) => state !== 'down');
    if (once || signal.aborted) {
      await told;
      return works;
    }
    hurried = !hurried && news.some(({ worse }) => worse);
    before = observation;
    await pause(waitBefore(everyMs, performance.now() - began, hurried), signal);
    if (signal.aborted) return works;
  }
}

/** Doors as the public comes; where none is named, those that there are. */
const frontDoors = (doors: readonly Door[]): readonly Door[] => {
  const outside = doors.filter(({ side }) => side === 'outside');
  return outside.length > 0 ? outside : doors;
};

const openLooks = async (all: Parameters<typeof lookAt>[1]): Promise<readonly Look[]> => [
  ...(await Promise.all(all.settings.doors.map((door) => lookThrough(door, all)))),
  ...all.settings.mirrors.map((mirror) => lookAt(mirror, all)),
  () => lookAtSignIn(frontDoors(all.settings.doors), all.reach),
];

/** A sign of life only for a round in which everything could be looked at: a canary that is blind counts as silent. */
async function beat(folder: string, sequence: number, { faults }: Round): Promise<readonly Error[]> {
  try {
    const atMs = faults.length === 0 ? Date.now() : ((await readHeartbeat(folder))?.atMs ?? 0);
    await writeHeartbeat(folder, { sequence, atMs });
    return [];
  } catch (error) {
    return [error as Error];
  }
}

function inWords({ component, door, state, step, ms }: ReturnType<typeof changed>[number], { ways }: Round) {
  const trouble = ways.find((one) => one.component === component && one.door === door)?.trouble;
  return `${component} through ${door}: ${state}, ${step}${trouble ? ` (${trouble.code})` : ''}, ${ms} ms.`;
}
