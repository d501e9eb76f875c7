import type { Visit } from './gate.ts';

/**
 * A kind of guest of a drill, and what every gate must answer: written down in the drill's record, known by how the code is made and
 * by what the rules of that day say, not by asking the product.
 */
export interface GuestKind {
  readonly name: string;
  /** Of all guests, 0 to 1; 0 for a kind that others become. */
  readonly part: number;
  /** People of the pack's demonstration who fetch the passes. */
  readonly people: readonly string[];
  /** As of when their passes were issued, an instant with its zone; when the drill begins where nothing is said. */
  readonly issuedAt?: string;
  /** `earlier`: drawn two minutes ago, a picture of a screen. `broken`: a letter was changed. `twice`: a usual guest, once more. */
  readonly shown?: 'earlier' | 'broken' | 'twice';
  readonly must: Must;
  /** What they must be answered from an instant on, in place of that. */
  readonly later?: { readonly from: string; readonly must: Must };
  /** The kind that they are from when their phones have fetched new passes. */
  readonly renewed?: string;
}

export interface Must {
  readonly verdicts: readonly Visit['verdict'][];
  /** Where only these reasons are right. */
  readonly reasons?: readonly string[];
  /** True where an entry has to be written. */
  readonly entry: boolean;
}

/** A code on its way over an instant of change is judged on one side of it; seconds. */
const ON_ITS_WAY = 2;

/** What a guest must be answered at an instant (seconds): either of two in the moment of a change. */
export function mustAt({ must, later }: GuestKind, at: number): readonly Must[] {
  if (!later) return [must];
  const apart = at - Date.parse(later.from) / 1000;
  if (Math.abs(apart) <= ON_ITS_WAY) return [must, later.must];
  return apart < 0 ? [must] : [later.must];
}

/** What is wrong with an answer, in a few words without anybody's data; null where it is the right one. */
export function wrongIn(kind: GuestKind, { verdict, reason, counter }: Visit, at: number): string | null {
  const right = mustAt(kind, at).filter(
    ({ verdicts, reasons }) => verdicts.includes(verdict) && reasons?.includes(reason) !== false,
  );
  if (right.length === 0) return `${kind.name}: ${verdict} ${reason}`;
  if (counter !== null && right.every(({ entry }) => !entry)) return `${kind.name}: an entry too many`;
  return null;
}
