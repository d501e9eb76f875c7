import { cutoffs, type Policy, type Venue } from '@munjigi/core/rules';
import type { EyeRow } from '../model.ts';

/** The by-eye card ready to show: today's cut-off dates, from the rules run backwards. */
export function eyeRows(policy: Policy, venue: Venue, at: number, language: 'ko' | 'en'): readonly EyeRow[] {
  return cutoffs(policy, venue, at).map(({ id, labelKey, valueKey, explainKey, parameters }) => ({
    id,
    label: optional(policy, language, labelKey, parameters),
    value: optional(policy, language, valueKey, parameters),
    detail: optional(policy, language, labelKey.replace(/\.label$/, '.detail'), parameters),
    explain: optional(policy, language, explainKey, parameters),
  }));
}

function optional(
  policy: Policy,
  language: 'ko' | 'en',
  key: string,
  parameters: Readonly<Record<string, string | number>>,
): string {
  return policy.hasText(language, key) ? policy.text(language, key, parameters) : '';
}
