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
  'console.poster.give-up': 'Use no poster',
  'console.poster.give-up-sure': 'Yes, use none',
  'console.poster.headline': 'Poster (a code that guests scan)',
  'console.poster.make': 'Make a poster',
  'console.poster.next': 'Replace it',
  'console.poster.next-sure': 'Yes, make a new one',
  'console.poster.none':
    'On the door, it lets guests record themselves when devices or the internet fail. Put it up before that happens.',
  'console.poster.print': 'Print the poster',
  'console.poster.since':
    'Poster {number} is in use since {day}. On the screen that guests show, compare place, time, word and shape. Certificates are checked apart.',
  'console.poster.sure-next':
    'Visits by the old poster are taken until the end of today. Print the new one and put it in its place at once.',
  'console.poster.sure-none': 'After today no visits by this poster are taken. Take it off the door.',
  'console.reason.register.call-number-form':
    'No venue can be given such a number. Look at the contract with the telephone provider.',
  'console.reason.register.call-number-taken':
    'Another venue has this number. Ask the telephone provider whose it is.',
  'console.reason.register.poster-none': 'This venue has no poster. Make one first.',
  'console.reason.register.sheet-day':
    'That day is past keeping, or still to come. Look at the day on the paper again.',
  'console.reason.register.sheet-destroyed':
    'This sheet was confirmed as shredded. Look at the number at its head again.',
  'console.reason.register.sheet-not-typed': 'A sheet that was used is shredded after it was typed.',
  'console.reason.register.sheet-unknown': 'This venue has no sheet of that number.',
  'console.reason.register.sheet-used':
    'This sheet was used on another day. Look at the day on the paper again.',
  'console.sheet.contact': 'Number written there',
  'console.sheet.count': 'How many',
  'console.sheet.day': 'Day of use',
  'console.sheet.destroyed': 'I shredded it',
  'console.sheet.destroyed-sure': 'Yes, it is shredded',
  'console.sheet.finished': 'Everything on this sheet is typed. Shred it when its time is over.',
  'console.sheet.headline': 'Paper register',
  'console.sheet.keep-until': 'kept until {day}',
  'console.sheet.line': 'Line',
  'console.sheet.lines': 'Lines on the sheet',
  'console.sheet.look-after': 'Look after the paper',
  'console.sheet.make': 'Number the sheets',
  'console.sheet.none': 'No sheets lie ready. Print a few before anything fails.',
  'console.sheet.number': 'Sheet {number}',
  'console.sheet.of-day': 'used on {day} · lines typed: {count}',
  'console.sheet.open-count': 'sheets to type: {count}',
  'console.sheet.open-pages': 'Print sheets {from}–{to}',
  'console.sheet.overdue': 'time is over',
  'console.sheet.overdue-count': 'sheets to shred and confirm: {count}',
  'console.sheet.print': 'Print sheets',
  'console.sheet.print-again': 'Print again',
  'console.sheet.print-text':
    'Every sheet has a number of its own. Do not copy one; print as many as you need.',
  'console.sheet.ready-count': 'Sheets that lie ready: {count}',
  'console.sheet.result.already-stored': 'Recorded before',
  'console.sheet.result.not-wanted': 'This venue records nobody on that day',
  'console.sheet.result.stored': 'Recorded',
  'console.sheet.result.wrong': 'The time or the number does not fit. Look at the paper again.',
  'console.sheet.seen': 'Proof seen',
  'console.sheet.send-all': 'Everything is typed',
  'console.sheet.send-some': 'Save so far',
  'console.sheet.state.destroyed': 'shredded',
  'console.sheet.state.in-use': 'to be typed',
  'console.sheet.state.printed': 'not used yet',
  'console.sheet.state.transcribed': 'typed',
  'console.sheet.text':
    'Print some ahead, for when something fails. Type what was used once things work again; when its time is over, shred it and confirm.',
  'console.sheet.time': 'Time',
  'console.sheet.type': 'Type',
  'console.sheet.type-text':
    'Type what stands on the paper. Where a number cannot be read, leave it empty and give the time alone. Numbers are sealed as they arrive: nobody can see or mend them afterwards.',
  'console.sheet.unknown': 'This venue has no sheet of that number.',
  'console.sheet.use-today': 'At the door today',
};
