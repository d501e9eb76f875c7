import type { consoleLadderKo } from './console-ladder-ko.ts';

/** Texts of the console about recording without a code, English: the same keys as Korean. */
export const consoleLadderEn: Readonly<Record<keyof typeof consoleLadderKo, string>> = {
  'console.call.change': 'Change the number',
  'console.call.give-up': 'Give up the number',
  'console.call.headline': 'Recording by call',
  'console.call.help': 'The number that a telephone provider gave the venue, such as 080-123-4567.',
  'console.call.label': 'Number that guests call',
  'console.call.none':
    'Without a number no device and no sign tells anybody to call. When a provider has given you one, write it here.',
  'console.call.waiting': 'No call has arrived yet.',
  'console.call.waiting-text':
    'Call this number once from any phone. When that call arrives, the devices at the door begin to name the number.',
  'console.call.works': 'Calls arrive.',
  'console.call.works-text':
    'The devices at the door name this number. A caller’s number is sealed as soon as it arrives.',
  'console.reason.register.call-number-form':
    'No venue can be given such a number. Look at the contract with the telephone provider.',
  'console.reason.register.call-number-taken':
    'Another venue has this number. Ask the telephone provider whose it is.',
};
