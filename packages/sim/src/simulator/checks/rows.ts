import { createSecretKey } from 'node:crypto';
import { CHECK_CODES, KIND_CODES, RECORD_CODES } from '@munjigi/core/chain';
import { toHex } from '@munjigi/core/encoding';
import { takeOff } from '@munjigi/service/register';
import { openAtPlace } from '../crypto/boxes.ts';
import type { EntryRow, GateRow } from '../store/schema.ts';
import { entriesOf } from '../store/statements/entries.ts';
import type { World } from '../world/world.ts';
import { type Ledger, subjectName, type Visit, type Written } from './ledger.ts';

const wordOf = <K extends string>(codes: Readonly<Record<K, number>>, code: number): K =>
  (Object.keys(codes) as K[]).find((word) => codes[word] === code)!;

/** Rows as they lie in the register, found without asking the product. */
export function rowsOf(world: World): { readonly row: EntryRow; readonly gate: GateRow }[] {
  const tx = world.store.begin();
  return tx
    .all(tx.tables.gate)
    .flatMap((gate) => entriesOf(tx, gate.venueId, gate.gateNo).map((row) => ({ row, gate })));
}

/** Opens the box of a row by the keys of both bodies; null where it does not open at its place. */
async function holderOf(world: World, row: EntryRow, gate: GateRow): Promise<string | null> {
  const { calendar } = world.authority;
  const days = await world.layerKeys.folder('days');
  const layer = createSecretKey((await days.find(`layer-${calendar.dateOf(row.at)}`))!);
  const place = { venueId: row.venueId, gate: gate.thumbprint, counter: row.counter };
  const box = takeOff(layer, place, row.subject);
  if (box === null) return null;
  const day = calendar.dateOf(row.claimedAt ?? row.at);
  const subject = await openAtPlace(
    world.suite.kind,
    box,
    {
      ...place,
      day,
      check: wordOf(CHECK_CODES, row.checkCode),
      record: wordOf(RECORD_CODES, row.recordCode),
      kind: wordOf(KIND_CODES, row.kind),
    },
    world.authority.dayKey(day).publicKey,
  );
  if (subject?.kind !== 'pass') return null;
  const device = world.ledger.devices.get(toHex(gate.thumbprint));
  return device === undefined ? null : subjectName(device, subject.holderKey, subject.drawnAt);
}

/** How often each visit stands in the register. Breaks a rule for a row that nobody's visit made, or whose box does not open. */
export async function countVisits(world: World): Promise<Map<Visit, number>> {
  const { ledger } = world;
  const counts = new Map<Visit, number>();
  for (const { row, gate } of rowsOf(world)) {
    const name = await holderOf(world, row, gate);
    const visits = name === null ? [] : (ledger.bySubject.get(name) ?? []);
    const gateName = toHex(gate.thumbprint);
    const at = row.claimedAt ?? row.at;
    const isHere = (one: Written | null) => one?.gate === gateName && one.counter === row.counter;
    // The same drawing may have been shown twice, and tried for the same place while the disk failed.
    const made =
      visits.find(({ saved }) => isHere(saved)) ??
      visits.find((visit) => visit.made.some((one) => isHere(one) && one.enteredAt === at)) ??
      visits.find((visit) => visit.made.some(isHere));
    if (made === undefined) {
      ledger.fail(
        `row ${row.venueId}/${row.gateNo}/${row.counter}: ${name === null ? 'its box does not open' : 'nobody made it'}`,
      );
      continue;
    }
    if (!made.made.some(({ enteredAt }) => enteredAt === at))
      ledger.fail(`row ${row.venueId}/${row.gateNo}/${row.counter}: its time is not that of the visit`);
    counts.set(made, (counts.get(made) ?? 0) + 1);
  }
  return counts;
}

/** Every entry that a device said it saved stands in the register once, where its day is still kept; no other stands twice. */
export function checkCounts(ledger: Ledger, counts: ReadonlyMap<Visit, number>, oldestS: number): void {
  for (const visit of ledger.visits) {
    const count = counts.get(visit) ?? 0;
    const name = `${visit.device}: the entry of guest ${visit.number}`;
    if (count > 1) ledger.fail(`${name} stands ${count} times in the register`);
    if (visit.saved === null) continue;
    if (visit.saved.enteredAt < oldestS) {
      if (count > 0) ledger.fail(`${name} is kept past its last day`);
      continue;
    }
    if (count === 0 && !visit.withDevice) ledger.fail(`${name} (${visit.saved.counter}) is lost`);
  }
}

/** Which entries that are owed have not arrived; null where all have. */
export function missing(world: World): string | null {
  const here = new Set(rowsOf(world).map(({ row, gate }) => `${toHex(gate.thumbprint)} ${row.counter}`));
  const late = world.ledger.visits.filter(
    ({ saved, withDevice }) => saved !== null && !withDevice && !here.has(`${saved.gate} ${saved.counter}`),
  );
  return late.length === 0 ? null : late.map(({ device, saved }) => `${device} ${saved!.counter}`).join(', ');
}
