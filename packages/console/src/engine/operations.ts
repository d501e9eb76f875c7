import type { Console } from './console.ts';
import type { GateLine } from './venues.ts';

/** Every gate that the register knows, page by page. */
export interface GatePage {
  readonly gates: readonly GateLine[];
  /** The venue after which the next page begins, or null on the last one. */
  readonly next: number | null;
}

export const readGates = (app: Console, after: number | null): Promise<GatePage> =>
  app.get(after === null ? 'gates' : `gates?after=${after}`);

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
