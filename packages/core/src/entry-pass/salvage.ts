import { type CborValue, decodeFirst, decodeLenient } from '../encoding/index.ts';
import { type CodeParts, issuerPart } from './parts.ts';

const LIMITS = { maxBytes: 4096, maxDepth: 8 };

const bytesOrNull = (value: CborValue | undefined) => (value instanceof Uint8Array ? value : null);
const wholeOrNull = (value: CborValue | undefined) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
const mapOrNull = (value: CborValue | undefined) =>
  value instanceof Map ? (value as ReadonlyMap<number | string, CborValue>) : null;

function inside(bytes: Uint8Array | null): CborValue | undefined {
  if (bytes === null) return undefined;
  try {
    return decodeLenient(bytes, LIMITS);
  } catch {
    return undefined;
  }
}

/**
 * What can still be judged of a code that broke the layout: its key id, signatures and dates. The code stays refused; this
 * only lets the report say the rest of the truth about it.
 */
export function salvage(bytes: Uint8Array): CodeParts | null {
  let outer: CborValue;
  try {
    outer = decodeFirst(bytes, LIMITS).value;
  } catch {
    return null;
  }
  if (!Array.isArray(outer)) return null;
  const [pass, presentation] = outer as unknown[];
  if (!Array.isArray(pass)) return null;
  const [header, , claims, signature] = pass as CborValue[];
  const protectedBytes = bytesOrNull(header);
  const claimBytes = bytesOrNull(claims);
  const sig = bytesOrNull(signature);
  const kid = bytesOrNull(mapOrNull(inside(protectedBytes))?.get(4));
  const said = mapOrNull(inside(claimBytes));
  const cnf = mapOrNull(mapOrNull(said?.get(8))?.get(1));
  const x = bytesOrNull(cnf?.get(-2));
  const y = cnf?.get(-3);
  const parts: CborValue[] = Array.isArray(presentation) ? (presentation as CborValue[]) : [];
  const [drawnHeader, drawnPayload, drawnSignature] = [
    bytesOrNull(parts[0]),
    bytesOrNull(parts[2]),
    bytesOrNull(parts[3]),
  ];
  return {
    layout: null,
    issuer:
      protectedBytes && claimBytes && sig && kid ? issuerPart(kid, protectedBytes, claimBytes, sig) : null,
    holder: x && typeof y === 'boolean' ? { x, yIsOdd: y } : null,
    presentation:
      drawnHeader && drawnPayload && drawnSignature
        ? { header: drawnHeader, payload: drawnPayload, signature: drawnSignature }
        : null,
    expiresAt: wholeOrNull(said?.get(4)),
  };
}
