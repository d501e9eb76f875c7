import {
  type Decision,
  type DecisionContext,
  decide,
  type ForeignClaim,
  type Inspected,
  type STEPS,
} from '@munjigi/core/gate';
import type { ReasonCode } from '@munjigi/core/reasons';
import { compilePolicy, type Pack, type Policy } from '@munjigi/core/rules';
import type { Trust } from '@munjigi/core/trust';
import { context, genuine, korea, NOON, noKeys, readPack } from './packs.ts';

export const at = (uncertaintySeconds = 0) => ({ seconds: NOON, uncertaintySeconds });
export const door = (
  inspected: Inspected,
  given: Partial<DecisionContext> = {},
  policy: Policy = korea,
  trust: Trust = noKeys,
): Decision => decide(inspected, trust, policy, context(given));
export const drawn = (offset: number, lane: 'usual' | 'slow' = 'usual') =>
  genuine(NOON, { drawnAt: NOON + offset, lane });
export const failed = (reason: ReasonCode, step: (typeof STEPS)[number] = 'signature'): Inspected => ({
  ...genuine(NOON),
  reason,
  steps: { ...genuine(NOON).steps, [step]: 'failed' },
});
export const withPack = (change: (pack: Pack) => Pack): Policy =>
  compilePolicy(change(structuredClone(readPack('kr-2022')) as Pack));

export const foreign = (given: Partial<ForeignClaim> = {}, dates: Partial<Inspected> = {}): Inspected => ({
  ...genuine(NOON),
  format: 'hcert',
  notAfter: NOON + 86_400,
  claim: {
    kind: 'foreign',
    format: 'hcert',
    identifier: 'URN:UVCI:01:AT:X',
    familyName: 'Mustermann',
    birthDate: '1998-02-26',
    country: 'AT',
    subject: { kind: 'foreign', format: 'hcert', identifier: 'URN:UVCI:01:AT:X' },
    ...given,
  },
  ...dates,
});
