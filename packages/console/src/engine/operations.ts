import type { Console } from './console.ts';
import type { GateLine } from './venues.ts';

const PAGE = 200;

/** Gates of the venues after `after`, and the venue after which the next page begins, or null on the last one. */
export async function readGates(
  app: Console,
  after: number | null,
): Promise<{ readonly gates: readonly GateLine[]; readonly next: number | null }> {
  const { gates } = await app.get<{ gates: GateLine[] }>(
    `gates?limit=${PAGE}${after === null ? '' : `&after=${after}`}`,
  );
  return { gates, next: gates.length < PAGE ? null : (gates.at(-1)?.venueId ?? null) };
}

export interface NewNotice {
  /** Null ends the notice. */
  readonly notice: string | null;
  readonly status: 'provisional' | 'confirmed';
}

export const publishNotice = (app: Console, notice: NewNotice): Promise<unknown> =>
  app.post('notices', notice);

/** What a look at the desk found: one sentence each, with what to do. */
export interface Finding {
  readonly check: string;
  readonly state: 'good' | 'look' | 'broken';
  readonly says: string;
  readonly do: string | null;
}

export const readFindings = async (app: Console): Promise<readonly Finding[]> =>
  (await app.get<{ findings: Finding[] }>('doctor')).findings;
