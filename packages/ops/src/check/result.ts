import type { CheckResult, Inspected } from '@munjigi/core/gate';
import type { CheckResult as CheckResultBody } from '@munjigi/service/contracts';
import { writeInstant } from './instant.ts';

/** What is printed of one code: names and values are fixed (contracts/check/result.json). */
export type Result = Readonly<CheckResultBody>;

export function resultOf(id: unknown, inspected: Inspected, judged: CheckResult, payload: boolean): Result {
  return {
    id,
    format: inspected.format,
    verdict: judged.verdict,
    reason: judged.reason,
    steps: judged.steps,
    keyId: inspected.keyId,
    algorithm: inspected.algorithm,
    notBefore: writeInstant(inspected.notBefore),
    notAfter: writeInstant(inspected.notAfter),
    ...(payload ? { scan: inspected.scan, payload: inspected.payload } : {}),
    evidence: evidenceOf(inspected, judged),
  };
}

/** Findings beside the verdict. No name, no identifier, no handle: those are printed only with --payload. */
function evidenceOf({ claim, issuer }: Inspected, { decision }: CheckResult): Record<string, unknown> {
  const known = issuer === null ? {} : { issuer };
  const door = decision
    ? {
        door: {
          verdict: decision.verdict,
          number: decision.number,
          also: decision.also,
          parameters: decision.parameters,
          next: decision.next,
          evidence: decision.evidence,
        },
      }
    : {};
  if (claim?.kind === 'pass') {
    const { form, admissionClass, lane } = claim;
    return {
      ...known,
      form,
      admissionClass,
      lane,
      drawnAt: writeInstant(claim.drawnAt),
      until: writeInstant(claim.until),
      ...door,
    };
  }
  return { ...known, ...(claim ? { country: claim.country } : {}), ...door };
}
