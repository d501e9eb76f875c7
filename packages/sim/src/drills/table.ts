import type { DrillLine } from './types.ts';

/** A drill's outcome for people. */
export function tableOf(line: DrillLine): string {
  const { verdicts, entries, seconds, ms, worstShare, figures, complaints, passed, baseline } = line;
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
    [
      'verdict p50 · p99 (ms), of which the crowd was late p99',
      `${ms.verdictP50} · ${ms.verdictP99}, ${ms.crowdLateP99}`,
    ],
    ['receipt p50 · p99 (ms)', `${ms.receiptP50} · ${ms.receiptP99}`],
    [
      'verdict p99, everything down over everything up (between)',
      `${ms.downToUp ?? '–'} (${ms.downToUpBetween?.join(' and ') ?? '–'})`,
    ],
    ['worst share of one node', String(worstShare)],
    ...Object.entries(figures).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(baseline ?? {}).map(
      ([name, old]) =>
        [
          `the old way, ${name}: people · answered · turned away · unrecorded`,
          `${old.wanted} · ${old.answered} · ${old.refused} · ${old.lost}   p50 ${old.answerP50} ms, p99 ${old.answerP99} ms`,
        ] as const,
    ),
    [passed ? 'passed' : 'FAILED', complaints.join('; ')],
  ];
  return rows.map(([what, value]) => `  ${what.padEnd(70)}${value}`).join('\n');
}
