import type { Admission } from '../rules/admission.ts';
import type { Policy } from '../rules/policy.ts';
import type { Trust } from '../trust/types.ts';
import { drawingOf } from './drawing.ts';
import type { Finding } from './finding.ts';
import { keyStateAt } from './key-state.ts';
import type { DecisionContext, Evidence, Inspected, Step, StepState } from './types.ts';

const BYTES: readonly Step[] = ['prefix', 'decode', 'inflate', 'structure', 'schema', 'signature'];

/** The separate findings behind a verdict: each is judged by itself, whatever decided. */
export function evidenceOf(
  finding: Finding,
  inspected: Inspected,
  trust: Trust,
  policy: Policy,
  context: DecisionContext,
  now: Admission | null,
): Evidence {
  const states = BYTES.map((step) => inspected.steps[step]);
  const integrity: StepState = states.includes('failed') ? 'failed' : inspected.steps.signature;
  return {
    integrity,
    issuer: issuerState(inspected, trust, context),
    freshness: freshness(inspected, policy, context),
    revocation: inspected.steps.revocation,
    entitlement:
      finding.entitled === undefined || finding.entitled === null
        ? 'not-reached'
        : finding.entitled
          ? 'ok'
          : 'failed',
    rule: now?.rule ?? null,
    bundleAgeSeconds: context.bundleAgeSeconds,
  };
}

function issuerState(inspected: Inspected, trust: Trust, context: DecisionContext): StepState {
  if (inspected.steps.issuer !== 'ok' || context.instant === null) return inspected.steps.issuer;
  const key = keyStateAt(inspected, trust, context.instant.seconds);
  return key === 'withdrawn' || key === 'out-of-time' ? 'failed' : 'ok';
}

function freshness(inspected: Inspected, policy: Policy, context: DecisionContext): StepState {
  const { claim } = inspected;
  if (claim === null) return 'not-reached';
  if (context.instant === null || !(context.instant.uncertaintySeconds <= policy.windows.uncertaintyCap))
    return 'unknown';
  const { state } = drawingOf(claim, policy.windows, context);
  return state === 'stale' ? 'failed' : state === 'fresh' ? 'ok' : 'unknown';
}
