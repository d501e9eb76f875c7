import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DecisionContext, Inspected, PassClaim, StepState } from '@munjigi/core/gate';
import { STEPS } from '@munjigi/core/gate';
import { compilePolicy } from '@munjigi/core/rules';
import type { Trust } from '@munjigi/core/trust';
import { readPackFolder } from '@munjigi/service/config';

export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const packFolder = (name: string): string => join(ROOT, 'policies', name);
export const readPack = (name: string) => readPackFolder(packFolder(name));
export const korea = compilePolicy(readPack('kr-2022'));
export const ward = compilePolicy(readPack('visitor-register'));

export const seconds = (instant: string): number => Date.parse(instant) / 1000;
export const NOON = seconds('2022-01-06T13:58:00+09:00');
export const CAFE = { kind: 'cafe', region: 'seoul' } as const;

/** Nothing is known of the key: `decide` takes the issuer as `inspect` found it. */
export const noKeys: Trust = { keys: () => [], revocation: () => 'unknown', grid: null, issuedAt: null };

export const context = (given: Partial<DecisionContext> = {}): DecisionContext => ({
  instant: { seconds: NOON, uncertaintySeconds: 0 },
  bundleAgeSeconds: 60,
  venue: CAFE,
  party: 'unknown',
  seenBeforeAt: null,
  lastDrawingOffsetSeconds: null,
  ...given,
});

/** A pass as `inspect` hands it on: genuine, drawn two seconds before the instant, good for a week. */
export function genuine(at: number, given: Partial<PassClaim> = {}): Inspected {
  const claim: PassClaim = {
    kind: 'pass',
    form: 'live',
    admissionClass: 1,
    hint: 8 * 32 + 12,
    expiresAt: at + 7 * 86_400,
    until: null,
    drawnAt: at - 2,
    lane: 'usual',
    handle: new Uint8Array(16),
    specimen: false,
    subject: { kind: 'paper-pass', kid: Uint8Array.of(1), handle: new Uint8Array(16) },
    ...given,
  };
  return {
    format: 'entry-pass',
    scan: 'MJ1:',
    steps: Object.fromEntries(
      STEPS.map((step): [string, StepState] => [step, step === 'validity' ? 'unknown' : 'ok']),
    ) as Inspected['steps'],
    reason: null,
    keyId: '01',
    algorithm: 'ES256',
    issuer: 'issuer',
    notBefore: null,
    notAfter: claim.expiresAt,
    claim,
    key: null,
    payload: null,
  };
}
