import type { GateIdentity, RulesInUse } from '@munjigi/offline';
import { isTextKey, t } from '@munjigi/ui/texts';
import { computed, type Signal } from '@preact/signals';
import type { EyeRow, Shown, Strip } from '../model.ts';
import { eyeRows } from './eye-rows.ts';
import type { GateSignals } from './gate-signals.ts';
import { stripOf } from './strip.ts';

type Language = 'ko' | 'en';
type Words = Readonly<Record<string, string | number>>;

/** Everything on the screen that follows from the rules in use, the clock and the counts. */
export function whatCounts(
  signals: GateSignals,
  rules: RulesInUse,
  identity: GateIdentity | null,
  language: Signal<Language>,
) {
  /** A sentence names a way only where the venue has it: a number that works, paper that lies ready (alone, or beside the number), a poster. */
  const withWays = (parameters: Words): Words => {
    const call = signals.callNumber.value;
    const poster = signals.posterNo.value;
    const sheets = signals.sheetsReady.value ? { sheets: call === null ? 'alone' : 'beside' } : {};
    return {
      ...(call === null ? {} : { call }),
      ...sheets,
      ...(poster === null ? {} : { poster }),
      ...parameters,
    };
  };
  const textIn = (which: Language, name: string, parameters: Words = {}): string =>
    isTextKey(name)
      ? t(which, name, parameters)
      : (rules.policy?.text(which, name, withWays(parameters)) ?? name);
  const text = (name: string, parameters: Words = {}): string => textIn(language.value, name, parameters);

  const inUse = computed(() =>
    signals.rulesSeen.value >= 0 ? { use: rules.inUse, policy: rules.policy } : null,
  );
  const policy = computed(() => inUse.value?.policy ?? null);
  /** Corrected seconds, to the minute: dates and notices need no more. */
  const minute = computed(() =>
    signals.nowMs.value === null ? null : Math.floor(signals.nowMs.value / 60_000) * 60,
  );
  const second = computed(() =>
    signals.nowMs.value === null ? null : Math.floor(signals.nowMs.value / 1000),
  );
  /** Read anew whenever the mirrors were asked: nothing else moves while the clock is unknown. */
  const latest = computed(() => (signals.rulesSeen.value >= 0 ? rules.clock.pessimisticMs() : 0));
  /** A gate without a clock is told to look by eye, so the card then goes by the device's own day and says so. */
  const eyeDay = computed(() => ({
    ms: minute.value === null ? latest.value : minute.value * 1000,
    sure: minute.value !== null,
  }));
  return {
    text,
    textIn,
    eyeDay,
    exercise: computed(() => policy.value?.exercise ?? false),
    timeZone: computed(() => policy.value?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone),
    hasRules: computed(() => policy.value !== null),
    protectedHours: computed(() => policy.value?.pack.protectedHours ?? []),
    sign: computed(() =>
      minute.value === null ? null : (policy.value?.minuteSign(minute.value, language.value) ?? null),
    ),
    signBeside: computed(() =>
      second.value === null ? null : (policy.value?.signBeside(second.value, language.value) ?? null),
    ),
    shown: computed<readonly Shown[]>(() =>
      (policy.value?.pack.shown ?? []).map((id) => ({
        id,
        label: textIn(language.value, `shown.${id}.label`),
        look: textIn(language.value, `shown.${id}.look`),
      })),
    ),
    eyeRows: computed<readonly EyeRow[]>(() =>
      policy.value && identity
        ? eyeRows(policy.value, identity.venue, Math.floor(eyeDay.value.ms / 1000), language.value)
        : [],
    ),
    strip: computed<Strip>(() =>
      stripOf(
        {
          policy: policy.value,
          now: inUse.value?.use?.now ?? null,
          venue: identity?.venue ?? null,
          at: minute.value,
          ageSeconds: rules.ageSeconds(),
          viewer: !signals.writer.value,
          notSaved: signals.unsaved.value > 0 || signals.fitness.value === 'unfit',
          registerDown: !signals.online.value,
          cutOffSince: signals.cutOffSince.value,
          waiting: signals.waiting.value,
          backWith: signals.backWith.value,
          renewed: signals.justRenewed.value,
          revoked: signals.news.value?.state === 'revoked',
        },
        text,
        language.value,
      ),
    ),
  };
}
