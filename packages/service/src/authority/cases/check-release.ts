import {
  decodeReleased,
  documentHash,
  openRelease,
  type Release,
  type ReleasedEntry,
  releaseRoot,
  type StandingCase,
} from '@munjigi/core/case';
import { equalBytes } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { ApiError } from '../../contracts/index.ts';
import type { CaseJudge, ReleasedCase } from '../../lib/case/index.ts';

/**
 * Checks again everything that the register said of a case that stands: its signature, the log, the counts, the root, the scope,
 * the cap. Throws the rule that is broken.
 */
export async function checkRelease(
  judge: CaseJudge,
  { case: one, hash }: StandingCase,
  file: ReleasedCase,
): Promise<{ release: Release; entries: readonly ReleasedEntry[] }> {
  await judge.logged('case-approved', file.approved, { case: hash });
  let release: Release;
  let entries: readonly ReleasedEntry[];
  try {
    release = await openRelease(file.release, await judge.keyOf('register'), judge.parts.crypto);
    entries = decodeReleased(file.entries);
  } catch (cause) {
    throw isMunjigiError(cause) ? new ApiError('case.release', { cause }) : cause;
  }
  const boxes = entries.filter(({ box }) => box.length > 0).length;
  const fits =
    equalBytes(release.caseHash, hash) &&
    release.count === boxes &&
    release.without === entries.length - boxes &&
    release.at >= one.openedAt &&
    release.at < one.expiresAt &&
    equalBytes(release.root, releaseRoot(entries));
  if (!fits) throw new ApiError('case.release');
  if (release.count > one.cap) throw new ApiError('case.over-cap');
  const inside = (seconds: number) => seconds >= one.from && seconds < one.until;
  if (entries.some((e) => e.venueId !== one.venueId || !(inside(e.filedAt) || inside(e.enteredAt))))
    throw new ApiError('case.outside');
  await judge.logged('release', file.logged, {
    case: hash,
    release: documentHash('release', file.release),
    count: release.count,
    root: release.root,
  });
  return { release, entries };
}
