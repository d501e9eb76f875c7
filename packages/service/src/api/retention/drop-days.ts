import { dropDays as dropTables } from '../../register/index.ts';
import type { RetentionParts } from './run.ts';

/** Drops the register's days before one; answers the days that went. One that somebody still reads goes at the next run. */
export const dropDays: RetentionParts['dropDays'] = async (db, oldestKept) =>
  (await dropTables(db, oldestKept)).dropped;
