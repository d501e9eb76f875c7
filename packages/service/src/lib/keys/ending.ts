import { type KeyFolder, openKeyFolder } from '../../crypto/index.ts';
import { lockFolder } from '../../db/embedded/folder-lock.ts';
import { DatabaseRefused } from '../../db/errors.ts';
import { FOR_EVER } from './day-ended.ts';
import { DayStore } from './day-store.ts';
import { namedDay } from './days.ts';
import { type BodyLines, keyHash, LineOutbox, type LineTaker, type Sent } from './lines.ts';
import { endWeeks, endWrap } from './recovery.ts';

/** What ending works with: a body's key store, and its voice. */
export interface EndingParts {
  /** The desk's key store, `<data>/keys/<desk>`. */
  readonly keys: KeyFolder;
  readonly lines: BodyLines;
  /** Null where the log cannot be reached now: lines wait beside the keys. */
  readonly log: LineTaker | null;
  /** Seconds. */
  readonly at: number;
  /** Only for tests: told of each step before it is done. */
  readonly onStep?: (step: string) => void | Promise<void>;
}

export interface Ended extends Sent {
  readonly body: string;
  /** Names of the keys that were destroyed now. */
  readonly destroyed: readonly string[];
  readonly highWater: string;
}

export const daysOf = async (keys: KeyFolder): Promise<DayStore> => new DayStore(await keys.folder('days'));

/**
 * Destroys every key of a body that ends at or before a day, with its wraps, and says so in public. Does nothing for what
 * is gone already. It may be killed at any step and run again: the high-water day is raised first, so that nobody makes a
 * key that is being destroyed; a line is signed before its key goes and is sent after, with the same bytes each time. The
 * log holds each line once; a log that does not know a line again would hold it twice at most, with the same content.
 * @param today the local day on which this is done
 */
export function endThrough(parts: EndingParts, day: string, today: string): Promise<Ended> {
  return oneAtATime(parts.keys, () => end(parts, day, today));
}

/** Ends everything that a body holds, early and for good, and says so in public: line `sunset`. */
export async function sunset(parts: EndingParts, today: string): Promise<Ended> {
  return oneAtATime(parts.keys, async () => {
    const store = await daysOf(parts.keys);
    if (store.highWater() !== FOR_EVER) {
      const outbox = await LineOutbox.of(parts.keys, parts.lines);
      const keys = (await store.names()).filter((name) => namedDay(name) !== null).length;
      // Its name sorts behind those of the keys: the line that all has ended is the last one.
      await outbox.say('sunset', 'sunset', parts.at, { day: today, keys });
    }
    return end(parts, FOR_EVER, today);
  });
}

async function end(
  { keys, lines, log, at, onStep = () => {} }: EndingParts,
  day: string,
  today: string,
): Promise<Ended> {
  const store = await daysOf(keys);
  const outbox = await LineOutbox.of(keys, lines);
  await onStep('raise');
  await store.raise(day, today);
  const destroyed: string[] = [];
  for (const name of await store.names()) {
    const named = namedDay(name);
    const key = named && store.hasEnded(named.lastDay) ? await store.find(name) : null;
    if (!named || !key) continue;
    await onStep(`say ${name}`);
    await outbox.say(name, 'key-destroyed', at, { day: named.day, key: keyHash(lines.body, name, key) });
    await onStep(`unwrap ${name}`);
    await endWrap(store, name);
    await onStep(`destroy ${name}`);
    await store.keys.destroy(name);
    destroyed.push(name);
  }
  await onStep('weeks');
  await endWeeks(store);
  await onStep('send');
  const sent = await outbox.send(
    log && {
      append: async (line) => {
        await onStep('append');
        await log.append(line);
        await onStep('appended');
      },
    },
  );
  return { body: lines.body, destroyed, highWater: store.highWater(), ...sent };
}

const PATIENCE = 300;
const PAUSE_MS = 100;

/** Two processes that end the same days would each say so: they take turns. The kernel frees the turn of one that died. */
async function oneAtATime<T>(keys: KeyFolder, work: () => Promise<T>): Promise<T> {
  const { path } = await openKeyFolder(keys.path);
  for (let attempt = 0; ; attempt++) {
    try {
      const lock = await lockFolder(path);
      try {
        return await work();
      } finally {
        await lock.release();
      }
    } catch (error) {
      const taken = error instanceof DatabaseRefused && error.code === 'database.locked';
      if (!taken || attempt >= PATIENCE) throw error;
      await new Promise((go) => setTimeout(go, PAUSE_MS));
    }
  }
}
