import { toHex } from '../encoding/index.ts';
import { keySteps, type Verified } from '../formats/types.ts';
import { type Crypto, keyThumbprint, spkiFromPoint } from '../signing/index.ts';
import type { Trust } from '../trust/types.ts';
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
 * Judges `issuer`, `signature` (the issuer's and the holder's: both must hold), `keyUsage` and `revocation`. `broken` where
 * the holder key is no point of the curve. The algorithm is ES256 whatever a header says.
 */
export async function verifyPass(parts: CodeParts, trust: Trust, crypto: Crypto): Promise<VerifiedPass> {
  const holder = parts.holder ? factsOf(parts.holder, crypto) : null;
  const broken = parts.holder !== null && holder === null;
  if (!parts.issuer) return { steps: keySteps('not-reached'), broken, reason: null, key: null, holder };
  const { kid, header, claims, signature } = parts.issuer;
  const candidates = trust.keys('entry-pass', toHex(kid));
  let key = candidates[0];
  if (key === undefined) return { steps: keySteps('unknown'), broken, reason: null, key: null, holder };

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
  const { usage, withdrawn } = key;
  const specimen = usage?.includes('specimen') ?? false;
  return {
    steps: {
      issuer: withdrawn ? 'failed' : 'ok',
      signature: genuine ? 'ok' : 'failed',
      keyUsage: specimen || (usage !== null && !usage.includes('pass')) ? 'failed' : 'ok',
      revocation: withdrawn ? 'failed' : trust.revocation('entry-pass', identifiers(parts, holder)),
    },
    broken,
    reason: withdrawn ? 'withdrawn' : specimen ? 'specimen' : null,
    key,
    holder,
  };
}

function factsOf({ x, yIsOdd }: NonNullable<CodeParts['holder']>, crypto: Crypto): HolderFacts | null {
  const point = crypto.decompress(x, yIsOdd);
  return point && { point, thumbprint: keyThumbprint(point) };
}

/** True when the holder's key signed the drawing; where a broken code has no drawing at all, the issuer's part stands alone. */
async function isPresented(parts: CodeParts, holder: HolderFacts | null, crypto: Crypto): Promise<boolean> {
  if (holder === null) return false;
  if (parts.presentation === null) return parts.layout === null;
  const { header, payload, signature } = parts.presentation;
  const signed = presentationToBeSigned(holder.thumbprint, header, payload);
  return crypto.verifyOnce
    ? crypto.verifyOnce(holder.point, signed, signature)
    : crypto.verify('ES256', spkiFromPoint(holder.point), signed, signature);
}

/** The name of a pass on a list of withdrawn ones: its handle in hex. */
function identifiers(parts: CodeParts, holder: HolderFacts | null): string[] {
  const handle = holder ? holder.thumbprint.subarray(0, 16) : (parts.layout?.pass.handle ?? null);
  return handle ? [toHex(handle)] : [];
}
