import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { ServiceConfig } from '@munjigi/service';
import type { Database } from '@munjigi/service/db';
import { deskStores, openPlaces } from '@munjigi/service/retention';
import { DESK_OPTIONS, DESK_USAGE, deskConfig, parse, runCommand, say } from '../lib/desk-data.ts';
import { DATABASES } from './databases.ts';
import { DOCUMENTS } from './documents.ts';
import { KEYS } from './keys.ts';
import { MACHINE } from './machine.ts';
import { type Check, type DeskName, type Finding, found, type Patient } from './types.ts';

const USAGE = `munjigi doctor [options]

Says in words what is wrong with an installation and what to do, and mends nothing itself. An embedded database that a running service
holds cannot be looked into; everything else is.

  --json                    one JSON object in place of words
  --host ADDRESS            where the service listens (127.0.0.1)
  --port N                  and on which port (8788)
${DESK_USAGE}
Exit code 1 where something is wrong that needs doing now, 0 otherwise, with warnings too.
`;

const OPTIONS = {
  ...DESK_OPTIONS,
  json: { type: 'boolean' },
  host: { type: 'string' },
  port: { type: 'string' },
} as const;

const CHECKS = [...MACHINE, ...DATABASES, ...KEYS, ...DOCUMENTS];
const SIGNS = { ok: '●', warn: '◆', bad: '■', unknown: '?' } as const;

const freeSpace: Patient['disk'] = async (folder) => {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
};

/**
 * Looks at everything, each check by itself: one that fails says so and keeps no other from looking.
 * @param checks only for tests
 */
export async function examine(
  config: ServiceConfig,
  nowMs: number,
  disk: Patient['disk'] = freeSpace,
  checks: readonly Check[] = CHECKS,
): Promise<readonly Finding[]> {
  if (!existsSync(config.data))
    return [
      found(
        'data',
        null,
        'bad',
        `There is no data folder at ${config.data}.`,
        'Name the folder with --data, or start the service, which makes it.',
      ),
    ];
  const { policy, stores } = await deskStores(config);
  const looksIntoDatabases = checks.some((check) => DATABASES.includes(check));
  const { places, couldNotLook, close } = looksIntoDatabases
    ? await openPlaces(config, [], policy)
    : { places: [], couldNotLook: [], close: async () => {} };
  try {
    const patient: Patient = {
      config,
      policy,
      stores,
      databases: new Map(places.map(({ name, db }): [DeskName, Database] => [name as DeskName, db])),
      notOpened: new Map(
        couldNotLook.map((sentence): [DeskName, string] => {
          const end = sentence.indexOf(': ');
          return [sentence.slice(0, end) as DeskName, sentence.slice(end + 2)];
        }),
      ),
      nowMs,
      today: policy.calendar.dateOf(Math.floor(nowMs / 1000)),
      disk,
    };
    const findings: Finding[] = [];
    for (const check of checks) {
      try {
        findings.push(...(await check(patient)));
      } catch {
        findings.push(
          found('look', null, 'unknown', 'One check could not look: a database or a folder did not answer.'),
        );
      }
    }
    return findings;
  } finally {
    await close();
  }
}

const inWords = ({ desk, check, state, says, todo }: Finding): string =>
  `${SIGNS[state]} ${desk === null ? '' : `${desk}, `}${check}: ${says}${todo === null ? '' : `\n    → ${todo}`}\n`;

/** `munjigi doctor`: resolves to the exit code. */
export function main(args: readonly string[], nowMs = Date.now()): Promise<number> {
  return runCommand('doctor', USAGE, async () => {
    const { help, json, ...rest } = parse(args, OPTIONS);
    if (help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const findings = await examine(deskConfig(rest), nowMs);
    const healthy = findings.every(({ state }) => state !== 'bad');
    if (json) say({ healthy, findings });
    else for (const finding of findings) process.stdout.write(inWords(finding));
    return healthy ? 0 : 1;
  });
}
