import type { ko } from './ko.ts';

/** Neutral texts, English: the same keys as Korean. */
export const en: Readonly<Record<keyof typeof ko, string>> = {
  // shared
  'app.name': 'Munjigi',
  'button.back': 'Back',
  'button.cancel': 'Cancel',
  'button.close': 'Close',
  'button.delete': 'Delete',
  'button.retry': 'Try again',
  'button.save': 'Save',
  'language.other': '한국어',
  'language.switch': 'Show in Korean',
  'rail.checked': 'Checked',
  'rail.confirmed': 'Confirmed',
  'rail.not-saved': 'Not saved',
  'rail.saved': 'Saved on this device',
  'status.confirmed': 'confirmed',
  'status.exercise': 'exercise',
  'status.provisional': 'provisional',
  support: 'Munjigi {number}',

  // demo

  // gate

  // wallet
};
