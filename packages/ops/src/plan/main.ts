import { type Announcement, planAnnouncement, USUAL_RESPONSE } from '@munjigi/core/plan';
import { parse, runCommand, say, UsageError } from '../lib/desk-data.ts';
import { tableOf } from './table.ts';

const USAGE = `munjigi plan announce --people N --capacity PER_SECOND --within HOURS [options]

What surge will "everybody renew now" make, and the same in groups instead, whose people are told at moments of their own:
not at night, not in the hours of meals, nor so late before them that people would come in them.
  --people N                who are told
  --capacity N              how many the issuer serves in a second, as measured (npm run bench -- issue)
  --within HOURS            in which all are to be told
  --start HH:MM             when it may begin (09:00)
  --cohorts N               how many groups (12)
  --share N                 how many of a hundred follow it (100)
  --minutes N               in which nine of ten of these come: an assumption, after 14 December 2021 (39)

JSON on standard output, a table on standard error. Exit code 1: it does not fit into the time.
`;
const TEXT = { type: 'string' } as const;
const OPTIONS = {
  people: TEXT,
  capacity: TEXT,
  within: TEXT,
  start: TEXT,
  cohorts: TEXT,
  share: TEXT,
  minutes: TEXT,
  help: { type: 'boolean' },
} as const;
/** Lunch and dinner, when people stand at doors. */
const MEALS = [
  [11, 14],
  [17, 20],
] as const;
const TELLING_HOURS = [8, 21] as const;

/** `munjigi plan`: resolves to the exit code. */
export function main([verb, ...args]: readonly string[]): Promise<number> {
  return runCommand('plan', USAGE, async () => {
    if (verb !== 'announce' && verb !== '--help') throw new UsageError(`there is no "plan ${verb ?? ''}".`);
    const flags = parse(args, OPTIONS);
    if (flags.help || verb === '--help') {
      process.stdout.write(USAGE);
      return 0;
    }
    const announcement = read(flags);
    const plan = planAnnouncement(announcement);
    say({ announcement, ...plan });
    process.stderr.write(tableOf(announcement, plan));
    return plan.staggered.fits ? 0 : 1;
  });
}

function read(flags: Readonly<Partial<Record<keyof typeof OPTIONS, string | boolean>>>): Announcement {
  const whole = (name: keyof typeof OPTIONS, most: number, usual?: number): number => {
    const text = flags[name];
    if (text === undefined && usual !== undefined) return usual;
    const value = Number(text);
    if (typeof text !== 'string' || !/^\d+$/.test(text) || value < 1 || value > most)
      throw new UsageError(`--${name} is a whole number from 1 to ${most}.`);
    return value;
  };
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(String(flags.start ?? '09:00')) ?? [];
  if (hours === undefined) throw new UsageError('--start is a time of day such as 09:00.');
  return {
    people: whole('people', 2_000_000_000),
    perSecond: whole('capacity', 10_000_000),
    withinSeconds: whole('within', 28 * 24) * 3600,
    startSecond: Number(hours) * 3600 + Number(minutes) * 60,
    response: {
      share: whole('share', 100, USUAL_RESPONSE.share * 100) / 100,
      nineTenthsSeconds: whole('minutes', 1440, USUAL_RESPONSE.nineTenthsSeconds / 60) * 60,
    },
    protectedHours: MEALS,
    tellingHours: TELLING_HOURS,
    cohorts: whole('cohorts', 1000, 12),
  };
}
