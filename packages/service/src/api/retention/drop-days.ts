import type { RetentionParts } from './run.ts';

/** Drops the register's days before one; answers the names of what went. */
export const dropDays: RetentionParts['dropDays'] = async () => [];
