import { type CborValue, encodeDeterministic, equalBytes, sha256 } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { type Crypto, parseDocument, type Signer, signDocument, spkiFromPoint } from '../signing/index.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import {
  type BodyKind,
  LINE_FIELDS,
  LINE_KINDS,
  type LineField,
  type LineKind,
  rowOf,
} from './line-kinds.ts';

const read = fieldReader('log.line', 'log line');

/** A line is small: hashes and counts only. */
export const MAX_LINE_BYTES = 1024;
const MAX_COUNT = 0xffffffff;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const BODY = /^(register|authority|issuer(-[a-z0-9]{1,30})?)$/;
const ROLES = [
  'owner',
  'staff',
  'inspector',
  'officer',
  'operator',
  'opener',
  'approver',
  'custodian',
] as const;

/** The body that keeps the log; its own signature is no second pair of eyes. */
export const KEEPER = 'authority';

/** Line keys (65-byte points) of every body, the newest first. */
export type Bodies = ReadonlyMap<string, readonly Uint8Array[]>;

export type FieldValue = Uint8Array | number | string;

/** What a line says. `at` is when it was signed, in seconds; never the time of an entry. */
export interface Line {
  readonly body: string;
  readonly kind: LineKind;
  readonly at: number;
  readonly fields: Readonly<Partial<Record<LineField, FieldValue>>>;
}

/** True for a date that the calendar has, YYYY-MM-DD. */
export const isDay = (text: string): boolean =>
  DAY.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

/** The desk that a body runs, or null for a name that is none. */
export const bodyKind = (body: string): BodyKind | null =>
  BODY.test(body) ? (body.split('-')[0] as BodyKind) : null;

function checkField(name: LineField, value: CborValue | undefined): FieldValue {
  const what = `its field ${name} is a ${LINE_FIELDS[name]}`;
  switch (LINE_FIELDS[name]) {
    case 'hash':
      return read.bytes(value, what, 32);
    case 'count':
      return read.uint(value, what, 0, MAX_COUNT);
    case 'day':
    case 'body': {
      const text = read.text(value, what, 40);
      if (!(LINE_FIELDS[name] === 'day' ? isDay(text) : BODY.test(text))) throw read.wrong(what);
      return text;
    }
    case 'role':
      return read.word(value, what, ROLES);
  }
}

/** The fields of a kind, checked: the ones it needs are there, and no others than it may have. Throws `log.line`. */
function checkFields(kind: LineKind, fields: ReadonlyMap<number | string, CborValue>): Line['fields'] {
  const { needs, may } = rowOf(kind);
  const out: Partial<Record<LineField, FieldValue>> = {};
  for (const [name, value] of fields) {
    const field = [...needs, ...may].find((one) => one === name);
    if (field === undefined) throw read.wrong(`a line ${kind} has no other fields than its table names`);
    out[field] = checkField(field, value);
  }
  for (const name of needs)
    if (out[name] === undefined) throw read.wrong(`a line ${kind} needs the field ${name}`);
  return out;
}

function lineFrom(payload: CborValue): Line {
  const [version, body, kind, at, fields] = read.array(payload, 'five fields', 5);
  read.version(version);
  const name = read.text(body, 'body', 40);
  const desk = bodyKind(name);
  if (desk === null) throw read.wrong('it names no body');
  const word = read.word(kind, 'its kind is one of the table', Object.keys(LINE_KINDS) as LineKind[]);
  if (!rowOf(word).by.includes(desk)) throw read.wrong(`a line ${word} is not this body's to write`);
  return {
    body: name,
    kind: word,
    at: read.uint(at, 'at'),
    fields: checkFields(word, read.map(fields, 'fields')),
  };
}

/** Signs the lines of one body. */
export interface LineSigner {
  readonly body: string;
  /** 65-byte point of the line key. */
  readonly publicKey: Uint8Array;
  /** Throws `log.line` for a field that the table does not have. `at` in seconds. */
  sign(kind: LineKind, at: number, fields: Line['fields']): Promise<Uint8Array>;
}

export function lineSigner(body: string, key: Signer): LineSigner {
  return {
    body,
    publicKey: key.publicKey,
    async sign(kind, at, fields) {
      const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
      const payload: CborValue = [1, body, kind, at, new Map(entries as [string, CborValue][])];
      lineFrom(payload);
      return signDocument('line', payload, key, signerKid(key.publicKey));
    },
  };
}

/** Reads a line; its signature is not looked at. Throws `log.line`, `signing.structure` or an encoding error. */
export const readLine = (bytes: Uint8Array): Line =>
  lineFrom(parseDocument('line', bytes, MAX_LINE_BYTES).payload);

/** What a line is known by: the hash of its payload, so that one signed again is still the same line. */
export const lineId = (bytes: Uint8Array): Uint8Array =>
  sha256(encodeDeterministic(parseDocument('line', bytes, MAX_LINE_BYTES).payload));

/**
 * Verifies a line under the line keys of the body that it names. Throws `log.line` (fields, kind or body), `signing.structure`,
 * `signing.unknown-key` (a body that is not known, or another body's key) or `signing.signature`.
 */
export async function openLine(bytes: Uint8Array, bodies: Bodies, crypto: Crypto): Promise<Line> {
  const { kid, payload, toBeSigned, signature } = parseDocument('line', bytes, MAX_LINE_BYTES);
  const line = lineFrom(payload);
  const key = bodies.get(line.body)?.find((point) => equalBytes(signerKid(point), kid));
  if (key === undefined)
    throw new MunjigiError('signing.unknown-key', 'The line is signed by no key of the body that it names.');
  if (!(await crypto.verify('ES256', spkiFromPoint(key), toBeSigned, signature)))
    throw new MunjigiError('signing.signature', 'The signature of the line does not match.');
  return line;
}
