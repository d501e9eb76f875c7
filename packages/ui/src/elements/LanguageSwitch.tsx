import type { Signal } from '@preact/signals';
import { remember } from '../appearance.ts';
import { type Language, t } from '../texts/index.ts';

/** One button that names the other language in that language, and remembers the choice. */
export function LanguageSwitch({ language }: { readonly language: Signal<Language> }) {
  const other: Language = language.value === 'ko' ? 'en' : 'ko';
  const change = () => {
    language.value = other;
    remember({ lang: other });
  };
  return (
    <button type="button" class="language" lang={other} onClick={change}>
      {t(language.value, 'language.other')}
    </button>
  );
}
