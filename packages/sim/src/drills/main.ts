import { cpus } from 'node:os';
import { drill20220106 } from './2022-01-06.ts';
import { recordOf } from './record.ts';
import { NotHere, play } from './run.ts';
import type { Drill, DrillLine } from './types.ts';

const DRILLS: readonly Drill[] = [drill20220106];
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** `npm run drill -- NAME`, or `all`: a table on standard error, one line of JSON for each drill on standard output. */
export async function main(args: readonly string[]): Promise<number> {
  const [name] = args;
  const chosen = name === 'all' ? DRILLS : DRILLS.filter((drill) => drill.name === name);
  if (chosen.length === 0) {
    say(
      `munjigi: npm run drill -- NAME, where NAME is all or one of: ${DRILLS.map((drill) => drill.name).join(', ')}`,
    );
    return 2;
  }
  let failed = 0;
  for (const drill of chosen) {
    say(`\n${drill.name}  ${recordOf(drill.name).title.en}`);
    try {
      const { line } = await play(drill, say);
      say(tableOf(line));
      process.stdout.write(
        `${JSON.stringify({ ...line, machine: `${cpus().length} cores`, node: process.version })}\n`,
      );
      if (!line.passed) failed += 1;
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      say(`munjigi: not played: ${error.message}`);
      return 1;
    }
  }
  return failed === 0 ? 0 : 1;
}

function tableOf({
  verdicts,
  entries,
  seconds,
  ms,
  worstShare,
  complaints,
  passed,
  baseline,
}: DrillLine): string {
  const rows: readonly (readonly [string, string])[] = [
    [
      'verdicts wanted · refused for want of a server · wrong',
      `${verdicts.wanted} · ${verdicts.refusedForServer} · ${verdicts.wrong}`,
    ],
    ['entries made · lost · doubled', `${entries.made} · ${entries.lost} · ${entries.doubled}`],
    [
      'seconds to notice · to tell · to recover',
      `${seconds.toNotice ?? '–'} · ${seconds.toTell ?? '–'} · ${seconds.toRecover ?? '–'}`,
    ],
    ['verdict p50 · p99 (ms)', `${ms.verdictP50} · ${ms.verdictP99}`],
    ['receipt p50 · p99 (ms)', `${ms.receiptP50} · ${ms.receiptP99}`],
    ['worst share of one node', String(worstShare)],
    ...Object.entries(baseline ?? {}).map(
      ([name, old]) =>
        [
          `the old way, ${name}: people · answered · turned away · nowhere written down`,
          `${old.wanted} · ${old.answered} · ${old.refused} · ${old.lost}   p50 ${old.answerP50} ms, p99 ${old.answerP99} ms`,
        ] as const,
    ),
    [passed ? 'passed' : 'FAILED', complaints.join('; ')],
  ];
  return rows.map(([what, value]) => `  ${what.padEnd(58)}${value}`).join('\n');
}
