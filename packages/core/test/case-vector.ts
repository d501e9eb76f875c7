import { readFileSync, writeFileSync } from 'node:fs';
import {
  approvalChallenge,
  caseHash,
  documentHash,
  encodeCase,
  handleSet,
  handlesRoot,
  type ReleasedEntry,
  releaseRoot,
  signOpening,
  signRelease,
} from '../src/case/index.ts';
import { toHex } from '../src/encoding/index.ts';
import { approve, CASE } from './officers.ts';
import { testKey } from './test-keys.ts';

const FILE = new URL('../../../vectors/mj1-case.json', import.meta.url);
const fill = (n: number, size = 32) => new Uint8Array(size).fill(n);

const ENTRY: ReleasedEntry = {
  venueId: 7,
  gate: fill(1),
  counter: 12,
  enteredAt: 1_641_430_800,
  filedAt: 1_641_430_800,
  check: 'scan',
  record: 'scan',
  dayKeyId: 737,
  flags: 0,
  disputed: false,
  box: fill(5, 193),
};

async function make(): Promise<Record<string, string>> {
  const line = testKey('mj1 test line key');
  const bytes = encodeCase(CASE);
  const salt = fill(9, 16);
  const sets = [handleSet('a', [fill(1, 16)], salt), handleSet('b', [fill(2, 16)], salt)];
  const nothing = { keyMissing: 0, moved: 0 };
  const root = releaseRoot([ENTRY]);
  const release = await signRelease(
    { caseHash: caseHash(bytes), count: 1, without: 0, cancelled: 0, ...nothing, root, at: 1_641_450_000 },
    line,
  );
  const releaseHash = documentHash('release', release);
  const opening = await signOpening(
    { releaseHash, salt, sets, direct: 0, apart: 0, ...nothing, at: 1_641_450_100 },
    line,
  );
  return {
    about:
      'A case, its two approvals, a release and an opening (docs/protocol/case.cddl). Keys are SHA-256 of "mj1 test officer authority", "mj1 test officer register" and "mj1 test line key"; the signatures are samples.',
    case: toHex(bytes),
    caseHash: toHex(caseHash(bytes)),
    openerChallenge: toHex(approvalChallenge('opener', bytes)),
    approverChallenge: toHex(approvalChallenge('approver', bytes)),
    opener: toHex(approve('opener')),
    approver: toHex(approve('approver')),
    releaseRoot: toHex(root),
    handlesRoot: toHex(handlesRoot(sets)),
    release: toHex(release),
    releaseHash: toHex(releaseHash),
    opening: toHex(opening),
    openingHash: toHex(documentHash('opening', opening)),
  };
}

/** The vectors of a case as they are committed; MUNJIGI_WRITE_VECTORS=1 writes them anew (signatures are samples). */
export async function caseVector(): Promise<Record<string, string>> {
  if (process.env.MUNJIGI_WRITE_VECTORS) writeFileSync(FILE, `${JSON.stringify(await make(), null, 2)}\n`);
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>;
}
