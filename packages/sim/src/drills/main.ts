import { cpus } from 'node:os';
import { DRILLS } from './list.ts';
import { recordOf } from './record.ts';
import { play } from './run.ts';
import { tableOf } from './table.ts';
import type { Drill, DrillRecord, Played } from './types.ts';

/** Makes the page of a drill that was played. */
export type WriteReport = (record: DrillRecord, played: Played) => Promise<void> | void;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const machine = `${cpus().length} cores`;

/**
 * `npm run drill -- NAME`, or `all`: a table on standard error, one line of JSON for each drill on standard output. A drill that
 * could not be played says so in its line, and the next one is played.
 */
export async function main(args: readonly string[], writeReport: WriteReport = () => {}): Promise<number> {
  const [name] = args;
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
    const passed = await one(drill, writeReport);
    if (!passed) failed += 1;
  }
  if (chosen.length > 1) say(`\n${chosen.length} drills, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function one(drill: Drill, writeReport: WriteReport): Promise<boolean> {
  const tell = (line: object): void =>
    void process.stdout.write(`${JSON.stringify({ ...line, machine, node: process.version })}\n`);
  try {
    const record = recordOf(drill.name);
    say(`\n${drill.name}  ${record.title.en}`);
    const played = await play(drill, record, say);
    say(tableOf(played.line));
    tell(played.line);
    await writeReport(record, played);
    return played.line.passed;
  } catch (error) {
    const why = (error as Error).message;
    say(`munjigi: ${drill.name} was not played to its end: ${(error as Error).stack ?? why}`);
    tell({ name: drill.name, passed: false, notPlayed: why });
    return false;
  }
}
