import { toHex } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Line, type LineKind, openLine } from '@munjigi/core/log';
import type { Crypto } from '@munjigi/core/signing';
import type { LogSource } from '../log/source.ts';
import type { LogTrust } from '../log/trust.ts';

const PAGE = 500;

/** A step of a case, as the public log tells it: which body wrote it and when, and how many it was about. */
export interface Step {
  readonly index: number;
  readonly kind: LineKind;
  readonly body: string;
  /** Seconds. */
  readonly at: number;
  readonly count: number | null;
}

/** A case as anybody may see it: no venue, no window, no reason and no name ever stands in the log. */
export interface CaseTrail {
  /** SHA-256 of the case document, hexadecimal. */
  readonly case: string;
  readonly state: 'opened' | 'approved' | 'released' | 'unsealed' | 'resolved' | 'closed';
  readonly steps: readonly Step[];
}

const STATE_OF = {
  'case-opened': 'opened',
  'case-approved': 'approved',
  release: 'released',
  opened: 'unsealed',
  resolved: 'resolved',
  'case-closed': 'closed',
} as const satisfies Partial<Record<LineKind, CaseTrail['state']>>;
type CaseKind = keyof typeof STATE_OF;
const STATES = Object.values(STATE_OF);

const isCaseKind = (kind: LineKind): kind is CaseKind => kind in STATE_OF;

/** Every case of the log, the oldest first, and how many lines no known body signed. */
export async function caseTrails(
  source: LogSource,
  trust: LogTrust,
  crypto: Crypto,
): Promise<{ readonly cases: readonly CaseTrail[]; readonly refused: number }> {
  const trails = new Map<string, Step[]>();
  const caseOfRelease = new Map<string, string>();
  let refused = 0;
  for (let index = 0; ; ) {
    const page = await source.lines(index, PAGE);
    for (const bytes of page) {
      const line = await openLine(bytes, trust.bodies, crypto).catch((error: unknown) => {
        if (!isMunjigiError(error)) throw error;
        refused += 1;
        return null;
      });
      if (line && isCaseKind(line.kind)) note(line, index, trails, caseOfRelease);
      index += 1;
    }
    if (page.length < PAGE) break;
  }
  const cases = [...trails].map(([hash, steps]) => ({
    case: hash,
    state: STATES[Math.max(...steps.map(({ kind }) => STATES.indexOf(STATE_OF[kind as CaseKind])))]!,
    steps,
  }));
  return { cases, refused };
}

function note(
  { kind, body, at, fields }: Line,
  index: number,
  trails: Map<string, Step[]>,
  caseOfRelease: Map<string, string>,
): void {
  const hexOf = (value: unknown): string | null => (value instanceof Uint8Array ? toHex(value) : null);
  const release = hexOf(fields.release);
  // An opening names its release alone, where it does not name the case.
  const hash = hexOf(fields.case) ?? (release && caseOfRelease.get(release));
  if (!hash) return;
  if (release) caseOfRelease.set(release, hash);
  const steps = trails.get(hash) ?? [];
  steps.push({ index, kind, body, at, count: typeof fields.count === 'number' ? fields.count : null });
  trails.set(hash, steps);
}
