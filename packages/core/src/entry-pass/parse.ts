import { base45Decode, toHex } from '../encoding/index.ts';
import { type ByteSteps, type Parsed, unreadBytes } from '../formats/types.ts';
import type { PassGrid } from '../trust/types.ts';
import { PREFIX, readCodeLayout } from './layout.ts';
import { fieldFindings } from './lint.ts';
import type { CodeParts } from './parts.ts';
import { salvage } from './salvage.ts';

/** No code that a camera can read is longer. */
const MAX_TEXT = 4400;

/**
 * Takes a scanned `MJ1:` text apart and judges `prefix`, `decode` and `structure` (the whole layout, and every field on its
 * grid). Nothing is packed in this format, and its structure is its schema: `inflate` and `schema` have no input. Signatures
 * are for `verifyPass`. Never throws.
 */
export function parsePass(text: string, grid: PassGrid | null): Parsed<CodeParts> {
  const steps = unreadBytes();
  const parts = readParts(text, grid, steps);
  const expiresAt = parts?.expiresAt ?? null;
  if (expiresAt !== null) steps.validity = 'unknown';
  return {
    steps,
    keyId: parts?.issuer ? toHex(parts.issuer.kid) : null,
    algorithm: parts?.issuer ? 'ES256' : null,
    notBefore: null,
    notAfter: expiresAt,
    content: parts,
  };
}

function readParts(text: string, grid: PassGrid | null, steps: ByteSteps): CodeParts | null {
  steps.prefix = text.startsWith(PREFIX) ? 'ok' : 'failed';
  if (steps.prefix === 'failed') return null;
  let bytes: Uint8Array;
  try {
    steps.decode = 'failed';
    if (text.length > MAX_TEXT) return null;
    bytes = base45Decode(text, PREFIX.length);
    steps.decode = 'ok';
  } catch {
    return null;
  }
  try {
    steps.structure = 'failed';
    const layout = readCodeLayout(bytes);
    const { pass, presentation } = layout;
    if (fieldFindings(pass, grid).length === 0) steps.structure = 'ok';
    return {
      layout: steps.structure === 'ok' ? layout : null,
      issuer: pass,
      holder: pass.holder,
      presentation,
      expiresAt: pass.expiresAt,
    };
  } catch {
    return salvage(bytes);
  }
}
