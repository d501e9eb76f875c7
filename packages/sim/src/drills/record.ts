import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DrillRecord } from './types.ts';

const FOLDER = new URL('../../../../policies/kr-2022/drills/', import.meta.url);

/** What the flagship pack says of an outage. */
export const recordOf = (name: string): DrillRecord =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`${name}.json`, FOLDER)), 'utf8')) as DrillRecord;
