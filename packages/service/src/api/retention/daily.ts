import type { Policy } from '@munjigi/core/rules';
import { type Clock, nowSeconds } from '../../clock/index.ts';
import type { Secrets } from '../../config/index.ts';
import type { Database } from '../../db/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import type { LineTaker } from '../../lib/keys/index.ts';
import {
  type DeskToEnd,
  pastRetention,
  type RetentionParts,
  type RetentionRun,
  runRetention,
} from './run.ts';
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

/** The daily job of the desks that are open here: at the start, and when the local day has changed. */
export function openDaily(parts: DailyParts): Daily {
  let turn: Promise<unknown> = Promise.resolve();
  let done = '';
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
    const run = await runRetention({ desks: await desks(), policy, log, at, dropDays, endSessions });
    // Lines that wait are tried again at the next look.
    done = run.desks.every(({ waiting }) => waiting === 0) ? run.through : '';
    return run;
  };
  const run = (): Promise<RetentionRun> => {
    const result = turn.then(runNow, runNow);
    turn = result.catch(() => {});
    return result;
  };
  const look = (): void => {
    if (pastRetention(parts.policy, nowSeconds(parts.clock)) !== done) run().catch(parts.onTrouble);
  };
  const timer = parts.byItself ? setInterval(look, LOOK_MS).unref() : null;
  if (parts.byItself) look();
  return {
    run,
    async close() {
      if (timer) clearInterval(timer);
      await turn;
    },
  };
}
