import { createHash } from 'node:crypto';
import { type Evidence, isDate, type Policy } from '@munjigi/core/rules';
import { sameness } from '../evidence.ts';
import { PatientIndex } from './fhir-people.ts';
import { hasCoding, isObject, type Json, listOf, textOf } from './fhir-values.ts';
import type { EvidenceMapping, MappingRule } from './mapping.ts';
import {
  IgnoredLine,
  notInFuture,
  type ReadFile,
  type ReadPiece,
  type ReportLine,
  WrongLine,
} from './report.ts';

/** One resource with its place in the file. */
interface Placed {
  readonly line: number;
  readonly resource: Json;
  readonly fullUrl: string | null;
}

/** Statuses that count (http://hl7.org/fhir/R4/valueset-immunization-status.html, …/valueset-observation-status.html). */
const COUNTS = {
  Immunization: ['completed'],
  Observation: ['final', 'amended', 'corrected'],
} as const;
/** dateTime of FHIR R4 with its time and zone; a time without a zone is not allowed there. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Evidence from FHIR R4: one resource, a Bundle, a list, or NDJSON with any of these on each line. Immunizations and
 * observations are read by the pack's mapping; patients say who is meant; everything else is told as ignored.
 * @param at seconds; evidence of the future is wrong
 */
export function readFhir(text: string, mapping: EvidenceMapping, policy: Policy, at: number): ReadFile {
  const told: ReportLine[] = [];
  const placed = resourcesOf(text, told);
  const patients = new PatientIndex(mapping);
  for (const { resource, fullUrl } of placed)
    if (resource.resourceType === 'Patient') patients.add(resource, fullUrl);

  const pieces: ReadPiece[] = [];
  for (const { line, resource } of placed) {
    const what = typeOf(resource);
    try {
      const { person, source, piece, field } = evidenceOf(resource, mapping, policy, patients);
      if (piece) notInFuture(field, piece, at);
      pieces.push({ line, what, person, source, piece });
    } catch (error) {
      if (error instanceof IgnoredLine) told.push({ line, what, outcome: 'ignored', rule: error.rule });
      else if (error instanceof WrongLine)
        told.push({ line, what, outcome: 'wrong', field: error.field, rule: error.rule });
      else throw error;
    }
  }
  return { pieces, told };
}

/** The resource's type as far as it is one: a name of FHIR, never free text of the file. */
const typeOf = ({ resourceType }: Json): string =>
  typeof resourceType === 'string' && /^[A-Z][A-Za-z]{2,39}$/.test(resourceType) ? resourceType : 'resource';

function resourcesOf(text: string, told: ReportLine[]): Placed[] {
  const plain = text.replace(/^\uFEFF/, '');
  const whole = parsed(plain);
  if (whole !== undefined) return open(whole, told, (entry) => entry);
  return plain.split('\n').flatMap((one, i) => {
    if (one.trim() === '') return [];
    const value = parsed(one);
    if (value !== undefined) return open(value, told, () => i + 1);
    told.push({ line: i + 1, what: 'resource', outcome: 'wrong', field: 'line', rule: 'is JSON.' });
    return [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function open(value: unknown, told: ReportLine[], lineOf: (entry: number) => number): Placed[] {
  const entries = Array.isArray(value)
    ? value.map((resource) => ({ resource }))
    : isObject(value) && value.resourceType === 'Bundle'
      ? listOf(value.entry)
      : [{ resource: value }];
  return entries.flatMap((entry, i) => {
    const resource = isObject(entry) ? entry.resource : undefined;
    if (isObject(resource) && isObject(entry))
      return [{ line: lineOf(i + 1), resource, fullUrl: textOf((entry as Json).fullUrl) }];
    told.push({
      line: lineOf(i + 1),
      what: 'resource',
      outcome: 'wrong',
      field: 'resource',
      rule: 'is an object.',
    });
    return [];
  });
}

function evidenceOf(resource: Json, mapping: EvidenceMapping, policy: Policy, patients: PatientIndex) {
  const type = resource.resourceType;
  if (typeof type !== 'string') throw new WrongLine('resourceType', 'names the type of the resource.');
  if (type === 'Patient') throw new IgnoredLine('a patient says who is meant and is no evidence.');
  if (type !== 'Immunization' && type !== 'Observation')
    throw new IgnoredLine('resources of this type are no evidence.');
  const [codeField, personField] =
    type === 'Immunization' ? (['vaccineCode', 'patient'] as const) : (['code', 'subject'] as const);
  const status = textOf(resource.status);
  if (status === null) throw new WrongLine('status', 'is told.');
  const rules = mapping.rules.filter(
    ({ resource: wanted, codes }) => wanted === type && hasCoding(resource[codeField], codes),
  );
  if (rules.length === 0) throw new IgnoredLine('the pack names none of its codes.');
  const id = textOf(resource.id);
  const takenBack = status === 'entered-in-error';
  if (!takenBack && !(COUNTS[type] as readonly string[]).includes(status))
    throw new IgnoredLine('its status says that it does not count.');
  const person = patients.personOf(resource, personField);
  if (takenBack && id !== null) return { person, source: sourceOf(type, id), piece: null, field: 'status' };

  const rule = rules.find(({ values }) => !values || hasCoding(resource.valueCodeableConcept, values));
  if (!rule) throw new IgnoredLine('the pack names none of its results.');
  const { piece, field } = pieceOf(resource, rule, policy);
  const source = id === null ? sourceOf(type, `of ${sameness(piece)}`) : sourceOf(type, id);
  return { person, source, piece: takenBack ? null : piece, field };
}

const sourceOf = (type: string, id: string): string =>
  `fhir:${createHash('sha256').update(`${type}/${id}`).digest('base64url')}`;

function pieceOf(resource: Json, rule: MappingRule, policy: Policy): { piece: Evidence; field: string } {
  const field = resource.resourceType === 'Immunization' ? 'occurrenceDateTime' : 'effectiveDateTime';
  const moment = textOf(resource[field]);
  if (moment === null) throw new WrongLine(field, 'tells when, as a date or an instant.');
  const sequence = sequenceOf(resource);
  if (rule.sequence && sequence === null)
    throw new WrongLine('protocolApplied.doseNumberPositiveInt', 'tells which one of its series it is.');
  const when =
    policy.pack.evidence[rule.kind]!.by === 'at'
      ? { at: instantOf(field, moment) }
      : dayOf(field, moment, policy);
  const piece: Evidence = {
    kind: rule.kind,
    ...when,
    ...(sequence === null ? {} : { sequence }),
    ...(rule.detail === undefined ? {} : { detail: rule.detail }),
  };
  return { piece, field };
}

/** The number of one in its series; FHIR R4 allows a positive integer or a string for it. */
function sequenceOf(resource: Json): number | null {
  const field = 'protocolApplied.doseNumberPositiveInt';
  const applied = listOf(resource.protocolApplied).filter(isObject);
  const told = applied
    .map((one) => one.doseNumberPositiveInt ?? one.doseNumberString)
    .filter((n) => n !== undefined);
  if (told.length === 0) return null;
  const numbers = new Set(told.map((n) => (typeof n === 'string' && /^\d{1,2}$/.test(n) ? Number(n) : n)));
  const [only] = [...numbers];
  if (numbers.size > 1) throw new WrongLine(field, 'is one number, whatever protocols were followed.');
  if (typeof only !== 'number' || !Number.isInteger(only) || only < 1 || only > 99)
    throw new WrongLine(field, 'is a whole number from 1 to 99.');
  return only;
}

function instantOf(field: string, text: string): number {
  const at = INSTANT.test(text) && isDate(text.slice(0, 10)) ? Date.parse(text) / 1000 : Number.NaN;
  if (!Number.isFinite(at))
    throw new WrongLine(field, 'is an instant with its zone: the hours count from it.');
  return Math.floor(at);
}

function dayOf(field: string, text: string, { calendar }: Policy): { date: string } {
  if (isDate(text)) return { date: text };
  if (/^\d{4}(-\d{2})?$/.test(text))
    throw new WrongLine(field, 'tells the day, not the month or the year alone.');
  if (!INSTANT.test(text)) throw new WrongLine(field, 'is a date or an instant with its zone.');
  const date = calendar.dateOf(instantOf(field, text));
  return { date };
}
