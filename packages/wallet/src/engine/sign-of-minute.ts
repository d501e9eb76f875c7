import { type Language, type MinuteSign, rulesAge } from '@munjigi/core/rules';
import { computed, type ReadonlySignal } from '@preact/signals';
import type { Rules } from './rules.ts';

/** Word and shape of the minute. Under old rules they may be others than the gate's: none is better than a wrong one. */
export const signOf = (
  rules: Rules,
  seconds: ReadonlySignal<number>,
  language: ReadonlySignal<Language>,
): ReadonlySignal<MinuteSign | null> =>
  computed(() => {
    const policy = rules.policy.value;
    const age = rules.ageSeconds();
    return policy && age !== null && rulesAge(policy, age) !== 'too-old'
      ? policy.minuteSign(seconds.value, language.value)
      : null;
  });
