export { type Appearance, appearance, remember } from './appearance.ts';
export * from './elements/index.ts';
export { isTextKey, LANGUAGES, type Language, type TextKey, t } from './texts/index.ts';
