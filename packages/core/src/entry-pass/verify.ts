import { toHex } from '../encoding/index.ts';
import type { Steps, Verified } from '../formats/types.ts';
import { type Crypto, keyThumbprint, spkiFromPoint } from '../signing/index.ts';
import type { Trust, TrustedKey } from '../trust/types.ts';
import type { CodeParts } from './parts.ts';
import { passToBeSigned, presentationToBeSigned } from './to-be-signed.ts';

/** What the holder's own part came to, with the point and thumbprint that were worked out on the way. */
export interface HolderFacts {
  readonly point: Uint8Array;
  readonly thumbprint: Uint8Array;
}

export interface VerifiedPass extends Verified {
  readonly holder: HolderFacts | null;
}

/**
 * Judges `issuer`, `signature` (the issuer's and the holder's: both must hold), `keyUsage` and `revocation`; and `structure`
 * once more where the holder key turns out to be no point of the curve. The algorithm is ES256 whatever a header says.
 */
export async function verifyPass(parts: CodeParts, trust: Trust, crypto: Crypto): Promise<VerifiedPass> {
  const steps: Steps = {};
  let holder: HolderFacts | null = null;
  if (parts.holder) {
    const point = crypto.decompress(parts.holder.x, parts.holder.yIsOdd);
    if (point) holder = { point, thumbprint: keyThumbprint(point) };
    else steps.structure = 'failed';
  }
  if (!parts.issuer) return { steps, key: null, holder };
  const { kid, header, claims, signature } = parts.issuer;
  const candidates = trust.keys('entry-pass', toHex(kid));
  let key: TrustedKey | null = candidates[0] ?? null;
  if (key === null) {
    return {
      steps: {
        ...steps,
        issuer: 'unknown',
        signature: 'unknown',
        keyUsage: 'unknown',
        revocation: 'unknown',
      },
      key,
      holder,
    };
  }
  const signed = passToBeSigned(header, claims);
  let genuine = false;
  for (const candidate of candidates) {
    if (await crypto.verify('ES256', candidate.publicKey, signed, signature)) {
      genuine = true;
      key = candidate;
      break;
    }
  }
  if (parts.holder) genuine = genuine && (await isPresented(parts, holder, crypto));
  steps.signature = genuine ? 'ok' : 'failed';
  steps.issuer = key.withdrawn ? 'failed' : 'ok';
  const specimen = key.usage?.includes('specimen') ?? false;
  steps.keyUsage = specimen || (key.usage !== null && !key.usage.includes('pass')) ? 'failed' : 'ok';
  steps.revocation = key.withdrawn ? 'failed' : trust.revocation('entry-pass', identifiers(parts, holder));
  if (key.withdrawn) return { steps, reason: 'withdrawn', key, holder };
  return specimen ? { steps, reason: 'specimen', key, holder } : { steps, key, holder };
}

/** True when the holder's key signed the drawing; where a broken code has no drawing at all, the issuer's part stands alone. */
async function isPresented(parts: CodeParts, holder: HolderFacts | null, crypto: Crypto): Promise<boolean> {
  if (holder === null) return false;
  if (parts.presentation === null) return parts.layout === null;
  const { header, payload, signature } = parts.presentation;
  return crypto.verify(
    'ES256',
    spkiFromPoint(holder.point),
    presentationToBeSigned(holder.thumbprint, header, payload),
    signature,
  );
}

/** The name of a pass on a list of withdrawn ones: its handle in hex. */
function identifiers(parts: CodeParts, holder: HolderFacts | null): string[] {
  const handle = holder ? holder.thumbprint.subarray(0, 16) : (parts.layout?.pass.handle ?? null);
  return handle ? [toHex(handle)] : [];
}
