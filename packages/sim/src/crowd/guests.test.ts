import { expect, it } from 'vitest';
import type { Visit } from './gate.ts';
import { type GuestKind, wrongIn } from './guests.ts';

const AT = Date.parse('2022-01-03T00:00:00+09:00') / 1000;
const kind: GuestKind = {
  name: 'ends at midnight',
  part: 1,
  people: ['somebody'],
  must: { verdicts: ['admit'], reasons: ['valid'], entry: true },
  later: {
    from: '2022-01-03T00:00:00+09:00',
    must: { verdicts: ['another-proof'], reasons: ['ended'], entry: false },
  },
};
const visit = (verdict: Visit['verdict'], reason: string, counter: number | null = null): Visit => ({
  verdict,
  reason,
  counter,
  verdictMs: 1,
  savedMs: null,
});

it('finds an answer wrong by its verdict, by its reason, and by an entry that nobody had to make', () => {
  expect(wrongIn(kind, visit('admit', 'valid', 1), AT - 60)).toBeNull();
  expect(wrongIn(kind, visit('admit', 'not-required', 1), AT - 60)).not.toBeNull();
  expect(wrongIn(kind, visit('another-proof', 'ended'), AT - 60)).not.toBeNull();
  expect(wrongIn(kind, visit('another-proof', 'ended', 2), AT + 60)).not.toBeNull();
});

it('asks for the new answer after a change of rules, and for either within two seconds of it', () => {
  expect(wrongIn(kind, visit('admit', 'valid', 1), AT + 60)).not.toBeNull();
  expect(wrongIn(kind, visit('another-proof', 'ended'), AT + 60)).toBeNull();
  for (const at of [AT - 1, AT + 1]) {
    expect(wrongIn(kind, visit('admit', 'valid', 1), at)).toBeNull();
    expect(wrongIn(kind, visit('another-proof', 'ended'), at)).toBeNull();
  }
});
