import { type Language, t } from '../texts/index.ts';

/** The mark: a door frame that stands open, and the one who comes in. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M7 21H3V3h18v18h-4" fill="none" stroke="currentColor" stroke-width="3" />
      <circle cx="12" cy="14" r="4" fill="currentColor" />
    </svg>
  );
}

export function Brand({ language }: { readonly language: Language }) {
  return (
    <span class="brand">
      <Mark />
      {t(language, 'app.name')}
    </span>
  );
}
