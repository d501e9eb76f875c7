import { readFileSync } from 'node:fs';
import { daysOf, joinSheets, LineOutbox, readSheet, recoverWeek } from '@munjigi/service/keys';
import { deskStores, retentionReportOf, retentionRunOf, voiceOf } from '@munjigi/service/retention';
import {
  DESK_OPTIONS,
  DESK_USAGE,
  deskConfig,
  parse,
  runCommand,
  say,
  UsageError,
} from '../lib/desk-data.ts';

const USAGE = `munjigi retention run|report|recover [options]

run      ends what is past retention: keys are destroyed, rows, mappings and sign-ins deleted. The desks do it by
         themselves every day; a second run does nothing.
report   proves that nothing older than a day can be opened: tries every box and mapping with every key that is still held.
  --date D                  first day that may open, YYYY-MM-DD (the oldest day that is kept)
  --backup WHERE            a backup to look into as well: a folder that munjigi backup wrote, one with embedded databases,
                              or the address of a PostgreSQL that it was put back into; as often as there are backups
recover  brings back lost day keys of one desk with two of its three sheets.
  --desk DESK               issuer, register or authority
  --sheet FILE              twice: text or page of a sheet
  --rehearse                check everything and write nothing

${DESK_USAGE}
JSON on standard output. Exit code 1: something older opens, or it could not be looked at, or rows could not be reached.
`;

const OPTIONS = {
  ...DESK_OPTIONS,
  date: { type: 'string' },
  backup: { type: 'string', multiple: true },
  desk: { type: 'string' },
  sheet: { type: 'string', multiple: true },
  rehearse: { type: 'boolean' },
} as const;

/** `munjigi retention`: resolves to the exit code. */
export function main([verb, ...args]: readonly string[], nowMs = Date.now()): Promise<number> {
  return runCommand('retention', USAGE, async () => {
    if (verb === undefined || verb === '--help') {
      process.stdout.write(USAGE);
      return verb === undefined ? 2 : 0;
    }
    const flags = parse(args, OPTIONS);
    if (flags.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const { date, backup = [], desk, sheet = [], rehearse = false, ...rest } = flags;
    if (verb === 'run') {
      const run = await retentionRunOf(deskConfig(rest), nowMs);
      say(run);
      for (const sentence of run.notReached) process.stderr.write(`munjigi retention: ${sentence}\n`);
      return run.notReached.length === 0 ? 0 : 1;
    }
    if (verb === 'report') {
      if (date !== undefined && !/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(date))
        throw new UsageError('--date is a day such as 2022-01-06.');
      const report = await retentionReportOf(deskConfig(rest), nowMs, date ?? null, backup);
      say(report);
      return report.clean ? 0 : 1;
    }
    if (verb === 'recover') return recover({ ...rest, desks: desk }, sheet, rehearse, nowMs);
    throw new UsageError(`there is no "retention ${verb}".`);
  });
}

async function recover(
  flags: Readonly<Record<string, unknown>>,
  files: readonly string[],
  rehearsal: boolean,
  nowMs: number,
): Promise<number> {
  if (typeof flags.desks !== 'string') throw new UsageError('--desk names the desk that is to be recovered.');
  const { stores, policy } = await deskStores(deskConfig(flags));
  const [entry] = stores;
  if (!entry || stores.size !== 1) throw new UsageError('--desk names one desk.');
  const [body, keys] = entry;
  const sheets = files.map((file) => {
    try {
      return readSheet(readFileSync(file, 'utf8').replace(/<[^>]*>/g, '\n'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new UsageError('a file that --sheet names is not there.');
    }
  });
  const privateKey = await joinSheets(body, sheets);
  const recovered = await recoverWeek(await daysOf(keys), sheets[0]!.week, privateKey, { rehearsal });
  const at = Math.floor(nowMs / 1000);
  const outbox = await LineOutbox.of(keys, await voiceOf(body, keys));
  await outbox.say(`recovery-${recovered.week}-${at}`, 'recovery', at, {
    day: policy.calendar.dateOf(at),
    keys: rehearsal ? 0 : recovered.rebuilt.length,
  });
  say({ body, rehearsal, ...recovered });
  return 0;
}
