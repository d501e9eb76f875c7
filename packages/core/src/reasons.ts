/**
 * One table for every answer of the door: code, speakable number, what `munjigi check` says and what the door says.
 * Texts live in the policy pack under the same code; below this table nothing switches on a number.
 */
import type { CheckVerdict, DoorVerdict } from './gate/types.ts';

export interface Reason {
  readonly number: number;
  readonly check: CheckVerdict;
  readonly door: DoorVerdict;
}

const admit = (number: number): Reason => ({ number, check: 'admit', door: 'admit' });
const refuse = (number: number): Reason => ({ number, check: 'refuse', door: 'another-proof' });
const genuine = (number: number): Reason => ({ number, check: 'admit', door: 'another-proof' });
const reread = (number: number): Reason => ({ number, check: 'cannot-tell', door: 'another-proof' });
const unsure = (number: number): Reason => ({ number, check: 'cannot-tell', door: 'cannot-tell' });

export const REASONS = {
  ok: admit(100),
  valid: admit(101),
  'valid-extended': admit(102),
  'seen-by-eye': admit(103),
  'seen-age': admit(104),
  alone: admit(105),
  'not-required': admit(106),
  'suspended-by-court': admit(107),
  'suspended-by-court-age': admit(108),
  'check-only': admit(109),
  verbal: admit(110),

  ended: refuse(201),
  'not-yet': refuse(202),
  'test-ended': refuse(203),
  'nothing-usable': genuine(204),
  grace: genuine(205),
  party: genuine(206),
  'old-drawing': reread(207),
  'seen-before': genuine(208),
  signature: refuse(209),
  withdrawn: refuse(210),
  'other-person': genuine(211),
  compare: genuine(212),
  'not-accepted-here': genuine(213),
  'not-a-pass': reread(214),
  unreadable: reread(215),
  'two-codes': reread(216),
  specimen: refuse(217),
  decode: refuse(218),
  inflate: refuse(219),
  structure: refuse(220),
  schema: refuse(221),
  'key-usage': refuse(222),
  none: genuine(299),

  'clock-gate': unsure(301),
  'clock-visitor': unsure(302),
  'rules-ageing': unsure(303),
  'rules-too-old': unsure(304),
  'issuer-unknown': unsure(305),
  'proof-not-loaded': unsure(306),
  'not-saved': unsure(307),
  camera: unsure(308),
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof REASONS;
