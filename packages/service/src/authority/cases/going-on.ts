import { nowSeconds } from '../../clock/index.ts';
import { type CaseStore, isAway, type RegisterCasePort, type StoredCase } from '../../lib/case/index.ts';
import type { AuthorityCaseOptions } from './authority-cases.ts';

/** What waits for a desk on another machine. */
export interface Waiting {
  readonly store: CaseStore;
  readonly options: Pick<AuthorityCaseOptions, 'clock' | 'alarm'>;
  readonly register: () => RegisterCasePort;
  /** Hands a signed case to the register. */
  readonly hand: (stored: StoredCase, opener: Uint8Array) => Promise<void>;
  /** Goes on with a case that an officer opened. */
  readonly open: (caseId: Uint8Array) => Promise<unknown>;
}

/** Takes note that the register has to be told of an end. */
export async function noteEnd({ db }: CaseStore, caseId: Uint8Array, expiresAt: number): Promise<void> {
  await db.query('INSERT INTO case_to_end (case_id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    caseId,
    expiresAt,
  ]);
}

/**
 * Goes on with every case that waits for a desk that was away: handed over, resolved, ended. Answers false where something
 * waits on. What a desk refuses is told, and tried again with the next minute; it holds up no other case.
 */
export async function goOn(waiting: Waiting): Promise<boolean> {
  const { store, options, hand, open } = waiting;
  let whole = await tellEnds(waiting);
  for (const stored of await store.all()) {
    const { id } = stored;
    const names = await store.names(id);
    const opener = names.has('case-opened') ? await store.document(id, 'opener') : null;
    if (opener && !names.has('handed')) whole = (await done(options, hand(stored, opener))) && whole;
    // An officer opened it: an issuer that was away then is asked now.
    if (names.has('opened') && !names.has('listed')) {
      const asked = open(id).then(async () => {
        if (!(await store.names(id)).has('listed')) whole = false;
      });
      whole = (await done(options, asked)) && whole;
    }
  }
  return whole;
}

async function tellEnds({ store: { db }, options, register }: Waiting): Promise<boolean> {
  // The register ends by itself what has expired.
  await db.query('DELETE FROM case_to_end WHERE expires_at <= $1', [nowSeconds(options.clock)]);
  const { rows } = await db.query<{ id: Uint8Array }>('SELECT case_id AS id FROM case_to_end');
  let whole = true;
  for (const { id } of rows) {
    const told = await done(
      options,
      register()
        .end(id)
        .then(() => db.query('DELETE FROM case_to_end WHERE case_id = $1', [id])),
    );
    whole &&= told;
  }
  return whole;
}

/** False for a step that waits for a desk that is away. */
async function done({ alarm }: Waiting['options'], step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if (isAway(error)) return false;
    alarm?.('case-housekeeping');
    return true;
  }
}
