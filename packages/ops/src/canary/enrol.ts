import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHex } from '@munjigi/core/encoding';
import { SettingError } from '@munjigi/service';
import { makePrivateKey, nodeCrypto, openKeyFolder } from '@munjigi/service/crypto';
import { type OperatorCall, Refused } from '../lib/operator-call.ts';
import type { Reach } from './call.ts';
import { lookAtMirror } from './mirror.ts';
import { Passes } from './passes.ts';
import { Trouble, Way } from './seen.ts';
import { type CanarySettings, type Door, type Mirror, readCanary, writeCanary } from './settings.ts';
import { CanaryTrust } from './trust.ts';

/** What a canary is to be. */
export interface Wanted {
  readonly folder: string;
  readonly name: string;
  readonly doors: readonly Door[];
  readonly mirrors: readonly Mirror[];
  readonly authorities: readonly string[];
  readonly kind: string | undefined;
  readonly region: string | undefined;
  /** SHA-256 of the root, hexadecimal; without it the first root that a mirror serves is believed. */
  readonly rootDigest: string | undefined;
}

/** The canary's signing key, made where there is none: its observations are signed by it. */
export const canaryKey = async (folder: string): Promise<Uint8Array> =>
  (await openKeyFolder(join(folder, 'keys'))).secret('canary', makePrivateKey);

/**
 * Makes a canary: documents from the first mirror that answers, a venue of its own that nothing is counted of, an enrolment of
 * the specimen for each door, and a pass. Called again it keeps what is there and adds what is missing. Throws `Refused`.
 */
export async function enrolCanary(
  wanted: Wanted,
  calls: { readonly register: OperatorCall; readonly issuer: OperatorCall },
  reach: Reach,
): Promise<CanarySettings> {
  const { folder, name, doors, mirrors, authorities } = wanted;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const before = await readCanary(folder).catch((error: unknown) => {
    if (error instanceof SettingError) return null;
    throw error;
  });
  const trust = await firstTrust(wanted, reach);
  const { policy } = trust.current!;
  const venue = before?.venue ?? {
    ...(await newVenue(
      {
        name: `canary ${name}`,
        kind: wanted.kind ?? policy.venueKinds[0]!,
        region: wanted.region ?? policy.regions[0]!,
      },
      calls.register,
    )),
  };
  const specimens = async (at: readonly Door[], known: Readonly<Record<string, string>> = {}) => {
    const made: Record<string, string> = {};
    for (const door of at)
      made[door.name] =
        known[door.name] ??
        (await calls.issuer<{ enrolment: string }>('POST', 'issuer/specimens', {})).enrolment;
    return made;
  };
  const enrolments = await specimens(doors, before?.enrolments);
  const newcomers = await specimens(
    doors.filter(({ side }) => side === 'outside'),
    before?.newcomers,
  );
  const settings: CanarySettings = { name, venue, doors, mirrors, authorities, enrolments, newcomers };
  await writeCanary(folder, settings);
  await canaryKey(folder);
  await firstPasses(folder, settings, trust, reach);
  return settings;
}

async function newVenue(
  venue: { readonly name: string; readonly kind: string; readonly region: string },
  call: OperatorCall,
): Promise<CanarySettings['venue']> {
  const made = await call<{ venueId: number; enrolmentCode: string }>('POST', 'register/venues', {
    ...venue,
    specimen: true,
  });
  return { venueId: made.venueId, kind: venue.kind, region: venue.region, code: made.enrolmentCode };
}

async function firstTrust({ folder, mirrors, rootDigest }: Wanted, reach: Reach): Promise<CanaryTrust> {
  const trust = await CanaryTrust.open(join(folder, 'trust'), nodeCrypto());
  const pinned = rootDigest ? { rootDigest: fromHex(rootDigest) } : {};
  for (const mirror of mirrors) {
    const way = new Way('documents', mirror.name);
    await lookAtMirror(way, mirror, { trust, reach, whole: true, ...pinned }).catch((error: unknown) => {
      if (!(error instanceof Trouble)) throw error;
    });
    if (trust.current) return trust;
  }
  if (trust.current) return trust;
  throw new Refused('None of the mirrors serves documents that can be verified: name one with --mirror.');
}

/** So that the canary can look at the register even where the issuer has gone before its first round. */
async function firstPasses(
  folder: string,
  { doors, enrolments }: CanarySettings,
  trust: CanaryTrust,
  reach: Reach,
): Promise<void> {
  for (const { name, url } of doors) {
    const passes = await Passes.open(join(folder, 'doors', name), enrolments[name]!, `${url}/api/issuer`);
    if (passes.newest()) continue;
    await passes.issue(reach, trust.current!.trust.grid).catch((error: unknown) => {
      if (error instanceof Trouble)
        throw new Refused(
          `No pass could be issued through ${name} (${error.code}). Try again when it works.`,
        );
      throw error;
    });
  }
}
