import type { troublesKo } from './troubles-ko.ts';

/** An owner's word that something does not work, English: the same keys as Korean. */
export const troublesEn: Readonly<Record<keyof typeof troublesKo, string>> = {
  'gate.trouble.answers': 'Answers look wrong',
  'gate.trouble.headline': 'Something not working?',
  'gate.trouble.open': 'Report what does not work',
  'gate.trouble.reading': 'Codes are not read',
  'gate.trouble.sending': 'Entries are not sent',
  'gate.trouble.sent': 'Reported. It is looked at together with what other venues say.',
  'gate.trouble.text': 'Do not keep guests waiting: check by eye, and type the entry in.',
  'gate.trouble.waiting': 'It is sent when there is a connection, and not any more after an hour.',
  'gate.trouble.wallets': 'Guests’ apps do not open',
};
