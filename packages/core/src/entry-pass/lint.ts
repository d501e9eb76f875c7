import { isMunjigiError } from '../errors.ts';
import { decompressP256 } from '../signing/index.ts';
import type { PassGrid } from '../trust/types.ts';
import { isOnGrid } from './grid.ts';
import { type PassLayout, readPassLayout } from './layout.ts';

/** A rule of the public layout that a pass breaks. */
export interface LintFinding {
  readonly rule: 'layout' | 'class' | 'hint' | 'exp' | 'until' | 'key';
  readonly message: string;
}

/** The rules for single fields. A field off its public grid could be a mark on a person, so nobody lets one through. */
export function fieldFindings(pass: PassLayout, grid: PassGrid | null): LintFinding[] {
  const findings: LintFinding[] = [];
  const { admissionClass, hint, expiresAt, until } = pass;
  if (admissionClass > 128 || (admissionClass & (admissionClass - 1)) !== 0) {
    findings.push({ rule: 'class', message: 'The class is 0 or a single bit up to 128.' });
  }
  if (hint > 1023 || (hint !== 0 && (hint & 31) === 0)) {
    findings.push({
      rule: 'hint',
      message: 'The hint is 0, or initial (0 to 31) * 32 + day of the month (1 to 31).',
    });
  }
  const instant = grid === null ? 'a whole quarter hour' : `midnight in ${grid.timeZone}`;
  if (!isOnGrid(expiresAt, grid)) findings.push({ rule: 'exp', message: `A pass ends at ${instant}.` });
  if (until !== null && until >= expiresAt)
    findings.push({ rule: 'until', message: 'A class names its end only where it ends before the pass.' });
  else if (until !== null && !isOnGrid(until, grid))
    findings.push({ rule: 'until', message: `A class ends at ${instant}.` });
  return findings;
}

/**
 * What is wrong with a pass as an issuer signed it (COSE bytes of a live or paper pass, without presentation): an issuer can
 * mark people by any field off its grid. A wallet refuses a batch with a finding; [] is clean. Signatures are not looked at.
 */
export function lintPass(pass: Uint8Array, grid: PassGrid | null): LintFinding[] {
  const { layout, findings } = lintFields(pass, grid);
  if (layout === null) return findings;
  if (layout.holder !== null && decompressP256(layout.holder.x, layout.holder.yIsOdd) === null) {
    findings.push({ rule: 'key', message: 'The holder key is no point of P-256.' });
  }
  return findings;
}

/** The same but for the curve of the holder key, which an issuer that has the whole point checks more cheaply. */
export function lintFields(
  pass: Uint8Array,
  grid: PassGrid | null,
): { readonly layout: PassLayout | null; readonly findings: LintFinding[] } {
  try {
    const layout = readPassLayout(pass);
    return { layout, findings: fieldFindings(layout, grid) };
  } catch (error) {
    if (!isMunjigiError(error, 'pass.structure')) throw error;
    return { layout: null, findings: [{ rule: 'layout', message: error.message }] };
  }
}
