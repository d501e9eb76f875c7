import { cpus } from 'node:os';
import { DRILLS } from './list.ts';
import { recordOf } from './record.ts';
import { writePages, writeReport } from './report/index.ts';
import { play } from './run.ts';
import { tableOf } from './table.ts';
import type { Drill } from './types.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const machine = `${cpus().length} cores`;

/**
 * `npm run drill -- NAME`, or `all`: a table on standard error, one line of JSON for each drill on standard output. A drill that
 * could not be played says so in its line, and the next one is played. `--pages` makes the pages again from what was kept;
 * `--no-report` keeps nothing.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name] = args;
  if (name === '--pages') {
    say(`${writePages()} pages`);
    return 0;
  }
  const report = !args.includes('--no-report');
  const chosen = name === 'all' ? DRILLS : DRILLS.filter((drill) => drill.name === name);
  if (chosen.length === 0) {
    say(
      `munjigi: npm run drill -- NAME, where NAME is all or one of: ${DRILLS.map((drill) => drill.name).join(', ')}`,
    );
    return 2;
  }
  // Whatever was started ends with this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  let failed = 0;
  for (const drill of chosen) {
    const passed = await one(drill, report);
    if (!passed) failed += 1;
  }
  if (chosen.length > 1) say(`\n${chosen.length} drills, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function one(drill: Drill, report: boolean): Promise<boolean> {
  const tell = (line: object): void =>
    void process.stdout.write(`${JSON.stringify({ ...line, machine, node: process.version })}\n`);
  try {
    const record = recordOf(drill.name);
    say(`\n${drill.name}  ${record.title.en}`);
    const played = await play(drill, record, say);
    say(tableOf(played.line));
    tell(played.line);
    if (report) writeReport(played);
    return played.line.passed;
  } catch (error) {
    const why = (error as Error).message;
    say(`munjigi: ${drill.name} was not played to its end: ${(error as Error).stack ?? why}`);
    tell({ name: drill.name, passed: false, notPlayed: why });
    return false;
  }
}
