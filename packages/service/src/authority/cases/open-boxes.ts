import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkPresence, marksOf, type Presence, type ReleasedEntry, type TraceRow } from '@munjigi/core/case';
import { isMunjigiError } from '@munjigi/core/errors';
import type { Subject } from '@munjigi/core/gate';
import type { Policy } from '@munjigi/core/rules';
import { openSubject } from '@munjigi/core/sealed/open';
import type { Crypto } from '@munjigi/core/signing';
import { nodeBoxOpener } from '../../crypto/index.ts';

/** A line of the list, with what an issuer has to be asked for; kept sealed. */
export interface OpenedRow extends TraceRow {
  readonly handle: Uint8Array | null;
  readonly issuer: string | null;
}

export interface OpeningParts {
  /** The private day key of that number, or null where it was destroyed. */
  readonly dayKey: (keyId: number) => Promise<Uint8Array | null>;
  readonly policy: Policy;
  readonly crypto: Crypto;
  /** Name of the issuer whose key has this id, or null. */
  readonly issuerOf: (kid: Uint8Array) => string | null;
  /** Issuers that the case names. */
  readonly asked: ReadonlySet<string>;
}

/** Boxes opened and checked in one go, before the process looks after others: some 25 ms. */
const BESIDE = 64;

type Opened = Subject | 'key-missing' | 'moved' | null;

/** A box with what its presence proof comes to. */
interface Checked {
  readonly opened: Opened;
  readonly presence: Presence | null;
}

/**
 * Opens released entries with the day keys that are here, each at the place that the release names. An entry that does not
 * open, or whose presence proof does not hold, is marked so; the rest goes on.
 */
export async function openBoxes(
  entries: readonly ReleasedEntry[],
  parts: OpeningParts,
): Promise<readonly OpenedRow[]> {
  const rows: OpenedRow[] = [];
  const proofs = new Set<string>();
  for (let from = 0; from < entries.length; from += BESIDE) {
    const some = entries.slice(from, from + BESIDE);
    const checked = await Promise.all(some.map((entry) => openAndCheck(entry, parts)));
    for (const [i, entry] of some.entries()) rows.push(rowOf(entry, checked[i]!, parts, proofs));
    // The cryptography is synchronous: without a pause a long list would keep everybody else waiting.
    await nextTurn();
  }
  return rows;
}

async function openAndCheck(entry: ReleasedEntry, parts: OpeningParts): Promise<Checked> {
  const opened = await openOne(entry, parts);
  if (opened === null || typeof opened === 'string' || opened.kind !== 'pass')
    return { opened, presence: null };
  const { policy, crypto } = parts;
  return { opened, presence: await checkPresence(opened, entry.enteredAt, policy.windows, crypto) };
}

async function openOne(entry: ReleasedEntry, { dayKey, policy }: OpeningParts): Promise<Opened> {
  const { box, venueId, gate, counter, check, record, enteredAt } = entry;
  if (box.length === 0) return null;
  const privateKey = await dayKey(entry.dayKeyId);
  if (privateKey === null) return 'key-missing';
  const day = policy.calendar.dateOf(enteredAt);
  try {
    return await openSubject({
      box,
      place: { venueId, day, gate, counter, check, record, kind: 'entry' },
      privateKey,
      opener: nodeBoxOpener,
    });
  } catch (error) {
    if (isMunjigiError(error, 'sealed.open')) return 'moved';
    // A key file that is broken opens as much as one that is gone.
    if (isMunjigiError(error, 'sealed.key')) return 'key-missing';
    throw error;
  }
}

function rowOf(
  entry: ReleasedEntry,
  { opened, presence }: Checked,
  parts: OpeningParts,
  proofs: Set<string>,
): OpenedRow {
  const { enteredAt, check, record } = entry;
  const marks = marksOf(entry);
  const row = (change: Partial<OpenedRow> & Pick<OpenedRow, 'state'>): OpenedRow => ({
    enteredAt,
    check,
    record,
    marks,
    subject: null,
    proof: null,
    why: null,
    contact: null,
    person: null,
    handle: null,
    issuer: null,
    ...change,
  });
  if (opened === null) return row({ state: 'elsewhere' });
  if (typeof opened === 'string') return row({ state: opened });

  const ask = (subject: Subject['kind'], proof: TraceRow['proof'], kid: Uint8Array, handle: Uint8Array) => {
    const issuer = parts.issuerOf(kid);
    const state = issuer === null ? 'unknown' : parts.asked.has(issuer) ? 'waiting' : 'not-asked';
    return row({ state, subject, proof, ...(state === 'waiting' ? { handle, issuer } : {}) });
  };
  switch (opened.kind) {
    case 'pass': {
      if (!presence?.ok)
        return row({ state: 'apart', subject: 'pass', why: presence?.problem ?? 'signature' });
      // One drawing proves one visit: the same one at a second place was kept and played again.
      const proof = `${Buffer.from(presence.handle).toString('latin1')}${opened.drawnAt}`;
      if (proofs.has(proof)) return row({ state: 'apart', subject: 'pass', why: 'repeated' });
      proofs.add(proof);
      // A phone that wrote its own entry shows that it was somebody's, not where it was.
      return ask('pass', record === 'poster' ? 'stated' : 'presence', opened.kid, presence.handle);
    }
    case 'paper-pass':
      return ask('paper-pass', 'static', opened.kid, opened.handle);
    case 'foreign':
      return row({ state: 'direct', subject: 'foreign', proof: 'static', contact: opened.identifier });
    case 'phone':
      return row({ state: 'direct', subject: 'phone', proof: 'stated', contact: opened.number });
    case 'safety-code':
      return row({ state: 'direct', subject: 'safety-code', proof: 'stated', contact: opened.code });
    case 'sheet-line':
      return row({ state: 'direct', subject: 'sheet-line', proof: 'stated', contact: opened.line });
  }
}
