import type { Visit } from './gate.ts';

/**
 * A kind of guest of a drill, and what every gate must answer: written down in the drill's record, known by how the code is made and
 * by what the rules of that day say, not by asking the product.
 */
export interface GuestKind {
  readonly name: string;
  /** Of all guests, 0 to 1. */
  readonly part: number;
  /** People of the pack's demonstration who fetch the passes. */
  readonly people: readonly string[];
  /** As of when their passes were issued, an instant with its zone; when the drill begins where nothing is said. */
  readonly issuedAt?: string;
  /** `earlier`: drawn two minutes ago, a picture of a screen. `broken`: a letter was changed. `twice`: the guest before, once more. */
  readonly shown?: 'earlier' | 'broken' | 'twice';
  readonly must: {
    readonly verdicts: readonly Visit['verdict'][];
    /** Where only these reasons are right. */
    readonly reasons?: readonly string[];
    /** True where an entry has to be written. */
    readonly entry: boolean;
  };
}

/** What is wrong with an answer, in a few words without anybody's data; null where it is the right one. */
export function wrongIn({ name, must }: GuestKind, { verdict, reason, counter }: Visit): string | null {
  if (!must.verdicts.includes(verdict) || must.reasons?.includes(reason) === false)
    return `${name}: ${verdict} ${reason}`;
  if (!must.entry && counter !== null) return `${name}: an entry too many`;
  return null;
}
