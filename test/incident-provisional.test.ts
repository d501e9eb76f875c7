import { type ComponentState, provisionalFor } from '@munjigi/core/incident';
import { describe, expect, it } from 'vitest';
import { korea, seconds, ward } from './support/packs.ts';

const SINCE = seconds('2022-01-06T14:00:00+09:00');
const AT = SINCE + 9;
const state = (component: string, how: ComponentState['state'], since = SINCE): ComponentState => ({
  component,
  state: how,
  since,
});

describe('what is said before a person has looked', () => {
  it('is the pre-approved sentence for the duty of that day', () => {
    const newYear = seconds('2021-01-01T09:30:00+09:00');
    expect(provisionalFor([state('register', 'down')], korea, AT)).toEqual({
      notice: 'app-down',
      component: 'register',
      state: 'down',
      obligation: null,
      parameters: { since: SINCE },
    });
    expect(provisionalFor([state('register', 'down', newYear)], korea, newYear)?.notice).toBe(
      'register-down',
    );
    expect(provisionalFor([state('register', 'down')], ward, AT)?.notice).toBe('register-down');
  });

  it('is nothing where all works, where nothing was approved, and where nobody can tell', () => {
    for (const how of ['works', 'unknown', 'slow'] as const)
      expect(provisionalFor([state('register', how)], korea, AT)).toBeNull();
    expect(provisionalFor([state('judging', 'down')], korea, AT)).toBeNull();
  });

  it('is one sentence, of what is down before what is slow', () => {
    const both = [state('issuers', 'slow'), state('register', 'down')];
    expect(provisionalFor(both, korea, AT)?.notice).toBe('app-down');
    expect(provisionalFor(both.slice(0, 1), korea, AT)?.notice).toBe('issuing-delayed');
    expect(provisionalFor([state('sign-in', 'slow')], korea, AT)?.notice).toBe('issuing-delayed');
  });

  it('waives no fine that nobody has waived', () => {
    for (const policy of [korea, ward]) {
      for (const { obligation, preApproved } of Object.values(policy.pack.notices)) {
        if (!preApproved) continue;
        const { fines } = policy.pack.obligations[preApproved.meanwhile ?? obligation]!;
        expect([fines.venue, fines.visitor]).not.toContain('waived');
      }
    }
    expect(provisionalFor([state('proofs', 'down')], korea, AT)?.obligation).toBe('check-by-word-undecided');
  });
});
