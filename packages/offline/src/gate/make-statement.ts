import { type DegradedChecks, type Statement, signStatement, statementText } from '@munjigi/core/statement';
import type { GateIdentity, KeptReceipt } from '../outbox/types.ts';
import { type DeviceKey, deviceSigner } from '../storage/device-key.ts';
import { countedMeanwhile } from './counted-meanwhile.ts';
import type { Episode } from './degraded-hours.ts';
import { NO_CHECKS, type Wrote } from './wrote-since.ts';

const LONGEST_NAME = 60;
const short = (name: string): string => name.slice(0, LONGEST_NAME);

const sum = (one: DegradedChecks, other: DegradedChecks): DegradedChecks => ({
  scan: one.scan + other.scan,
  eye: one.eye + other.eye,
  verbal: one.verbal + other.verbal,
  notRequired: one.notRequired + other.notRequired,
  notMade: one.notMade + other.notMade,
});

/**
 * Signs what this device can say of an episode, and answers the code of it.
 * @param wrote what the chain says of it, or null where that is no longer known
 * @param at seconds; an episode that goes on is stated up to then
 */
export async function makeStatement(
  episode: Episode,
  wrote: Wrote | null,
  { identity, key, receipt }: { identity: GateIdentity; key: DeviceKey; receipt: KeptReceipt | null },
  at: number,
): Promise<string> {
  const madeAt = Math.max(at, episode.to ?? episode.from);
  const span = { from: episode.from, to: episode.to ?? madeAt, ongoing: episode.to === null };
  const statement: Omit<Statement, 'gateKey'> = {
    venueId: identity.venueId,
    venueName: short(identity.venue.name),
    gateName: short(identity.name),
    ...span,
    madeAt,
    spans: episode.spans,
    checks: sum(wrote?.checks ?? NO_CHECKS, episode.unrecorded),
    saved: wrote?.saved ?? 0,
    cancelled: wrote?.cancelled ?? 0,
    confirmed: wrote ? confirmedOf(wrote, receipt) : 0,
    notSaved: episode.notSaved,
    before: wrote?.before ?? null,
    after: wrote?.after ?? null,
    counted: countedMeanwhile(episode.counted, span),
    receipt: receipt?.bytes ?? null,
  };
  return statementText(await signStatement(statement, deviceSigner(key)));
}

/** Entries of the episode that the newest receipt covers: all of them, or so many as it reaches over. */
function confirmedOf({ saved, before, after }: Wrote, receipt: KeptReceipt | null): number {
  const upTo = receipt?.counter ?? 0;
  return upTo >= after.counter ? saved : Math.min(saved, Math.max(0, upTo - before.counter));
}
