import { formatOf } from '../formats/registry.ts';
import {
  type ByteSteps,
  type Described,
  type KeySteps,
  keySteps,
  type Parsed,
  unreadBytes,
  type Verified,
} from '../formats/types.ts';
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

/** The reason of the first step that failed, or of an issuer that is not known; null where nothing speaks against the code. */
function firstReason(steps: Record<Step, StepState>, special: ReasonCode | null): ReasonCode | null {
  for (const step of STEPS) {
    const state = steps[step];
    if (state === 'failed') {
      const keyed = step === 'issuer' || step === 'keyUsage' || step === 'revocation';
      return (keyed ? special : null) ?? REASON_OF[step] ?? null;
    }
    if (state === 'unknown' && step === 'issuer') return 'issuer-unknown';
  }
  return null;
}

function blank(scan: string, format: FormatName | null, failed: Step, reason: ReasonCode): Inspected {
  const steps = { ...stepsOf(unreadBytes(), keySteps('not-reached'), false), [failed]: 'failed' };
  return {
    format,
    scan,
    steps,
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

/** All steps in their order. */
const stepsOf = (bytes: ByteSteps, keys: KeySteps, broken: boolean): Record<Step, StepState> => ({
  picture: 'not-reached',
  prefix: bytes.prefix,
  decode: bytes.decode,
  inflate: bytes.inflate,
  structure: broken ? 'failed' : bytes.structure,
  schema: bytes.schema,
  issuer: keys.issuer,
  signature: keys.signature,
  keyUsage: keys.keyUsage,
  validity: bytes.validity,
  revocation: keys.revocation,
});

/** What a picture without exactly one code in it comes to. */
export const unreadablePicture = (codes: 'none' | 'several'): Inspected =>
  blank('', null, 'picture', codes === 'none' ? 'unreadable' : 'two-codes');

/**
 * Reads any scanned text: what format it is, what it says, who signed it. Every step whose input exists is judged,
 * whatever failed before it. Knows no clock: `validity` stays `unknown` for `decide` and `checkVerdict`. Never throws, on
 * any input; a text that is no pass we know has format null and the reason `not-a-pass`. The payload is decoded only where it
 * is asked for.
 */
export async function inspect(
  scan: string,
  trust: Trust,
  crypto: Crypto,
  { payload = false }: { readonly payload?: boolean } = NOTHING_MORE,
): Promise<Inspected> {
  const format = formatOf(scan);
  if (!format) return blank(scan, null, 'prefix', 'not-a-pass');
  try {
    const parsed = format.parse(scan, trust.grid);
    const { content } = parsed;
    if (content === null) return result(scan, format.name, parsed, UNVERIFIED, NOTHING_SAID);
    const verified = await format.verify(content, parsed, trust, crypto);
    return result(scan, format.name, parsed, verified, format.describe(content, verified, payload));
  } catch {
    return blank(scan, format.name, 'structure', 'structure');
  }
}

const NOTHING_MORE = {};
const NOTHING_SAID: Described = { claim: null, payload: null };
const UNVERIFIED: Verified = { steps: keySteps('not-reached'), broken: false, reason: null, key: null };

function result(
  scan: string,
  format: FormatName,
  { steps: bytes, keyId, algorithm, notBefore, notAfter }: Parsed<unknown>,
  { steps: keys, broken, reason, key }: Verified,
  { claim, payload }: Described,
): Inspected {
  const steps = stepsOf(bytes, keys, broken);
  return {
    format,
    scan,
    steps,
    reason: firstReason(steps, reason),
    keyId,
    algorithm,
    issuer: key?.issuer ?? null,
    notBefore,
    notAfter,
    claim,
    key,
    payload,
  };
}
