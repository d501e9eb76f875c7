import { toHex } from '../encoding/index.ts';
import type { FormatName } from '../gate/types.ts';
import { spkiFromPoint } from '../signing/index.ts';
import { trustFromKeys } from './keys.ts';
import type { Bundle, DayKey, PassGrid, Trust, TrustedKey } from './types.ts';

/** What a verifier trusts, from a verified bundle. Every key is one SPKI array for the life of the trust. */
export function compileTrust(bundle: Bundle): Trust {
  const own = bundle.issuers.map(
    ({ kid, publicKey, usage, ...rest }): TrustedKey => ({
      format: 'entry-pass',
      keyId: toHex(kid),
      publicKey: spkiFromPoint(publicKey),
      algorithm: 'ES256',
      usage: [usage],
      issuer: rest.issuer,
      from: rest.from,
      until: rest.until,
      withdrawn: rest.withdrawn,
    }),
  );
  const foreign = bundle.foreign.map(
    ({ spki, country, ...rest }): TrustedKey => ({
      ...rest,
      publicKey: spki,
      issuer: country,
      withdrawn: false,
    }),
  );
  const lists: Partial<Record<FormatName, readonly string[]>> = {};
  for (const [format, hashes] of Object.entries(bundle.withdrawn))
    lists[format as FormatName] = hashes.map(toHex);
  // Our own passes live for days and go with their issuer key: without a list there is nothing to look up.
  lists['entry-pass'] ??= [];
  const trust = trustFromKeys([...own, ...foreign], gridOf(bundle.pack), lists, bundle.issuedAt);
  return {
    ...trust,
    revocation: (format, identifiers) =>
      trust.revocation(
        format,
        identifiers.map((identifier) => identifier.slice(0, 32)),
      ),
  };
}

function gridOf(pack: unknown): PassGrid | null {
  const zone = typeof pack === 'object' && pack !== null && 'timeZone' in pack ? pack.timeZone : null;
  return typeof zone === 'string' ? { timeZone: zone } : null;
}

/** The Monday of the week of a local date, both YYYY-MM-DD. */
export function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

/**
 * The day key for a local date (YYYY-MM-DD): the day's own, else the spare of its week, else the newest spare, so that no
 * entry is lost for want of a key. Null where the bundle has none at all.
 */
export function dayKeyFor(bundle: Bundle, day: string): DayKey | null {
  const spares = bundle.dayKeys.filter((key) => key.spare);
  const monday = mondayOf(day);
  return (
    bundle.dayKeys.find((key) => !key.spare && key.day === day) ??
    spares.find((key) => key.day === monday) ??
    spares.reduce<DayKey | null>(
      (newest, key) => (newest === null || key.day > newest.day ? key : newest),
      null,
    )
  );
}

/** How receipts find their key: SPKI of a register key that the bundle lists. */
export function registerKeyOf(bundle: Bundle): (kid: Uint8Array) => Uint8Array | undefined {
  const keys = new Map(
    bundle.registerKeys.map(({ kid, publicKey }) => [toHex(kid), spkiFromPoint(publicKey)]),
  );
  return (kid) => keys.get(toHex(kid));
}
