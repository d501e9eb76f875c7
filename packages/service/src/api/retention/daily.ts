import type { Policy } from '@munjigi/core/rules';
import { type Clock, nowSeconds } from '../../clock/index.ts';
import type { Secrets } from '../../config/index.ts';
import type { Database } from '../../db/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import { LineOutbox, type LineTaker } from '../../lib/keys/index.ts';
import { type DeskToEnd, type RetentionParts, type RetentionRun, runRetention } from './run.ts';
import { endSessions } from './sessions.ts';
import { voiceOf } from './voice.ts';

export interface DailyParts {
  readonly databases: ReadonlyMap<DeskName, Database>;
  readonly secrets: Secrets;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: LineTaker | null;
  readonly dropDays: RetentionParts['dropDays'];
  /**
   * False in an exercise: its clock is played to and fro, and what is destroyed by a played clock is destroyed for good.
   * `run` works all the same.
   */
  readonly byItself: boolean;
  readonly onTrouble: (error: unknown) => void;
}

export interface Daily {
  /** Ends now what is past retention. Calls take turns. */
  run(): Promise<RetentionRun>;
  close(): Promise<void>;
}

/** How often a desk looks whether a day has ended, and hands lines to the log that it did not take. */
const LOOK_MS = 600_000;

/** The daily job of the desks that are open here: at the start, and again and again, since what is done is not done twice. */
export function openDaily(parts: DailyParts): Daily {
  let turn: Promise<unknown> = Promise.resolve();
  const desks = (): Promise<DeskToEnd[]> =>
    Promise.all(
      [...parts.databases].map(async ([name, db]) => {
        const keys = await parts.secrets.keysOf(name);
        return { name, db, keys, lines: await voiceOf(name, keys) };
      }),
    );
  const runNow = async (): Promise<RetentionRun> => {
    const { policy, log, dropDays } = parts;
    const at = nowSeconds(parts.clock);
    return runRetention({ desks: await desks(), policy, log, at, dropDays, endSessions });
  };
  /** Hands over only what a command said while this process ran. */
  const speak = async (): Promise<void> => {
    for (const { keys, lines } of await desks()) await (await LineOutbox.of(keys, lines)).send(parts.log);
  };
  const run = (): Promise<RetentionRun> => {
    const result = turn.then(runNow, runNow);
    turn = result.catch(() => {});
    return result;
  };
  const look = (): void => void (parts.byItself ? run() : speak()).catch(parts.onTrouble);
  const timer = setInterval(look, LOOK_MS).unref();
  look();
  return {
    run,
    async close() {
      clearInterval(timer);
      await turn;
    },
  };
}
