import { base45Decode, toHex } from '../encoding/index.ts';
import type { Parsed } from '../formats/types.ts';
import type { PassGrid } from '../trust/types.ts';
import { PREFIX, readCodeLayout } from './layout.ts';
import { fieldFindings } from './lint.ts';
import type { CodeParts } from './parts.ts';
import { salvage } from './salvage.ts';

/** No code that a camera can read is longer. */
const MAX_TEXT = 4400;

/**
 * Takes a scanned `MJ1:` text apart and judges `prefix`, `decode` and `structure` (the whole layout, and every field on its
 * grid). Signatures are for `verifyPass`. Never throws.
 */
export function parsePass(text: string, grid: PassGrid | null): Parsed<CodeParts> {
  const nothing = { keyId: null, algorithm: null, notBefore: null, notAfter: null, content: null };
  if (!text.startsWith(PREFIX)) return { ...nothing, steps: { prefix: 'failed' } };
  let bytes: Uint8Array;
  try {
    if (text.length > MAX_TEXT) return { ...nothing, steps: { prefix: 'ok', decode: 'failed' } };
    bytes = base45Decode(text.slice(PREFIX.length));
  } catch {
    return { ...nothing, steps: { prefix: 'ok', decode: 'failed' } };
  }
  let parts: CodeParts | null;
  let sound = false;
  try {
    const layout = readCodeLayout(bytes);
    const { pass, presentation } = layout;
    sound = fieldFindings(pass, grid).length === 0;
    parts = {
      layout: sound ? layout : null,
      issuer: pass,
      holder: pass.holder,
      presentation,
      expiresAt: pass.expiresAt,
    };
  } catch {
    parts = salvage(bytes);
  }
  return {
    steps: {
      prefix: 'ok',
      decode: 'ok',
      structure: sound ? 'ok' : 'failed',
      ...(parts?.expiresAt == null ? {} : { validity: 'unknown' as const }),
    },
    keyId: parts?.issuer ? toHex(parts.issuer.kid) : null,
    algorithm: parts?.issuer ? 'ES256' : null,
    notBefore: null,
    notAfter: parts?.expiresAt ?? null,
    content: parts,
  };
}
