import type { WorkClass } from '../../contracts/index.ts';
import type { LimitTerms } from './limit.ts';

/** How a class of work is let in. */
export interface ClassTerms extends LimitTerms {
  /** Part of the server's own limit that may be in use before this class is let in: less means that it starves sooner. */
  readonly share: number;
  /** How many may wait, and for how long; then they are told to come again. */
  readonly queue: number;
  readonly waitMs: number;
}

/** Bodies of requests that wait or are under way, together and unpacked: what is made of them fits into any server's memory. */
export const MOST_BYTES = 48 * 1024 * 1024;

/** The whole server. */
export const SERVER: LimitTerms = { floor: 16, ceiling: 512, slowMs: 400 };

/**
 * Statistics starve first, then consoles and cases. Documents and issuing go before uploads: nobody stands before an upload, and it is
 * kept on the device until it is receipted. Health is never counted. Devices wait for 0.4 seconds and come again by themselves; a person
 * waits for a pass, a case or a screen, and to be told to come again is worse for them than two or three seconds.
 */
export const TERMS: Readonly<Record<Exclude<WorkClass, 'health'>, ClassTerms>> = {
  upload: { floor: 8, ceiling: 256, slowMs: 250, share: 1, queue: 200, waitMs: 400 },
  documents: { floor: 8, ceiling: 256, slowMs: 100, share: 0.95, queue: 200, waitMs: 400 },
  issue: { floor: 4, ceiling: 64, slowMs: 500, share: 0.85, queue: 64, waitMs: 3_000 },
  trace: { floor: 4, ceiling: 16, slowMs: 2_000, share: 0.7, queue: 32, waitMs: 3_000 },
  console: { floor: 4, ceiling: 32, slowMs: 500, share: 0.6, queue: 32, waitMs: 2_000 },
  statistics: { floor: 4, ceiling: 16, slowMs: 300, share: 0.4, queue: 8, waitMs: 1_000 },
};

/** Who is let in first when room comes free. */
export const FIRST: readonly Exclude<WorkClass, 'health'>[] = [
  'documents',
  'issue',
  'upload',
  'trace',
  'console',
  'statistics',
];
