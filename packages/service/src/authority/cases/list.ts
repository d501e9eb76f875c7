import { stayedUntil, type TraceRow } from '@munjigi/core/case';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Policy } from '@munjigi/core/rules';
import { writeTable } from '../../lib/csv-write.ts';
import type { OpenedRow } from './open-boxes.ts';

/** What is kept of a list, sealed under the key of its case. */
export const encodeRows = (rows: readonly OpenedRow[]): Uint8Array =>
  new Uint8Array(
    Buffer.from(
      JSON.stringify(rows.map((row) => ({ ...row, handle: row.handle && toBase64url(row.handle) }))),
    ),
  );

export function decodeRows(bytes: Uint8Array): readonly OpenedRow[] {
  const rows = JSON.parse(Buffer.from(bytes).toString('utf8')) as (TraceRow & {
    handle: string | null;
    issuer: string | null;
  })[];
  return rows.map((row) => ({ ...row, handle: row.handle === null ? null : fromBase64(row.handle) }));
}

/** A line as the list shows it: without handle and issuer, which nobody needs to call somebody. */
export function shownRow({ handle: _, issuer: __, ...row }: OpenedRow, dwellMinutes: number) {
  return {
    ...row,
    marks: [...row.marks],
    person: row.person && { ...row.person },
    stayedUntil: stayedUntil(row.enteredAt, dwellMinutes),
  };
}

const COLUMNS = [
  'enteredAt',
  'stayedUntil',
  'name',
  'birthDate',
  'contact',
  'subject',
  'check',
  'record',
  'state',
  'proof',
  'why',
  'marks',
] as const;

/** The list as a table with local times of the pack. What somebody wrote at a door is never read as a formula. */
export function listAsTable(rows: readonly OpenedRow[], dwellMinutes: number, policy: Policy): string {
  const local = (seconds: number) => {
    const day = policy.calendar.dateOf(seconds);
    const into = seconds - policy.calendar.startOf(day);
    const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
    return `${day} ${two(into / 3600)}:${two((into % 3600) / 60)}`;
  };
  return writeTable(
    COLUMNS,
    rows.map((row) => [
      local(row.enteredAt),
      local(stayedUntil(row.enteredAt, dwellMinutes)),
      row.person?.name ?? '',
      row.person?.birthDate ?? '',
      row.contact ?? '',
      row.subject ?? '',
      row.check,
      row.record,
      row.state,
      row.proof ?? '',
      row.why ?? '',
      row.marks.join(' '),
    ]),
  );
}
