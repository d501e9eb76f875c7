import { REASONS } from '../reasons.ts';
import { LANGUAGES, type Pack } from './pack.ts';
import {
  date,
  either,
  exactly,
  flag,
  integer,
  list,
  object,
  oneHot,
  oneOf,
  orNull,
  type Shape,
  table,
  text,
  word,
  wrongPack,
} from './shape.ts';

const reason = oneOf(...Object.keys(REASONS));
const check = oneOf('scan', 'eye', 'verbal', 'not-required', 'not-made');
const record = oneOf('scan', 'poster', 'call', 'paper', 'typed', 'none');
const duty = oneOf('required', 'eased', 'suspended', 'none');
const fine = oneOf('stand', 'waived', 'none', 'open');
const characters: Shape = (value, path) => {
  if (typeof value !== 'string') throw wrongPack(path, 'must be the characters to leave out');
};
const parameters = table(either('must be a text or a number', text, integer(-1e12, 1e12)));

/** Empty where nothing is to be said. */
const template: Shape = (value, path) => {
  if (typeof value !== 'string') throw wrongPack(path, 'must be a text');
};

const scope = { 'kinds?': list(word, 1), 'regions?': list(word, 1), from: date, 'until?': date };
const pattern = { kind: word, 'sequence?': exactly(2, integer(0, 99)), 'details?': list(word, 1) };
const days = { days: integer(-3650, 36_500), 'notBefore?': date };
const hours = { hours: integer(0, 876_000), 'notBefore?': date };

const rule = object({
  id: word,
  certificate: word,
  class: oneHot,
  source: word,
  'anchors?': list(object(pattern), 1),
  'with?': list(object({ any: list(object(pattern), 1), order: oneOf('not-after', 'before', 'after') }), 1),
  'born?': object({ 'from?': date, 'to?': date }),
  from: either('must be {days} or {hours}', object({ days: days.days }), object({ hours: hours.hours })),
  until: orNull(either('must be null, {days} or {hours}', object(days), object(hours))),
});

const shape = object({
  id: word,
  version: date,
  timeZone: text,
  languages: list(oneOf(...LANGUAGES), 1),
  exercise: flag,
  retentionDays: integer(1, 3650),
  windows: object({
    behind: integer(1, 600),
    ahead: integer(0, 600),
    slowBehind: integer(1, 3600),
    uncertaintyCap: integer(0, 3600),
    sameEntry: integer(0, 86_400),
  }),
  ladder: object({ ageingHours: integer(1, 8760), tooOldHours: integer(1, 8760) }),
  passes: object({
    batch: integer(1, 200),
    endsAfterDays: exactly(2, integer(1, 90)),
    paperDays: integer(1, 400),
    renewBelow: integer(0, 200),
  }),
  hint: object({ letters: list(object({ letter: text, from: text, to: text, 'blank?': flag })) }),
  wordOfDay: list(object({ ko: text, en: text }), 2),
  sounds: object({ admit: word, 'another-proof': word, 'cannot-tell': word }),
  liveMark: word,
  protectedHours: list(exactly(2, integer(0, 24))),
  reminderDays: list(integer(0, 365)),
  typed: object({
    'safety-code': object({ pattern: text, drop: characters }),
    phone: object({ pattern: text, drop: characters }),
    'sheet-line': object({ pattern: text, drop: characters }),
  }),
  'calls?': object({ pattern: text, drop: characters, country: text, trunk: characters, groups: text }),
  'sheets?': object({ lines: integer(5, 40), confirmationDays: integer(1, 3650) }),
  'businessNumber?': object({
    pattern: text,
    drop: characters,
    weights: list(integer(0, 1000), 1),
    carry: list(integer(0, 40)),
    modulus: integer(2, 1000),
    remainder: integer(0, 999),
  }),
  evidence: table(object({ by: oneOf('date', 'at'), 'details?': list(word, 1) })),
  classes: table(object({ ended: reason }), oneOf('1', '2', '4', '8', '16', '32', '64', '128')),
  venues: list(word, 1),
  regions: list(word, 1),
  entitlement: list(rule),
  admission: list(
    object({
      id: word,
      source: word,
      ...scope,
      check: oneOf('required', 'not-required'),
      'reason?': reason,
      'accepts?': list(oneHot),
      'foreign?': list(word),
      'ages?': list(object({ id: word, below: integer(1, 150), reason }), 1),
      'alone?': flag,
      'perParty?': integer(0, 99),
    }),
    1,
  ),
  grace: list(
    object({ id: word, source: word, ...scope, covers: oneOf('ended', 'all'), 'classes?': list(oneHot, 1) }),
  ),
  extensions: list(object({ id: word, source: word, ...scope, endedFrom: date })),
  recording: list(object({ id: word, source: word, ...scope, required: flag, lawful: list(record) }), 1),
  obligations: table(
    object({
      record: duty,
      check: duty,
      fines: object({ venue: fine, visitor: fine }),
      acceptedChecks: list(check),
      alsoLawful: list(record),
      'endedPassHours?': integer(1, 168),
      standing: word,
    }),
  ),
  notices: table(
    object({
      component: word,
      state: word,
      obligation: word,
      incident: orNull(date),
      parameters,
      source: word,
      'preApproved?': object({
        seen: list(word, 1),
        states: list(oneOf('slow', 'down'), 1),
        'meanwhile?': word,
        'back?': word,
        ends: oneOf('itself', 'person'),
      }),
    }),
  ),
  sightings: list(object({ id: word, rule: word, 'also?': table(word) })),
  'shown?': list(word, 1),
  penalties: list(
    object({
      id: word,
      source: word,
      from: date,
      'until?': date,
      currency: word,
      visitor: integer(0, 1e9),
      venueFines: list(integer(0, 1e9)),
      venueClosureDays: list(integer(-1, 3650)),
    }),
  ),
  texts: object({ ko: table(template, text), en: table(template, text) }),
});

/** Returns the pack when it is whole and every name in it leads somewhere. Throws `policy.structure` with the JSON path. */
export function readPack(value: unknown): Pack {
  shape(value, '$');
  const pack = value as Pack;
  const leads = (known: readonly string[], name: string, path: string) => {
    if (!known.includes(name)) throw wrongPack(path, `names "${name}", which the pack does not have`);
  };
  const rules = pack.entitlement.map(({ id }) => id);
  const classes = Object.keys(pack.classes);
  const evidence = Object.keys(pack.evidence);

  for (const name of [
    'entitlement',
    'admission',
    'grace',
    'extensions',
    'recording',
    'sightings',
    'penalties',
  ] as const) {
    const seen = new Set<string>();
    pack[name].forEach(({ id }, i) => {
      if (seen.has(id)) throw wrongPack(`$.${name}[${i}].id`, `"${id}" stands there twice`);
      seen.add(id);
    });
  }
  for (const name of ['admission', 'grace', 'extensions', 'recording'] as const) {
    pack[name].forEach((row, i) => {
      for (const kind of row.kinds ?? []) leads(pack.venues, kind, `$.${name}[${i}].kinds`);
      for (const region of row.regions ?? []) leads(pack.regions, region, `$.${name}[${i}].regions`);
      if (row.until !== undefined && row.until <= row.from)
        throw wrongPack(`$.${name}[${i}].until`, 'must be after from');
    });
  }
  pack.entitlement.forEach((row, i) => {
    const path = `$.entitlement[${i}]`;
    leads(classes, String(row.class), `${path}.class`);
    for (const { kind, details } of [...(row.anchors ?? []), ...(row.with ?? []).flatMap(({ any }) => any)]) {
      leads(evidence, kind, `${path}.anchors`);
      for (const detail of details ?? [])
        leads(pack.evidence[kind]!.details ?? [], detail, `${path}.anchors`);
    }
    if (row.anchors === undefined && (row.with !== undefined || row.until !== null)) {
      throw wrongPack(`${path}.anchors`, 'is missing: an end or a companion needs something to count from');
    }
  });
  pack.admission.forEach((row, i) => {
    for (const one of row.accepts ?? []) leads(classes, String(one), `$.admission[${i}].accepts`);
    if (row.check === 'not-required' && row.reason === undefined)
      throw wrongPack(`$.admission[${i}].reason`, 'is missing where no check is required');
    if (row.check === 'required' && row.accepts === undefined)
      throw wrongPack(`$.admission[${i}].accepts`, 'is missing where a check is required');
  });
  pack.sightings.forEach((row, i) => {
    leads(rules, row.rule, `$.sightings[${i}].rule`);
    for (const other of Object.values(row.also ?? {})) leads(rules, other, `$.sightings[${i}].also`);
  });
  for (const [id, { obligation, preApproved }] of Object.entries(pack.notices)) {
    const path = `$.notices.${id}`;
    leads(Object.keys(pack.obligations), obligation, `${path}.obligation`);
    if (preApproved?.meanwhile !== undefined)
      leads(Object.keys(pack.obligations), preApproved.meanwhile, `${path}.preApproved.meanwhile`);
    if (preApproved?.back !== undefined)
      leads(Object.keys(pack.notices), preApproved.back, `${path}.preApproved.back`);
  }
  for (const [code, row] of Object.entries(pack.obligations))
    leads(Object.keys(pack.notices), row.standing, `$.obligations.${code}.standing`);
  if (pack.ladder.tooOldHours <= pack.ladder.ageingHours)
    throw wrongPack('$.ladder.tooOldHours', 'must be above ageingHours');
  if (pack.hint.letters.length > 31)
    throw wrongPack('$.hint.letters', 'must be at most 31: a pass has five bits for it');
  const { businessNumber, calls } = pack;
  if (businessNumber?.carry.some((at) => at >= businessNumber.weights.length))
    throw wrongPack('$.businessNumber.carry', 'must name places of the weights');
  for (const [kind, { pattern: source }] of [
    ...Object.entries(pack.typed).map(([name, one]) => [`typed.${name}`, one] as const),
    ...(businessNumber ? [['businessNumber', businessNumber] as const] : []),
    ...(calls
      ? ([
          ['calls', calls],
          ['calls.groups', { pattern: calls.groups }],
        ] as const)
      : []),
  ]) {
    try {
      new RegExp(source, 'u');
    } catch {
      throw wrongPack(`$.${kind}.pattern`, 'must be a regular expression');
    }
  }
  return pack;
}
