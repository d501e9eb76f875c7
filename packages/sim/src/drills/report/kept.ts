import type { Phase } from '../../crowd/index.ts';
import type { Played } from '../types.ts';

/** What is kept of a drill beside its page, from which the page can be made again. */
export interface KeptDrill extends Omit<Played, 'phases'> {
  readonly phases: readonly Pick<Phase, 'phase' | 'wanted' | 'admitted' | 'saved'>[];
  /** Where and when it was played. */
  readonly machine: string;
  readonly node: string;
  readonly day: string;
}

/** Leaves out the thousands of single times, of which the line has what counts. */
export function keep(
  played: Played,
  place: { readonly machine: string; readonly node: string; readonly day: string },
): KeptDrill {
  const phases = played.phases.map(({ phase, wanted, admitted, saved }) => ({
    phase,
    wanted,
    admitted,
    saved,
  }));
  return { ...played, phases, ...place };
}
