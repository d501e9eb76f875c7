import { resolve } from 'node:path';
import { SettingError } from '@munjigi/service';
import { importDatabase } from '@munjigi/service/db';
import { restoreRegister } from '@munjigi/service/register';
import {
  answering,
  argumentsOf,
  DATABASE_OPTIONS,
  DATABASE_USAGE,
  deskOf,
  momentOf,
  termsOf,
  withDeskDatabase,
} from './desk-database.ts';

const USAGE = `munjigi restore --desk DESK --from FOLDER [options]

Puts a backup into an empty database: all of it, or nothing. For the register, days past retention are dropped at once, and
what is missing since the backup comes from the gates. Keys are in no backup: put the key folder of the desk in place first.

  --desk DESK               issuer, register or authority
  --from FOLDER             the folder that munjigi backup wrote
${DATABASE_USAGE}
Prints one JSON object. Exit 0 when it is restored, 1 when it was refused or failed, 2 for wrong usage.
`;

/** `munjigi restore`. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = argumentsOf('restore', USAGE, args, {
    ...DATABASE_OPTIONS,
    desk: { type: 'string' },
    from: { type: 'string' },
  });
  if (flags === null) return 2;
  if (flags.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return answering('restore', async () => {
    const { desk: word, from, ...rest } = flags;
    const desk = deskOf(word);
    if (!from) throw new SettingError('--from names the folder of the backup.');
    const folder = resolve(from);
    const nowMs = momentOf(flags.at);
    return withDeskDatabase(rest, desk, nowMs, async (db, config) => {
      const done =
        desk === 'register'
          ? await restoreRegister(db, folder, termsOf(config), nowMs)
          : { ...(await importDatabase(db, folder, desk)), dropped: [], left: [] };
      const rows = done.tables.reduce((sum, table) => sum + table.rows, 0);
      const { takenAtMs, dropped, left } = done;
      process.stdout.write(
        `${JSON.stringify({ restored: { desk, takenAtMs, rows, droppedDays: dropped, leftDays: left } })}\n`,
      );
      if (left.length > 0)
        process.stderr.write(
          'munjigi restore: some days past retention are still read by others; the service drops them.\n',
        );
      return 0;
    });
  });
}
