import { effect, type Signal, signal } from '@preact/signals';
import type { Language } from './texts/index.ts';

/**
 * How a screen looks to this person: language, theme, contrast. The query decides (`?lang=en&theme=dark&contrast=more`),
 * then what was chosen here before, then the system.
 */
export interface Appearance {
  readonly language: Signal<Language>;
  /** null follows the system. */
  readonly theme: Signal<'light' | 'dark' | null>;
  readonly contrast: Signal<'more' | 'normal' | null>;
  /** True where the person asks for little motion; follows the system while the page is open. */
  readonly calm: Signal<boolean>;
}

const STORED = 'munjigi:appearance';

type Stored = Partial<Record<'lang' | 'theme' | 'contrast', string>>;

function stored(): Stored {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Stored) : {};
  } catch {
    return {};
  }
}

/** Remembers a choice made on the screen. Storage may be closed (private mode): the choice then lasts for the page. */
export function remember(choice: Stored): void {
  try {
    localStorage.setItem(STORED, JSON.stringify({ ...stored(), ...choice }));
  } catch {
    // the screen already shows the choice
  }
}

const oneOf = <T extends string>(value: string | null | undefined, allowed: readonly T[]): T | null =>
  allowed.find((one) => one === value) ?? null;

/** Reads the appearance and keeps `<html lang data-theme data-contrast>` in step with it. Call once, before rendering. */
export function appearance(query = new URLSearchParams(location.search)): Appearance {
  const before = stored();
  const pick = (name: 'lang' | 'theme' | 'contrast') => query.get(name) ?? before[name] ?? null;
  const system: Language = navigator.languages.some((tag) => tag.toLowerCase().startsWith('ko'))
    ? 'ko'
    : 'en';
  const little = matchMedia('(prefers-reduced-motion: reduce)');
  const look: Appearance = {
    language: signal(oneOf(pick('lang'), ['ko', 'en'] as const) ?? system),
    theme: signal(oneOf(pick('theme'), ['light', 'dark'] as const)),
    contrast: signal(oneOf(pick('contrast'), ['more', 'normal'] as const)),
    calm: signal(little.matches),
  };
  little.addEventListener?.('change', () => {
    look.calm.value = little.matches;
  });
  const root = document.documentElement;
  effect(() => {
    root.lang = look.language.value;
    if (look.theme.value) root.dataset.theme = look.theme.value;
    else delete root.dataset.theme;
    if (look.contrast.value) root.dataset.contrast = look.contrast.value;
    else delete root.dataset.contrast;
  });
  return look;
}
