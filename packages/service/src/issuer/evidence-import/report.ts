import type { Evidence } from '@munjigi/core/rules';

/**
 * What became of one line (of a table or of NDJSON) or of one entry of a Bundle. It says which field broke which rule, and
 * never what stood there: the report may be sent on without a person in it.
 */
export interface ReportLine {
  /** From 1: the line of the file, or the entry of the Bundle. */
  readonly line: number;
  /** What stood there: `row`, or the resource type. */
  readonly what: string;
  /** `accepted` stored · `unchanged` known already · `withdrawn` taken back by its source · `ignored` not for us · `wrong`. */
  readonly outcome: 'accepted' | 'unchanged' | 'withdrawn' | 'ignored' | 'wrong';
  /** Where it is wrong: the column, or the path inside the resource. */
  readonly field?: string;
  /** The rule that was broken, or why it was ignored: one sentence. */
  readonly rule?: string;
}

/** A piece of evidence on its way from a file into the store. */
export interface ReadPiece {
  readonly line: number;
  readonly what: string;
  readonly person: string;
  /** The source's own name for the piece: a later file replaces or withdraws it by that. */
  readonly source: string;
  /** Null where the source takes it back. */
  readonly piece: Evidence | null;
}

/** What a reader makes of a file: pieces to be stored, and what it said of everything else. */
export interface ReadFile {
  readonly pieces: readonly ReadPiece[];
  readonly told: readonly ReportLine[];
}

/** A rule that one line breaks. Caught by the reader that reads it, and told in the report. */
export class WrongLine extends Error {
  override readonly name = 'WrongLine';

  constructor(
    readonly field: string,
    readonly rule: string,
  ) {
    super(`${field}: ${rule}`);
  }
}

/** Something that is well made and not for us. */
export class IgnoredLine extends Error {
  override readonly name = 'IgnoredLine';

  constructor(readonly rule: string) {
    super(rule);
  }
}

/** The sums of a report. */
export function summaryOf(lines: readonly ReportLine[]): Record<ReportLine['outcome'], number> {
  const sums = { accepted: 0, unchanged: 0, withdrawn: 0, ignored: 0, wrong: 0 };
  for (const { outcome } of lines) sums[outcome] += 1;
  return sums;
}

const DAY = 86_400;

/** Refuses a piece that lies more than a day in the future of an instant (seconds). Throws `WrongLine`. */
export function notInFuture(field: string, piece: Evidence, at: number): void {
  const told = piece.at ?? (piece.date === undefined ? 0 : Date.parse(`${piece.date}T00:00:00Z`) / 1000);
  if (told > at + DAY) throw new WrongLine(field, 'evidence lies in the past.');
}
