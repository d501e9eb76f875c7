import { toHex } from '../encoding/index.ts';
import type { Described } from '../formats/types.ts';
import type { PassClaim, Subject } from '../gate/types.ts';
import { compressPoint } from '../signing/index.ts';
import type { PassLayout, PresentationLayout } from './layout.ts';
import type { CodeParts } from './parts.ts';
import type { HolderFacts, VerifiedPass } from './verify.ts';

/** What a pass says to a door. Null claim where the layout is broken: what it says then means nothing. */
export function describePass(parts: CodeParts, verified: VerifiedPass, whole: boolean): Described {
  if (!parts.layout) return { claim: null, payload: null };
  const { pass, presentation } = parts.layout;
  const subject = subjectOf(pass, presentation, verified.holder);
  const handle = pass.handle?.slice() ?? verified.holder?.thumbprint.slice(0, 16);
  if (!subject || !handle) return { claim: null, payload: null };
  const claim: PassClaim = {
    kind: 'pass',
    form: presentation ? 'live' : 'paper',
    admissionClass: pass.admissionClass,
    hint: pass.hint,
    expiresAt: pass.expiresAt,
    until: pass.until,
    drawnAt: presentation?.drawnAt ?? null,
    lane: presentation ? (presentation.lane === 1 ? 'slow' : 'usual') : null,
    handle,
    specimen: verified.key?.usage?.includes('specimen') ?? false,
    subject,
  };
  if (!whole) return { claim, payload: null };
  const { kind: _, handle: __, subject: ___, specimen: ____, ...said } = claim;
  return { claim, payload: { ...said, handle: toHex(handle) } };
}

function subjectOf(
  pass: PassLayout,
  drawn: PresentationLayout | null,
  holder: HolderFacts | null,
): Subject | null {
  const kid = pass.kid.slice();
  if (pass.handle) return { kind: 'paper-pass', kid, handle: pass.handle.slice() };
  if (!drawn || !holder) return null;
  return {
    kind: 'pass',
    kid,
    holderKey: compressPoint(holder.point),
    drawnAt: drawn.drawnAt,
    lane: drawn.lane,
    signature: drawn.signature.slice(),
  };
}
