import { join } from 'node:path';
import type { Seen } from '@munjigi/core/incident';
import { SettingError } from '@munjigi/service';
import { nodeCrypto } from '@munjigi/service/crypto';
import { DatabaseRefused, lockFolder } from '@munjigi/service/db';
import { type Look, lookAt, lookThrough } from '../canary/look.ts';
import { oneRound } from '../canary/rounds.ts';
import { readCanary } from '../canary/settings.ts';
import { CanaryTrust } from '../canary/trust.ts';

/** The canary of the maintenance: the front doors, and each node beside them. */
export interface Looking {
  /** Address of a node by itself. Throws `SettingError` where the canary has no such node. */
  addressOf(node: string): string;
  /** Names of all nodes that it looks at straight. */
  readonly nodes: readonly string[];
  /** What is down for a guest through the front doors and, straight, at these nodes; in words, null where nothing is. */
  down(nodes: readonly string[], front: boolean): Promise<string | null>;
  close(): Promise<void>;
}

const REACH = { deadlineMs: 2_000 };
const SLOW_MS = 1_000;

/** Opens a canary's folder for looks by hand. Throws `SettingError` where it is none, `DatabaseRefused` where another looks from it. */
export async function openLooking(folder: string): Promise<Looking> {
  const settings = await readCanary(folder);
  const front = settings.doors.filter(({ side }) => side === 'outside').map(({ name }) => name);
  if (front.length === 0)
    throw new SettingError(`The canary in ${folder} looks through no front door: enrol it with --door too.`);
  const lock = await lockFolder(folder).catch(() => {
    throw new DatabaseRefused(
      'database.locked',
      `Another canary or maintenance looks from ${folder}: enrol one for maintenance alone.`,
    );
  });
  const trust = await CanaryTrust.open(join(folder, 'trust'), nodeCrypto());
  const parts = { folder, settings, trust, reach: REACH };
  const mirrors = settings.mirrors.map((mirror) => lookAt(mirror, parts));
  const doors = new Map<string, Look>();
  const through = async (name: string): Promise<Look> => {
    const door = settings.doors.find((one) => one.name === name);
    if (!door) throw noNode(folder, name);
    const look = doors.get(name) ?? (await lookThrough(door, parts));
    doors.set(name, look);
    return look;
  };
  return {
    nodes: settings.doors.filter(({ side }) => side === 'beside').map(({ name }) => name),
    addressOf(node) {
      const found = settings.doors.find(({ name, side }) => name === node && side === 'beside');
      if (!found) throw noNode(folder, node);
      return found.url;
    },
    async down(nodes, andFront) {
      const names = [...(andFront ? front : []), ...nodes];
      const { seen, faults } = await oneRound(
        [...(await Promise.all(names.map(through))), ...mirrors],
        SLOW_MS,
      );
      const [fault] = faults;
      if (fault) return `the canary cannot look: ${fault.message}`;
      // A mirror that is away is no fault of a node, and what the canary holds is enough to judge by.
      const broken = seen.filter(({ door, state }) => names.includes(door) && state === 'down');
      return broken.length === 0 ? null : broken.map(inWords).join(', ');
    },
    close: () => lock.release(),
  };
}

const noNode = (folder: string, name: string) =>
  new SettingError(`The canary in ${folder} knows no node "${name}": enrol it with --node ${name}=ADDRESS.`);

const inWords = ({ component, door, step, ms }: Seen): string =>
  `${component} through ${door} is down (${step}, ${ms} ms)`;
