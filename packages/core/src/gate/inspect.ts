import { formatOf } from '../formats/registry.ts';
import type { Steps } from '../formats/types.ts';
import type { ReasonCode } from '../reasons.ts';
import type { Crypto } from '../signing/index.ts';
import type { Trust } from '../trust/types.ts';
import { type FormatName, type Inspected, STEPS, type Step, type StepState } from './types.ts';

/** The reason of each step that can fail before a clock is asked. */
const REASON_OF: Partial<Record<Step, ReasonCode>> = {
  picture: 'unreadable',
  prefix: 'not-a-pass',
  decode: 'decode',
  inflate: 'inflate',
  structure: 'structure',
  schema: 'schema',
  issuer: 'issuer-unknown',
  signature: 'signature',
  keyUsage: 'key-usage',
  revocation: 'withdrawn',
};

function fill(steps: Steps): Record<Step, StepState> {
  return {
    picture: steps.picture ?? 'not-reached',
    prefix: steps.prefix ?? 'not-reached',
    decode: steps.decode ?? 'not-reached',
    inflate: steps.inflate ?? 'not-reached',
    structure: steps.structure ?? 'not-reached',
    schema: steps.schema ?? 'not-reached',
    issuer: steps.issuer ?? 'not-reached',
    signature: steps.signature ?? 'not-reached',
    keyUsage: steps.keyUsage ?? 'not-reached',
    validity: steps.validity ?? 'not-reached',
    revocation: steps.revocation ?? 'not-reached',
  };
}

/** The reason of the first step that failed, or of an issuer that is not known; null where nothing speaks against the code. */
function firstReason(steps: Record<Step, StepState>, special: ReasonCode | undefined): ReasonCode | null {
  for (const step of STEPS) {
    const state = steps[step];
    if (state === 'failed') {
      const keyed = step === 'issuer' || step === 'keyUsage' || step === 'revocation';
      return (keyed ? special : undefined) ?? REASON_OF[step] ?? null;
    }
    if (state === 'unknown' && step === 'issuer') return 'issuer-unknown';
  }
  return null;
}

function blank(scan: string, format: FormatName | null, steps: Steps, reason: ReasonCode): Inspected {
  return {
    format,
    scan,
    steps: fill(steps),
    reason,
    keyId: null,
    algorithm: null,
    issuer: null,
    notBefore: null,
    notAfter: null,
    claim: null,
    key: null,
    payload: null,
  };
}

/** What a picture without exactly one code in it comes to. */
export const unreadablePicture = (codes: 'none' | 'several'): Inspected =>
  blank('', null, { picture: 'failed' }, codes === 'none' ? 'unreadable' : 'two-codes');

/**
 * Reads any scanned text: what format it is, what it says, who signed it. Every step whose input exists is judged,
 * whatever failed before it. Knows no clock: `validity` stays `unknown` for `decide` and `checkVerdict`. Never throws, on
 * any input; a text that is no pass we know has format null and the reason `not-a-pass`.
 */
export async function inspect(scan: string, trust: Trust, crypto: Crypto): Promise<Inspected> {
  const format = formatOf(scan);
  if (!format) return blank(scan, null, { prefix: 'failed' }, 'not-a-pass');
  try {
    const parsed = format.parse(scan, trust.grid);
    const { content, keyId, algorithm, notBefore, notAfter } = parsed;
    const verified = content === null ? null : await format.verify(content, parsed, trust, crypto);
    const described = verified === null ? null : format.describe(content, verified);
    const steps = fill(verified ? { ...parsed.steps, ...verified.steps } : parsed.steps);
    return {
      format: format.name,
      scan,
      steps,
      reason: firstReason(steps, verified?.reason),
      keyId,
      algorithm,
      issuer: verified?.key?.issuer ?? null,
      notBefore,
      notAfter,
      claim: described?.claim ?? null,
      key: verified?.key ?? null,
      get payload() {
        return described?.payload ?? null;
      },
    };
  } catch {
    return blank(scan, format.name, { prefix: 'ok', structure: 'failed' }, 'structure');
  }
}
