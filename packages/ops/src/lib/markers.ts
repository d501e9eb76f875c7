import { appendFile, readFile } from 'node:fs/promises';

export const PHASES = ['began', 'ended', 'rolled-back'] as const;

/** A change that somebody made, so that every graph shows it and says how to take it back. */
export interface Marker {
  /** Whole seconds since 1970. */
  readonly at: number;
  /** Such as `maintenance 12` or `register 1.4`. */
  readonly change: string;
  readonly phase: (typeof PHASES)[number];
  /** How it is taken back, in a few words or as a command. */
  readonly back: string;
}

/** So many of the newest are shown. */
const SHOWN = 50;
const LONGEST = 80;

/** Adds a line to a file of markers. Whoever changes something calls it, before and after. */
export const addMarker = (file: string, marker: Marker): Promise<void> =>
  appendFile(file, `${JSON.stringify(marker)}\n`);

/** The newest markers of a file, oldest first; none where there is no file. Lines that are no marker are passed over. */
export async function readMarkers(file: string): Promise<readonly Marker[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap(markerOf).slice(-SHOWN);
}

function markerOf(line: string): readonly Marker[] {
  try {
    const { at, change, phase, back } = JSON.parse(line) as Marker;
    const texts = [change, back].every((one) => typeof one === 'string' && one.length <= LONGEST);
    return Number.isSafeInteger(at) && texts && PHASES.includes(phase) ? [{ at, change, phase, back }] : [];
  } catch {
    return [];
  }
}
