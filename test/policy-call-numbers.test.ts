import { callerNumber, groupedNumber, venueNumber } from '@munjigi/core/rules';
import { describe, expect, it } from 'vitest';
import { korea, ward } from './support/packs.ts';

describe('the number of a caller', () => {
  it.each([
    ['010-1234-5678', '01012345678'],
    ['+82 10 1234 5678', '01012345678'],
    ['821012345678', '01012345678'],
    ['0082-10-1234-5678', '01012345678'],
    ['+82 (0)10-1234-5678', '01012345678'],
    ['０１０１２３４５６７８', '01012345678'],
    ['+49 151 23456789', '+4915123456789'],
    ['004915123456789', '+4915123456789'],
  ])('%s comes in one spelling', (said, kept) => expect(callerNumber(korea, said)).toBe(kept));

  it.each(['', 'anonymous', '+', '00', '1588', '010-1234', '+0151234567', `+82${'1'.repeat(60)}`])(
    '“%s” is none',
    (said) => expect(callerNumber(korea, said)).toBeNull(),
  );

  it('is none under a policy that records nobody by telephone', () => {
    expect(callerNumber(ward, '+4915123456789')).toBeNull();
    expect(venueNumber(ward, '0801234567')).toBeNull();
  });
});

describe('the number of a venue', () => {
  it.each([
    ['080-123-4567', '0801234567', '080-123-4567'],
    ['+82 70 1234 5678', '07012345678', '070-1234-5678'],
    ['02 1234 5678', '0212345678', '02-1234-5678'],
  ])('%s is one, and is shown in groups', (said, kept, shown) => {
    expect(venueNumber(korea, said)).toBe(kept);
    expect(groupedNumber(korea, kept)).toBe(shown);
  });

  it.each(['010-1234-5678', '112', '+1 212 555 0100', ''])('%s is none', (said) =>
    expect(venueNumber(korea, said)).toBeNull(),
  );
});
