import { resolve } from 'node:path';
import { SettingError } from '@munjigi/service';
import { exportDatabase, verifyBackup } from '@munjigi/service/db';
import { marksOfBackup, raiseSafeMarks } from '@munjigi/service/register';
import {
  answering,
  argumentsOf,
  DATABASE_OPTIONS,
  DATABASE_USAGE,
  deskOf,
  momentOf,
  withDeskDatabase,
} from './desk-database.ts';

const USAGE = `munjigi backup --desk DESK --to FOLDER [options]

Writes a desk's database into an empty folder, checks what was written, and, for the register, moves the safe mark: gates may
then forget what the backup holds (after 72 hours). No key is in it. An embedded database must not be in use meanwhile.

  --desk DESK               issuer, register or authority
  --to FOLDER               an empty folder, or one that is made
${DATABASE_USAGE}
Prints one JSON object. Exit 0 when the backup is whole, 1 when it was refused or failed, 2 for wrong usage.
`;

/** `munjigi backup`. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = argumentsOf('backup', USAGE, args, {
    ...DATABASE_OPTIONS,
    desk: { type: 'string' },
    to: { type: 'string' },
  });
  if (flags === null) return 2;
  if (flags.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return answering('backup', async () => {
    const { desk: word, to, ...rest } = flags;
    const desk = deskOf(word);
    if (!to) throw new SettingError('--to names the folder of the backup.');
    const folder = resolve(to);
    const nowMs = momentOf(flags.at);
    return withDeskDatabase(rest, desk, nowMs, async (db) => {
      await exportDatabase(db, folder, desk, nowMs);
      const { tables, takenAtMs } = await verifyBackup(folder);
      const safeMarks = desk === 'register' ? await raiseSafeMarks(db, await marksOfBackup(folder)) : 0;
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      process.stdout.write(
        `${JSON.stringify({ backup: { desk, folder, takenAtMs, tables: tables.length, rows, safeMarks } })}\n`,
      );
      return 0;
    });
  });
}
