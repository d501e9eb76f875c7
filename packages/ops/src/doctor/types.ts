import type { Policy } from '@munjigi/core/rules';
import type { ServiceConfig } from '@munjigi/service';
import type { KeyFolder } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';

export type DeskName = ServiceConfig['desks'][number];

/** What one look found. `bad` makes the command exit 1; `warn` wants doing soon; `unknown` could not be looked at. */
export interface Finding {
  /** Stable name of the check, and the desk where it is one desk's. */
  readonly check: string;
  readonly desk: DeskName | null;
  readonly state: 'ok' | 'warn' | 'bad' | 'unknown';
  /** One sentence: what is so. */
  readonly says: string;
  /** One sentence: what to do; null where there is nothing to do. */
  readonly todo: string | null;
}

/** What every check may look at. */
export interface Patient {
  readonly config: ServiceConfig;
  readonly policy: Policy;
  readonly stores: ReadonlyMap<DeskName, KeyFolder>;
  /** Databases that could be opened; one that a running service holds is not among them. */
  readonly databases: ReadonlyMap<DeskName, Database>;
  /** Why the others could not, in sentences. */
  readonly notOpened: ReadonlyMap<DeskName, string>;
  readonly nowMs: number;
  /** Today's local date. */
  readonly today: string;
  /** Free and total bytes of the disk under a folder. */
  readonly disk: (folder: string) => Promise<{ readonly free: number; readonly total: number }>;
}

export type Check = (patient: Patient) => Promise<readonly Finding[]>;

type State = Finding['state'];

/** A finding of one check. */
export const found = (
  check: string,
  desk: DeskName | null,
  state: State,
  says: string,
  todo: string | null = null,
): Finding => ({ check, desk, state, says, todo });
